"""Matches with names and sentences in the reader's language: as rows, and as a table to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NoReturn

import rich_click as click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from matchmaker.cli.match_files import label
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.recommender import PARTS, ChallengeMatches, Recommendation, say

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
FLAT_COLUMNS = (
    "challenge_id", "challenge_title", "rank", "team_id", "team_name", "score", "fit",
    *(f"part_{part}" for part in PARTS),
)  # fmt: skip
Records = Mapping[str, Mapping[str, Any]]


class Report:
    """Matches as they come, with the names of challenges and teams in the reader's language.

    Attributes:
        told, held: pairs recommended and held back in the matches that came so far.
    """

    def __init__(
        self,
        matches: Iterable[ChallengeMatches],
        challenges: Records,
        teams: Records,
        lang: Lang,
        explained: bool,
    ):
        self._matches, self.lang, self.explained = matches, lang, explained
        self._challenges, self._teams = challenges, teams
        self.told = self.held = 0

    def matches(self) -> Iterator[ChallengeMatches]:
        """The outcome for each challenge; they come once."""
        for match in self._matches:
            self.told += len(match.recommended)
            self.held += len(match.held_back)
            yield match

    def title(self, challenge_id: str) -> str:
        """What a challenge is called."""
        return label(self._challenges[challenge_id], ("title",), self.lang)

    def name(self, team_id: str) -> str:
        """What a team is called."""
        return label(self._teams[team_id], ("name", "title"), self.lang)

    def say(self, code: str, params: Mapping[str, object]) -> str:
        """A reason or gap as a sentence."""
        return say(code, params, self.lang)

    def pairs(self) -> Iterator[Recommendation]:
        """Every recommendation, challenge by challenge."""
        for match in self.matches():
            yield from match.recommended

    def record(self, pair: Recommendation) -> dict[str, Any]:
        """A recommendation for JSON, reasons with their sentences."""
        row = self._head(pair) | {"parts": dict(pair.parts)}
        if self.explained:
            row["reasons"] = [
                {
                    "code": reason.code,
                    "sentence": self.say(reason.code, reason.params),
                    "params": dict(reason.params),
                    "part": reason.part,
                    "share": reason.share,
                    "evidence": [asdict(evidence) for evidence in reason.evidence],
                }
                for reason in pair.reasons
            ]
            row["gaps"] = [
                {"code": g.code, "sentence": self.say(g.code, g.params), "params": dict(g.params)}
                for g in pair.gaps
            ]
        return row

    def flat(self, pair: Recommendation) -> dict[str, Any]:
        """A recommendation as one row of a table."""
        row = self._head(pair) | {f"part_{part}": pair.parts[part] for part in PARTS}
        if self.explained:
            row["reasons"] = " ".join(self.say(r.code, r.params) for r in pair.reasons)
            row["missing"] = " ".join(self.say(g.code, g.params) for g in pair.gaps)
        return row

    def _head(self, pair: Recommendation) -> dict[str, Any]:
        return {
            "challenge_id": pair.challenge_id,
            "challenge_title": self.title(pair.challenge_id),
            "rank": pair.rank,
            "team_id": pair.team_id,
            "team_name": self.name(pair.team_id),
            "score": pair.score,
            "fit": str(pair.fit),
        }


def print_table(report: Report, console: Console) -> None:
    """Print each challenge with its teams, and why if that was asked for."""
    for match in report.matches():
        heading = f"{match.challenge_id}  {plain(report.title(match.challenge_id))}"
        console.print(Text(heading, style="bold"))
        if not match.recommended:
            nobody = translate(msg("No team shares anything with this challenge."), report.lang)
            console.print(Padding(Text(nobody), (0, 0, 0, 2)))
        elif report.explained:
            for pair in match.recommended:
                console.print(_line_table(report, [pair]))
                _print_why(report, pair, console)
        else:
            console.print(_line_table(report, match.recommended))
        console.print()


def _line_table(report: Report, pairs: Sequence[Recommendation]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(justify="right", width=4)
    table.add_column(justify="right", width=5)
    table.add_column(width=10)
    table.add_column(min_width=6, overflow="fold")
    table.add_column(overflow="fold")
    for pair in pairs:
        table.add_row(
            str(pair.rank),
            f"{pair.score:.3f}",
            Text(report.say(f"fit.{pair.fit}", {})),
            Text(plain(pair.team_id)),
            Text(plain(report.name(pair.team_id))),
        )
    return table


def _print_why(report: Report, pair: Recommendation, console: Console) -> None:
    for sign, found in (("+", pair.reasons), ("-", pair.gaps)):
        for why in found:
            sentence = plain(report.say(why.code, why.params))
            console.print(Padding(Text(f"{sign} {sentence}"), (0, 0, 0, 6)))


def refuse(reasons: Sequence[Message], lang: Lang) -> NoReturn:
    """Say on the error stream what is wrong and leave with code 2."""
    for reason in reasons:
        click.echo(plain(translate(reason, lang)), err=True)
    raise SystemExit(2)


def plain(text: str) -> str:
    """Text without characters that would steer a terminal."""
    return CONTROLS.sub(" ", text)
