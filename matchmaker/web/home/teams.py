"""What waits for the people of a team."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.matching import desk as matching
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.web import door
from matchmaker.web.home.items import LATELY, Item, called


def invitations(team_ids: Collection[int], now: datetime) -> list[Item]:
    """Invitations that the team has not answered."""
    return [
        Item(
            _(
                "%(team)s is invited to answer “%(title)s”.",
                team=called(each.team.name),
                title=called(each.challenge.title),
            ),
            _("Answer"),
            url_for("matching.invitation", invitation_id=each.public_id),
            at=each.answer_by,
        )
        for each in matching.invitations(door.db(), team_ids, now)
    ]


def own_proposals(found: Sequence[Proposal], now: datetime) -> list[Item]:
    """Drafts with their closing time, documents that are missing, awards to confirm."""
    items = []
    for proposal in found:
        title = called(proposal.challenge.title)
        url, state = url_for("proposals.detail", key=proposal.key), proposal.shown_state
        if state is ProposalState.DRAFT and proposal.challenge.closes_at > now:
            items.append(
                Item(
                    _("Your proposal to “%(title)s” is not handed in.", title=title),
                    _("Go on writing"), url, at=proposal.challenge.closes_at,
                )
            )  # fmt: skip
        elif state is ProposalState.MORE_INFO_REQUESTED:
            items.append(
                Item(
                    _("The office asks for more about your proposal to “%(title)s”.", title=title),
                    _("Complete it"), url, at=proposal.info_due_at,
                )
            )  # fmt: skip
        elif state is ProposalState.SELECTED:
            items.append(
                Item(
                    _("Your proposal to “%(title)s” is selected.", title=title), _("Confirm"), url,
                )
            )  # fmt: skip
        elif state in (ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW):
            items.append(
                Item(
                    _("Your proposal to “%(title)s” is with the office.", title=title),
                    _("Read"), url, is_waiting=True,
                )
            )  # fmt: skip
    return items


def recommendations(team_ids: Collection[int], now: datetime) -> list[Item]:
    """Challenges that were recommended lately and nobody has answered."""
    many = matching.recommended(door.db(), team_ids, now, since=now - LATELY)
    if not many:
        return []
    sentence = ngettext(
        "%(num)s new challenge is recommended to you.",
        "%(num)s new challenges are recommended to you.",
        many,
    )
    return [Item(sentence, _("See them"), url_for("matching.for_my_team"), many=many)]
