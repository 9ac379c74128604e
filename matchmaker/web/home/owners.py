"""What waits for the people of a problem owner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.matching import desk as matching
from matchmaker.proposals import queries as proposals
from matchmaker.web import door
from matchmaker.web.home.items import LATELY, Item, called


def own_challenges(found: Sequence[Challenge]) -> list[Item]:
    """Drafts to finish, changes that were asked for, and what waits for the office."""
    items = []
    for challenge in found:
        title, url = called(challenge.title), url_for("challenges.detail", key=challenge.key)
        if challenge.state is ChallengeState.DRAFT:
            items.append(
                Item(
                    _("“%(title)s” is a draft.", title=title), _("Go on writing"), url,
                    at=challenge.closes_at,
                )
            )  # fmt: skip
        elif challenge.state is ChallengeState.CHANGES_REQUESTED:
            items.append(
                Item(
                    _("The programme office asks for changes in “%(title)s”.", title=title),
                    _("Read and change"), url, at=challenge.closes_at,
                )
            )  # fmt: skip
        elif challenge.state is ChallengeState.SUBMITTED:
            items.append(
                Item(
                    _("“%(title)s” waits for the approval of the office.", title=title),
                    _("Read"), url, is_waiting=True,
                )
            )  # fmt: skip
    return items


def fitting_teams(organization_ids: Collection[int], now: datetime) -> list[Item]:
    """Teams that a run published lately found for one's challenges."""
    found = matching.of_owners(door.db(), organization_ids, since=now - LATELY)
    return [
        Item(
            ngettext(
                "%(num)s team fits “%(title)s”.",
                "%(num)s teams fit “%(title)s”.",
                fits.teams,
                title=called(fits.challenge.title),
            ),
            _("See who and why"),
            url_for("matching.for_challenge", key=fits.challenge.key),
            many=fits.teams,
        )
        for fits in found
    ]


def closed_challenges(lead: Actor, organization_ids: Collection[int], now: datetime) -> list[Item]:
    """Challenges whose proposals the lead can read once confidentiality is promised."""
    found = proposals.closed_challenges(door.db(), organization_ids, actor=lead, now=now)
    return [
        Item(
            _("“%(title)s” has closed. Promise confidentiality to read what came in.",
              title=called(each.challenge.title)),
            _("Go to the proposals"),
            url_for("proposals.of_challenge", key=each.challenge.key),
        )
        for each in found
        if not each.has_promised and each.challenge.state is ChallengeState.EVALUATING
    ]  # fmt: skip
