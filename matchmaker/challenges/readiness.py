"""How far a challenge is prepared: gaps that hold it back, and the four things owners lack (四缺).

Pure functions over a challenge whose texts are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.challenges import checks
from matchmaker.challenges.content import NEEDS, READY, Kpis, SectionName, section_of
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message, msg

WHOLE = READY * len(NEEDS)
RAISING = {
    "budget": msg("Secure a budget or a subsidy that can be spent on the PoC."),
    "data": msg("Collect data and label a first part of it."),
    "talent": msg("Name somebody who answers questions on data and site every week."),
    "tools": msg("Prepare what a PoC needs on site: access, computing, a connection."),
}
ASKED_IN = {
    "budget": SectionName.DATES,
    "data": SectionName.DATA,
    "talent": SectionName.BACKGROUND,
    "tools": SectionName.BACKGROUND,
}


@dataclass(frozen=True)
class Gap:
    """Something that has to be filled in before the challenge can be handed in."""

    section: SectionName
    field: str
    message: Message


@dataclass(frozen=True)
class Readiness:
    """How ready the owner is for a PoC.

    Attributes:
        score: sum of the four answers, 0–12. lacks: needs answered 0 or 1, in fixed order.
        unanswered: needs nobody spoke of yet.
    """

    score: int
    lacks: tuple[str, ...]
    unanswered: tuple[str, ...]


def readiness(challenge: Challenge) -> Readiness:
    """The four answers, added up."""
    answers = {need: challenge.readiness.get(need) for need in NEEDS}
    return Readiness(
        score=sum(value or 0 for value in answers.values()),
        lacks=tuple(need for need, value in answers.items() if value is not None and value < 2),
        unanswered=tuple(need for need, value in answers.items() if value is None),
    )


def gaps(challenge: Challenge) -> list[Gap]:
    """What is missing before it can be handed in, in the order of the sections."""
    found: list[Gap] = []
    for section, collect in _GAPS.items():
        found += [Gap(section, name, message) for name, message in collect(challenge)]
    return found


def gaps_by_section(challenge: Challenge) -> dict[SectionName, list[Gap]]:
    """The gaps of each section; complete ones have an empty list."""
    found = gaps(challenge)
    return {name: [gap for gap in found if gap.section is name] for name in SectionName}


def is_begun(challenge: Challenge, section: SectionName) -> bool:
    """Whether anything was entered in a section at all."""
    said = section_of(challenge, section)
    untouched = type(said)()
    return any(
        getattr(said, name) not in (None, "", (), [], getattr(untouched, name))
        for name in said.__dataclass_fields__
    )


def approval_gaps(challenge: Challenge) -> list[Message]:
    """What has to stand before the programme office can approve."""
    found = []
    if not (challenge.kpis or challenge.kpis_none_reason):
        found.append(msg("There is no target KPI and no reason why there is none."))
    if not _baselines_stand(challenge):
        found.append(msg("A target KPI has neither a baseline nor a way to measure it."))
    if challenge.data_sensitivity is None:
        found.append(msg("The sensitivity of the data is not stated."))
    if challenge.ip_wishes.is_empty and challenge.call.ip_terms.is_empty:
        found.append(msg("Neither the challenge nor its call says whose the results will be."))
    return found


def _baselines_stand(challenge: Challenge) -> bool:
    if challenge.is_taken_over:
        return True
    return all(kpi.baseline is not None or not kpi.method.is_empty for kpi in challenge.kpis)


Found = Iterable[tuple[str, Message]]


def _need(challenge: Challenge) -> Found:
    if challenge.title.is_empty:
        yield "title", msg("Give the problem a title.")
    if challenge.pain.is_empty:
        yield "pain", msg("Say what goes wrong today and what it costs.")
    if challenge.wanted.is_empty:
        yield "wanted", msg("Say what you want to be able to do afterwards.")


def _background(challenge: Challenge) -> Found:
    if challenge.background.is_empty:
        yield "background", msg("Describe the situation in which the problem occurs.")
    if not challenge.domains:
        yield "domains", msg("Choose at least one industry or field.")
    yield from _unanswered(challenge, "talent", "tools")


def _data(challenge: Challenge) -> Found:
    if challenge.data_description.is_empty:
        yield "data_description", msg("Describe the data, or say that there is none yet.")
    if challenge.data_sensitivity is None:
        yield "data_sensitivity", msg("Say how sensitive the data is.")
    if not challenge.modalities:
        yield "modalities", msg("Choose at least one kind of data.")
    yield from _unanswered(challenge, "data")


def _kpi(challenge: Challenge) -> Found:
    if not (challenge.kpis or challenge.kpis_none_reason):
        yield "rows", msg("State at least one target KPI, or why there is none.")
    said = section_of(challenge, SectionName.KPI)
    as_stated = challenge.is_taken_over
    if isinstance(said, Kpis) and checks.problems(said, challenge.call, as_stated=as_stated):
        yield "rows", msg("A target KPI is not complete.")


def _rules(challenge: Challenge) -> Found:
    if challenge.ip_wishes.is_empty and challenge.call.ip_terms.is_empty:
        yield "ip_wishes", msg("Say whose the results will be; the call leaves it open.")


def _dates(challenge: Challenge) -> Found:
    if challenge.poc_weeks is None:
        yield "poc_weeks", msg("Say how many weeks one PoC lasts.")
    said = section_of(challenge, SectionName.DATES)
    if "closes_at" in checks.problems(said, challenge.call):
        yield "closes_at", msg("The closing time no longer lies within the time of the call.")
    yield from _unanswered(challenge, "budget")


def _unanswered(challenge: Challenge, *needs: str) -> Found:
    questions = {
        "budget": msg("Answer how ready the budget is."),
        "data": msg("Answer how ready the data is."),
        "talent": msg("Answer who can take part on your side."),
        "tools": msg("Answer how ready the tools and the site are."),
    }
    for need in needs:
        if challenge.readiness.get(need) is None:
            yield f"ready_{need}", questions[need]


_GAPS = {
    SectionName.NEED: _need,
    SectionName.BACKGROUND: _background,
    SectionName.DATA: _data,
    SectionName.KPI: _kpi,
    SectionName.RULES: _rules,
    SectionName.DATES: _dates,
}
