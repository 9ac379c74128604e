"""A plan with names in the reader's language: as rows, as a table, and in a few sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from matchmaker.cli.assign_files import RESERVE, Stated
from matchmaker.cli.match_files import label
from matchmaker.cli.match_report import plain
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.recommender.assignment import (
    Assignment,
    Problem,
    Said,
    reason_said,
    repair_said,
    say,
)

PLANNED = "planned"
COLUMNS = (
    "challenge_id", "challenge_title", "role", "rank", "team_id", "team_name", "score", "fixed",
)  # fmt: skip
Row = dict[str, Any]


class PlanReport:
    """A plan, or why there is none, for one reader.

    Args:
        reserves: how many reserve teams each challenge is shown with.
    """

    def __init__(self, plan: Assignment, stated: Stated, lang: Lang, reserves: int):
        self.plan, self.stated, self.lang, self.reserves = plan, stated, lang, reserves
        self.titles = [label(stated.titles[key], ("title",), lang) for key in stated.challenges]
        self.names = [label(stated.names[key], ("name", "title"), lang) for key in stated.teams]

    def rows(self) -> Iterator[Row]:
        """Each challenge with its teams, best first, then with its reserves."""
        for row in range(len(self.stated.challenges)):
            yield from self.rows_of(row)

    def rows_of(self, row: int) -> Iterator[Row]:
        """The teams of one challenge, then its reserves."""
        scores = np.nan_to_num(self.stated.scores[row], nan=-np.inf)
        planned = np.flatnonzero(self.plan.assigned[row])
        best_first = planned[np.argsort(-scores[planned], kind="stable")]
        yield from self._ranked(row, PLANNED, [int(j) for j in best_first])
        yield from self._ranked(row, RESERVE, list(self.plan.reserve[row][: self.reserves]))

    def _ranked(self, row: int, role: str, columns: list[int]) -> Iterator[Row]:
        for rank, column in enumerate(columns, 1):
            score = float(self.stated.scores[row, column])
            yield {
                "challenge_id": self.stated.challenges[row],
                "challenge_title": self.titles[row],
                "role": role,
                "rank": rank,
                "team_id": self.stated.teams[column],
                "team_name": self.names[column],
                "score": None if np.isnan(score) else score,
                "fixed": bool(self.stated.pinned[row, column]) and role == PLANNED,
            }

    def say(self, said: Said) -> str:
        """A sentence with the names of this reader, safe for a terminal."""
        challenges = _unlike(self.titles, self.stated.challenges)
        teams = _unlike(self.names, self.stated.teams)
        return plain(say(said.named(challenges, teams), self.lang))

    def sentences(self) -> Iterator[str]:
        """How it ended, in figures."""
        plan, stated = self.plan, self.stated
        yield self.say(Said(f"status.{plan.status}", {}))
        if not plan.has_plan:
            return
        total = msg("Total %(total)s of at most %(bound)s.", total=_figure(plan.total),
                    bound=_figure(plan.bound))  # fmt: skip
        yield translate(total, self.lang)
        active = np.flatnonzero(stated.most > 0)
        if len(active):
            last = int(active[np.argmin(plan.challenge_score[active])])
            share = f"{plan.attainment[last]:.0%}"
            text = msg(
                "Lowest score: %(score)s, %(challenge)s; that is %(share)s of what it would get "
                "choosing alone.",
                score=_figure(float(plan.challenge_score[last])),
                challenge=plain(self.titles[last]),
                share=share,
            )
            yield translate(text, self.lang)
        if plan.kept is not None and stated.previous is not None:
            every = int(stated.previous.sum())
            kept = msg("Of the earlier plan %(kept)s of %(all)s pairs are kept.",
                       kept=round(plan.kept * every), all=every)  # fmt: skip
            yield translate(kept, self.lang)

    def reasons(self, problem: Problem) -> Iterator[str]:
        """Why no plan exists, each reason with what would help most easily."""
        for number, reason in enumerate(self.plan.reasons, 1):
            yield f"{number}. {self.say(reason_said(problem, reason))}"
            help_ = (
                repair_said(problem, reason.repairs[0])
                if reason.repairs
                else Said("repair.none", {})
            )
            yield "   " + translate(msg("What would help: %(repair)s", repair=self.say(help_)),
                                    self.lang)  # fmt: skip
        yield translate(self._outlook(), self.lang)

    def _outlook(self) -> Message:
        if self.plan.repairs_suffice:
            return msg("With these changes there is a plan.")
        return msg("Other rules would still be in the way; change these and try again.")


def _unlike(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Names, with the id where two are called the same."""
    times = Counter(names)
    return [
        f"{name} ({key})" if times[name] > 1 else name
        for name, key in zip(names, keys, strict=True)
    ]


def _figure(value: float) -> str:
    return f"{value:.3f}"


def print_plan(report: PlanReport, console: Console) -> None:
    """Print each challenge with its teams and reserves."""
    for row, key in enumerate(report.stated.challenges):
        title = report.titles[row]
        heading = plain(key if title == key else f"{key}  {title}")
        console.print(Text(heading, style="bold"))
        rows = list(report.rows_of(row))
        if not rows:
            nobody = translate(msg("No team is assigned."), report.lang)
            console.print(Padding(Text(nobody), (0, 0, 0, 2)))
        else:
            console.print(_table(report, rows))
        console.print()


def _table(report: PlanReport, rows: list[Row]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(width=10)
    table.add_column(justify="right", width=6)
    table.add_column(min_width=6, overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        role = msg("reserve") if row["role"] == RESERVE else msg("assigned")
        score = "–" if row["score"] is None else _figure(row["score"])
        word = translate(msg("fixed") if row["fixed"] else role, report.lang)
        name = "" if row["team_name"] == row["team_id"] else plain(row["team_name"])
        table.add_row(word, score, Text(plain(row["team_id"])), Text(name))
    return table
