"""What waits for the managers of a programme: one function for each concern."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.challenges import desk as challenges
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.matching import desk as matching
from matchmaker.matching.lifecycle import UNDER_WAY, RunState
from matchmaker.plans import desk as plans
from matchmaker.plans.lifecycle import PlanState
from matchmaker.programs.models import Call, Window
from matchmaker.proposals import desk as proposals
from matchmaker.web import door
from matchmaker.web.home.items import LATELY, WEEK, Item, called

APPROVAL_TAKES = WEEK  # after a week of waiting for approval, a challenge counts as overdue


def approvals(program_ids: Collection[int]) -> list[Item]:
    """Challenges that wait for the decision of a manager."""
    found = challenges.of_managers(door.db(), program_ids, seen_by=door.actor())
    items = []
    for pile in found:
        if pile.state is ChallengeState.SUBMITTED:
            items.append(_to_approve(pile))
        elif pile.state is ChallengeState.APPROVED:
            items.append(_to_publish(pile))
        elif pile.state is ChallengeState.CHANGES_REQUESTED:
            items.append(_with_owners(pile))
    asked = sum(pile.asked for pile in found)
    return [*items, _to_consent(asked)] if asked else items


def matching_runs(program_ids: Collection[int], now: datetime) -> list[Item]:
    """Runs that are missing, unpublished, failed or outdated, and invitations to release."""
    items = []
    for standing in matching.of_managers(door.db(), program_ids, now):
        items += _of_run(standing)
        if standing.queued:
            items.append(
                Item(
                    ngettext(
                        "%(num)s invitation of “%(call)s” waits for its release.",
                        "%(num)s invitations of “%(call)s” wait for their release.",
                        standing.queued,
                        call=called(standing.call.name),
                    ),
                    _("Release"),
                    url_for("matching.release", call=standing.call.slug),
                    many=standing.queued,
                )
            )
    return items


def cohort_plans(program_ids: Collection[int], now: datetime) -> list[Item]:
    """Plans that are impossible, that failed, or that nobody has put in force."""
    standings = plans.of_managers(door.db(), program_ids, now)
    return [item for standing in standings for item in _of_plan(standing)]


def screening(program_ids: Collection[int], now: datetime) -> list[Item]:
    """Proposals of closed challenges that nobody has screened."""
    many = proposals.to_screen(door.db(), program_ids, now, seen_by=door.actor())
    if not many:
        return []
    sentence = ngettext(
        "%(num)s proposal waits to be screened.", "%(num)s proposals wait to be screened.", many
    )
    return [Item(sentence, _("Screen"), url_for("proposals.index"), many=many)]


def calls(found: Sequence[Call], now: datetime) -> list[Item]:
    """Calls that are drafts or close soon; costs no statement."""
    items = []
    for call in found:
        window = call.window(now)
        if window is Window.DRAFT:
            items.append(
                Item(
                    _("The call “%(call)s” is a draft.", call=called(call.name)),
                    _("Finish and publish"),
                    url_for("programs.call", slug=call.slug),
                    at=call.opens_at,
                )
            )
        elif window is Window.OPEN and call.closes_at <= now + LATELY:
            items.append(
                Item(
                    _("The call “%(call)s” closes soon.", call=called(call.name)),
                    _("Look at it"),
                    url_for("programs.call", slug=call.slug),
                    at=call.closes_at,
                )
            )
    return items


def _to_approve(pile: challenges.Pile) -> Item:
    sentence = ngettext(
        "%(num)s challenge waits for your approval.",
        "%(num)s challenges wait for your approval.",
        pile.many,
    )
    url = url_for("challenges.queue", state=ChallengeState.SUBMITTED.value)
    return Item(sentence, _("Review"), url, at=pile.since + APPROVAL_TAKES, many=pile.many)


def _to_publish(pile: challenges.Pile) -> Item:
    sentence = ngettext(
        "%(num)s approved challenge is not public yet.",
        "%(num)s approved challenges are not public yet.",
        pile.many,
    )
    url = url_for("challenges.queue", state=ChallengeState.APPROVED.value)
    return Item(sentence, _("Publish"), url, many=pile.many)


def _with_owners(pile: challenges.Pile) -> Item:
    sentence = ngettext(
        "%(num)s challenge is being changed by its owner.",
        "%(num)s challenges are being changed by their owners.",
        pile.many,
    )
    url = url_for("challenges.queue", state=ChallengeState.CHANGES_REQUESTED.value)
    return Item(sentence, _("Look"), url, many=pile.many, is_waiting=True)


def _to_consent(many: int) -> Item:
    sentence = ngettext(
        "%(num)s owner asks to withdraw a challenge.",
        "%(num)s owners ask to withdraw a challenge.",
        many,
    )
    return Item(sentence, _("Decide"), url_for("challenges.queue"), many=many)


def _of_plan(standing: plans.CallPlan) -> list[Item]:
    """What the newest plan of a call asks for; nothing while it is computed or in force."""
    plan, name = standing.plan, called(standing.call.name)
    url = url_for("plans.plan", plan_id=plan.public_id)
    sentences = {
        PlanState.INFEASIBLE: (
            _("Plan %(number)s of “%(call)s” is impossible.", number=plan.number, call=name),
            _("See why"),
        ),
        PlanState.FAILED: (
            _("Plan %(number)s of “%(call)s” failed.", number=plan.number, call=name),
            _("See why"),
        ),
        PlanState.COMPLETED: (
            _("Plan %(number)s of “%(call)s” is not in force.", number=plan.number, call=name),
            _("Look at it"),
        ),
    }
    found = sentences.get(plan.state)
    return [Item(*found, url)] if found else []


def _of_run(standing: matching.CallStanding) -> list[Item]:
    """What the newest run of a call asks for; nothing while it computes or is up to date."""
    name, url = called(standing.call.name), url_for("matching.index", call=standing.call.slug)
    run = standing.run
    if run is None:
        if not standing.challenges:
            return []
        return [Item(_("No teams were computed for “%(call)s” yet.", call=name), _("Start"), url)]
    if run.state is RunState.FAILED:
        return [Item(_("The last run for “%(call)s” failed.", call=name), _("See why"), url)]
    if run.state is RunState.COMPLETED:
        sentence = _(
            "Run #%(number)s of “%(call)s” is not published.", number=run.number, call=name
        )
        return [Item(sentence, _("Review and publish"), url)]
    if standing.changed and run.state not in UNDER_WAY:
        sentence = ngettext(
            "%(num)s challenge of “%(call)s” changed since the last run.",
            "%(num)s challenges of “%(call)s” changed since the last run.",
            standing.changed,
            call=name,
        )
        return [Item(sentence, _("Compute again"), url, many=standing.changed)]
    return []
