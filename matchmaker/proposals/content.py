"""What a proposal says, section by section, as typed values that are stored as JSON.

What cannot be accepted in a section is told by its ``problems``; what is merely missing by
:mod:`matchmaker.proposals.gaps`.
"""

# ruff: noqa: RUF009 - prose(), line() and the like are dataclass fields

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.parts import (
    PARAGRAPH,
    SUMMARY,
    TITLE,
    Part,
    between,
    line,
    prose,
    rows,
    text,
)

MOST_TWD = 10**12
MOST_WEEKS = 104
RATIO = "ratio"


class Section(StrEnum):
    """A part of a proposal, in the order in which it is read."""

    ANSWER = "answer"
    DATA = "data"
    PLAN = "plan"
    KPIS = "kpis"
    BUDGET = "budget"
    PEOPLE = "people"
    ATTACHMENTS = "attachments"


SECTION_WORDS = {
    Section.ANSWER: msg("The answer"),
    Section.DATA: msg("Data and models"),
    Section.PLAN: msg("Plan"),
    Section.KPIS: msg("KPI commitments"),
    Section.BUDGET: msg("Budget"),
    Section.PEOPLE: msg("People and their shares"),
    Section.ATTACHMENTS: msg("Attachments"),
}


@dataclass(frozen=True)
class Answer(Part):
    """What the team would do, from one line to the whole approach."""

    section: ClassVar = Section.ANSWER
    title: Localized = prose(TITLE)
    summary: Localized = prose(SUMMARY)
    approach: Localized = prose(PARAGRAPH)


@dataclass(frozen=True)
class DataUse(Part):
    """Which data and models are used, and where they end."""

    section: ClassVar = Section.DATA
    data: Localized = prose(PARAGRAPH)
    models: Localized = prose(PARAGRAPH)
    limits: Localized = prose(PARAGRAPH)


@dataclass(frozen=True)
class Milestone(Part):
    """Something that is there by the end of a week of the PoC."""

    title: str = line()
    week: int | None = between(1, MOST_WEEKS)
    deliverable: str = text(1000)


@dataclass(frozen=True)
class Plan(Part):
    """The way from start to gate."""

    section: ClassVar = Section.PLAN
    milestones: tuple[Milestone, ...] = rows(Milestone)
    needs: Localized = prose(PARAGRAPH)


@dataclass(frozen=True)
class Commitment(Part):
    """What the team promises for one target KPI, or why it cannot promise anything.

    ``value`` has the unit of the KPI; a ratio lies in 0–1.
    """

    kpi_id: int = 0
    value: float | None = between(-1e12, 1e12)
    method: str = text(1000)
    cannot: bool = False
    reason: str = text(1000)


@dataclass(frozen=True)
class Kpis(Part):
    """One commitment for each target KPI of the challenge."""

    section: ClassVar = Section.KPIS
    commitments: tuple[Commitment, ...] = rows(Commitment)

    def beyond_whole(self, ratios: Collection[int]) -> dict[str, Message]:
        """Promised shares of more than the whole or less than nothing, by field.

        ``ratios`` are the KPIs whose unit is a share.
        """
        return {
            f"commitments-{position}-value": msg("A share lies between 0 and 100 %%.")
            for position, each in enumerate(self.commitments)
            if each.kpi_id in ratios and each.value is not None and not 0 <= each.value <= 1
        }

    def of_kpi(self, kpi_id: int) -> Commitment:
        """What is promised for one target KPI; an empty commitment if nothing is."""
        found = (each for each in self.commitments if each.kpi_id == kpi_id)
        return next(found, Commitment(kpi_id=kpi_id))


@dataclass(frozen=True)
class BudgetLine(Part):
    """One cost. ``own_twd`` is the part of it that the team bears itself."""

    item: str = line()
    amount_twd: int | None = between(0, MOST_TWD)
    own_twd: int | None = between(0, MOST_TWD)


@dataclass(frozen=True)
class Budget(Part):
    """What the PoC costs and who pays."""

    section: ClassVar = Section.BUDGET
    lines: tuple[BudgetLine, ...] = rows(BudgetLine)
    note: Localized = prose(PARAGRAPH)

    @property
    def total_twd(self) -> int:
        """The whole cost."""
        return sum(cost.amount_twd or 0 for cost in self.lines)

    @property
    def own_twd(self) -> int:
        """What the team bears itself."""
        return sum(cost.own_twd or 0 for cost in self.lines)

    @property
    def asked_twd(self) -> int:
        """What the team asks the challenge for."""
        return self.total_twd - self.own_twd

    def problems(self, prefix: str = "") -> dict[str, Message]:
        """Also refused: a team that bears more than a line costs."""
        found = super().problems(prefix)
        for position, cost in enumerate(self.lines):
            if cost.own_twd and cost.own_twd > (cost.amount_twd or 0):
                found.setdefault(
                    f"{prefix}lines-{position}-own_twd",
                    msg("The team's own part cannot be larger than the cost."),
                )
        return found


@dataclass(frozen=True)
class Share(Part):
    """What one person does, and which share of the whole work that is (0–1)."""

    name: str = line(TITLE)
    task: str = line()
    share: float | None = between(0, 1)


@dataclass(frozen=True)
class People(Part):
    """Who works on the PoC."""

    section: ClassVar = Section.PEOPLE
    shares: tuple[Share, ...] = rows(Share)

    @property
    def total_share(self) -> float:
        """All shares together; 1 when the whole work is given to somebody."""
        return math.fsum(each.share or 0 for each in self.shares)


SectionContent = Answer | DataUse | Plan | Kpis | Budget | People
PARTS: dict[Section, type[SectionContent]] = {
    Section.ANSWER: Answer,
    Section.DATA: DataUse,
    Section.PLAN: Plan,
    Section.KPIS: Kpis,
    Section.BUDGET: Budget,
    Section.PEOPLE: People,
}


@dataclass(frozen=True)
class Content:
    """Everything that a proposal says, without its files."""

    answer: Answer = field(default_factory=Answer)
    data: DataUse = field(default_factory=DataUse)
    plan: Plan = field(default_factory=Plan)
    kpis: Kpis = field(default_factory=Kpis)
    budget: Budget = field(default_factory=Budget)
    people: People = field(default_factory=People)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Content:
        """The content from what was stored."""
        stored = stored or {}
        return cls(
            answer=Answer.of(stored.get("answer")),
            data=DataUse.of(stored.get("data")),
            plan=Plan.of(stored.get("plan")),
            kpis=Kpis.of(stored.get("kpis")),
            budget=Budget.of(stored.get("budget")),
            people=People.of(stored.get("people")),
        )

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return {name.value: getattr(self, name).to_json() for name in PARTS}
