"""Versions of a proposal and what changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response as FlaskResponse
from flask import render_template, request
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel import differences
from matchmaker.kernel.differences import Piece
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.permissions import require
from matchmaker.proposals import policy, queries
from matchmaker.proposals.content import SECTION_WORDS
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.policy import Sight
from matchmaker.proposals.recording import facts_of
from matchmaker.web import door
from matchmaker.web.proposals.blueprint import bp, found, title_of
from matchmaker.web.proposals.reading import Text, texts_of

NOW = "now"


class Edition(NamedTuple):
    """Something to compare: a version, or the working copy (``number`` is ``now``)."""

    number: str
    label: str
    content: Mapping[str, Any]
    version: ProposalVersion | None


class Change(NamedTuple):
    """One text that differs."""

    label: str
    pieces: list[Piece]
    lang: str | None


@bp.get("/proposals/<key>/history")
@login_required
def history(key: str) -> str:
    """All versions, and the words that differ between two of them."""
    sight = found(key)
    require(door.actor(), "proposal.view_history", sight)
    editions = _editions(sight)
    newer = _chosen(editions, "to", 0)
    older = _chosen(editions, "from", min(1, len(editions) - 1))
    return render_template(
        "proposals/history.html",
        proposal=sight.proposal,
        title=title_of(sight.proposal),
        editions=editions,
        older=older,
        newer=newer,
        changes=_changes(sight.proposal, older, newer) if older and newer else [],
        own=policy.is_own(door.actor(), sight.proposal),
        may_keep=policy.is_own(door.actor(), sight.proposal)
        and not policy.was_seen(sight.proposal),
    )


@bp.get("/proposals/<key>/versions/<int:number>.json")
@login_required
def sealed(key: str, number: int) -> Response:
    """A version exactly as it was hashed."""
    sight = found(key)
    require(door.actor(), "proposal.view_history", sight)
    versions = [edition.version for edition in _editions(sight) if edition.version]
    version = next((each for each in versions if each.number == number), None)
    if version is None:
        raise NotFound
    answer = FlaskResponse(version.sealed_bytes, content_type="application/json")
    name = f"{sight.proposal.challenge.ref}_{sight.proposal.team.ref}_v{number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _editions(sight: Sight) -> list[Edition]:
    """What may be compared, newest first: for the team all of it, else what counts."""
    proposal, own = sight.proposal, policy.is_own(door.actor(), sight.proposal)
    versions = queries.versions(door.db(), proposal, handed_in=not own)
    counting = versions if own else _since_closing(proposal, versions)
    found = [Edition(str(v.number), _label(v), v.content, v) for v in counting]
    if own and not policy.was_seen(proposal):
        found.insert(0, Edition(NOW, _("The draft as it stands"), _working_copy(proposal), None))
    return found


def _since_closing(proposal: Proposal, versions: list[ProposalVersion]) -> list[ProposalVersion]:
    """The last one handed in before the closing time and all after; the team took others back."""
    closes_at = proposal.challenge.closes_at
    late = [version for version in versions if version.saved_at >= closes_at]
    return late + [version for version in versions if version.saved_at < closes_at][:1]


def _working_copy(proposal: Proposal) -> Mapping[str, Any]:
    files = [facts_of(file) for file in queries.attachments(door.db(), proposal)]
    return {**proposal.content, "attachments": files}


def _label(version: ProposalVersion) -> str:
    if version.was_submitted:
        return _("Version %(n)s, handed in", n=version.number)
    return _("Version %(n)s", n=version.number)


def _chosen(editions: list[Edition], name: str, otherwise: int) -> Edition | None:
    """The edition that the address names; an unknown one does not exist."""
    wanted = request.args.get(name)
    if not wanted:
        return editions[otherwise] if editions else None
    named = next((each for each in editions if each.number == wanted), None)
    if named is None:
        raise NotFound
    return named


def _changes(proposal: Proposal, older: Edition, newer: Edition) -> list[tuple[Any, list[Change]]]:
    """The sections that differ, each with its texts as pieces."""
    kpis = proposal.challenge.kpis
    found = []
    for section, word in SECTION_WORDS.items():
        before = {t.label: t for t in texts_of(section, older.content, kpis)}
        after = {t.label: t for t in texts_of(section, newer.content, kpis)}
        labels = [*after, *(label for label in before if label not in after)]
        changed = [_change(label, before.get(label), after.get(label)) for label in labels]
        differing = [change for change in changed if differences.is_changed(change.pieces)]
        if differing:
            found.append((word, differing))
    return found


def _change(label: str, before: Text | None, after: Text | None) -> Change:
    shown = after or before
    pieces = differences.pieces(before.text if before else "", after.text if after else "")
    return Change(label, pieces, shown.lang if shown else None)
