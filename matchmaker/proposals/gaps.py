"""What a proposal still lacks before it can be handed in, as sentences by section."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message, msg
from matchmaker.programs.rules import CallRules, checklist_of
from matchmaker.proposals.content import (
    Budget,
    Commitment,
    Content,
    Milestone,
    People,
    Plan,
    Section,
)

ROUNDING = 0.0005


class Gap(NamedTuple):
    """One thing that is missing or does not fit."""

    section: Section
    message: Message


def gaps(
    content: Content, challenge: Challenge, documents: Collection[str | None] = ()
) -> list[Gap]:
    """Everything that stands in the way of handing in, in the order of the sections.

    Args:
        content: what the proposal says.
        challenge: with its KPIs and call.
        documents: for each file the item of the call's checklist that it answers, if any.
    """
    found = {
        Section.ANSWER: _of_answer(content),
        Section.DATA: _of_data(content),
        Section.PLAN: _of_plan(content.plan, challenge),
        Section.KPIS: _of_kpis(content, challenge),
        Section.BUDGET: _of_budget(content.budget, challenge),
        Section.PEOPLE: _of_people(content.people),
        Section.ATTACHMENTS: _of_documents(challenge, documents),
    }
    return [Gap(section, message) for section, said in found.items() for message in said]


def share_of_challenge(challenge: Challenge) -> int | None:
    """What one of the wanted PoCs may cost the challenge: its budget, split evenly."""
    if challenge.budget_twd is None:
        return None
    return challenge.budget_twd // max(challenge.k_poc, 1)


def longest_poc(challenge: Challenge) -> int | None:
    """The weeks that a PoC may take, by the challenge, else by its call."""
    return challenge.poc_weeks or challenge.call.poc_weeks_max


def _of_answer(content: Content) -> Iterator[Message]:
    answer = content.answer
    if answer.title.is_empty:
        yield msg("Give the proposal a title.")
    if answer.summary.is_empty:
        yield msg("Sum the answer up in a few sentences.")
    if answer.approach.is_empty:
        yield msg("Describe your approach.")


def _of_data(content: Content) -> Iterator[Message]:
    data = content.data
    if data.data.is_empty:
        yield msg("Say which data you use and where it comes from.")
    if data.models.is_empty:
        yield msg("Say which models you use.")
    if data.limits.is_empty:
        yield msg("Say where the data and the models reach their limits.")


def _of_plan(plan: Plan, challenge: Challenge) -> Iterator[Message]:
    if not plan.milestones:
        yield msg("Plan at least one milestone.")
        return
    for position, milestone in enumerate(plan.milestones, start=1):
        if not _is_whole(milestone):
            yield msg("Milestone %(n)s needs a name, a week and what it delivers.", n=str(position))
    weeks = longest_poc(challenge)
    last = max((milestone.week or 0) for milestone in plan.milestones)
    if weeks is not None and last > weeks:
        yield msg(
            "The last milestone is in week %(last)s, but the PoC ends after week %(weeks)s.",
            last=str(last), weeks=str(weeks),
        )  # fmt: skip


def _is_whole(milestone: Milestone) -> bool:
    return bool(milestone.title and milestone.week and milestone.deliverable)


def _of_kpis(content: Content, challenge: Challenge) -> Iterator[Message]:
    for kpi in challenge.kpis:
        commitment = content.kpis.of_kpi(kpi.id)
        if commitment.cannot and not commitment.reason:
            yield msg("Say why you cannot commit to this target KPI: %(kpi)s", kpi=kpi.name)
        elif not commitment.cannot and not _is_kept(commitment):
            yield msg(
                "Commit to a value and say how it is measured, or say that you cannot: %(kpi)s",
                kpi=kpi.name,
            )


def _is_kept(commitment: Commitment) -> bool:
    return commitment.value is not None and bool(commitment.method)


def _of_budget(budget: Budget, challenge: Challenge) -> Iterator[Message]:
    if not budget.lines:
        yield msg("Split the budget into at least one line.")
        return
    for position, line in enumerate(budget.lines, start=1):
        if not line.item or line.amount_twd is None:
            yield msg("Budget line %(n)s needs a name and an amount.", n=str(position))
    share = share_of_challenge(challenge)
    if share is not None and budget.asked_twd > share:
        yield msg(
            "You ask for NT$%(asked)s, but the challenge has NT$%(share)s for one PoC.",
            asked=f"{budget.asked_twd:,}", share=f"{share:,}",
        )  # fmt: skip
    yield from _of_call(budget, challenge)


def _of_call(budget: Budget, challenge: Challenge) -> Iterator[Message]:
    ceiling = challenge.call.ceiling_twd
    if ceiling is not None and budget.asked_twd > ceiling:
        yield msg(
            "You ask for NT$%(asked)s, but the call gives at most NT$%(ceiling)s for one PoC.",
            asked=f"{budget.asked_twd:,}", ceiling=f"{ceiling:,}",
        )  # fmt: skip
    percent = CallRules.of(challenge.call.rules).own_share_percent
    if percent and budget.own_twd * 100 < budget.total_twd * percent:
        yield msg(
            "The team bears NT$%(own)s; the call asks for at least %(percent)s%% of NT$%(total)s.",
            own=f"{budget.own_twd:,}", percent=str(percent), total=f"{budget.total_twd:,}",
        )  # fmt: skip


def _of_people(people: People) -> Iterator[Message]:
    if not people.shares:
        yield msg("Say who works on the PoC.")
        return
    for position, share in enumerate(people.shares, start=1):
        if not (share.name and share.task and share.share is not None):
            yield msg("Person %(n)s needs a name, a task and a share.", n=str(position))
    if abs(people.total_share - 1) > ROUNDING:
        percent = f"{people.total_share * 100:.4g}"
        yield msg(
            "The shares of the people add up to %(percent)s%%, not to 100%%.", percent=percent
        )


def _of_documents(challenge: Challenge, documents: Collection[str | None]) -> Iterator[Message]:
    for item in checklist_of(challenge.call.checklist):
        if item.is_required and item.id not in documents:
            yield msg("Add the document “%(document)s”.", document=item.label)
