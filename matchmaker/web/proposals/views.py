"""Lists of proposals and the page of one, as each side reads them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import Page
from matchmaker.kernel.permissions import can, require
from matchmaker.programs.models import Call
from matchmaker.proposals import policy, queries, service
from matchmaker.proposals.content import SECTION_WORDS, Content, Section
from matchmaker.proposals.gaps import gaps, share_of_challenge
from matchmaker.proposals.lifecycle import WORDS, ProposalState
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.policy import Intake, Sight
from matchmaker.proposals.queries import ChallengeIntake
from matchmaker.proposals.recording import facts_of
from matchmaker.proposals.sealing import has_closed
from matchmaker.web import door, navigation
from matchmaker.web.proposals.blueprint import bp, found, words_of
from matchmaker.web.proposals.forms import PromiseForm
from matchmaker.web.proposals.steps import next_step, stages

STAFF = frozenset({Role.PM, Role.AUDITOR, Role.REVIEW_CHAIR})
LONGEST_QUERY = 100
MOST_SKIPPED = 1_000_000


@bp.get("/proposals")
@login_required
def index() -> str:
    """The proposals of the hat that is worn: one's team's, those to one's challenges, a call's."""
    hat = navigation.current(door.actor())
    if hat is not None and hat.scope is Scope.ORGANIZATION:
        return _received(hat.scope_id)
    if hat is not None and hat.roles & STAFF:
        return _of_programme(hat.scope_id if hat.scope is Scope.PROGRAM else None)
    team = hat.scope_id if hat is not None and hat.scope is Scope.TEAM else None
    return _of_teams([team] if team is not None else [])


@bp.get("/challenges/<key>/proposals")
@login_required
def of_challenge(key: str) -> str:
    """The proposals to one challenge; sealed until it closes, except for the programme."""
    head = queries.challenge_of_list(door.db(), key, actor=door.actor())
    challenge, actor, now = head.challenge, door.actor(), door.now()
    is_owner = actor.holds_any(policy.OWNERS, challenge.organization_id)
    may_count = can(actor, "proposal.view_count", Intake(challenge, now))
    if not may_count and not is_owner:
        raise NotFound
    is_lead = actor.holds(Role.OWNER_LEAD, challenge.organization_id)
    may_read = bool(may_count) and (not is_owner or (is_lead and head.has_promised))
    page = _page(challenge=challenge) if may_read else None
    return render_template(
        "proposals/of_challenge.html",
        challenge=challenge,
        page=page,
        rows=[_row(each) for each in page.rows] if page else [],
        query=_query(),
        closed=has_closed(challenge, now),
        must_promise=bool(can(actor, "proposal.promise_confidentiality", Intake(challenge, now)))
        and not head.has_promised,
    )


@bp.route("/challenges/<key>/proposals/confidentiality", methods=["GET", "POST"])
@login_required
def promise(key: str) -> Response | tuple[str, int]:
    """A lead of the problem owner promises to keep the proposals to themselves."""
    challenge = queries.challenge_of_list(door.db(), key, actor=door.actor()).challenge
    require(door.actor(), "proposal.promise_confidentiality", Intake(challenge, door.now()))
    form = PromiseForm()
    if form.validate_on_submit():
        if form.promises.data:
            service.promise_confidentiality(
                door.db(), challenge, actor=door.actor(), now=door.now()
            )
            flash(_("Thank you. You can read the proposals now."), "success")
            return redirect(url_for(".of_challenge", key=challenge.key))
        form.promises.errors = [_("Tick this to read the proposals.")]
    return render_template("proposals/promise.html", challenge=challenge, form=form), form.status


@bp.get("/proposals/<key>")
@login_required
def detail(key: str) -> str:
    """One proposal: the answer beside the question."""
    sight = found(key)
    require(door.actor(), "proposal.view", sight)
    return render_template("proposals/detail.html", **_whole(sight))


@bp.get("/proposals/<key>/summary")
@login_required
def summary(key: str) -> str:
    """One proposal on one page, for printing."""
    sight = found(key)
    require(door.actor(), "proposal.view", sight)
    return render_template("proposals/summary.html", **_whole(sight))


def shown_version(sight: Sight) -> ProposalVersion | None:
    """The version that the reader gets; None where the team reads its working copy."""
    proposal = sight.proposal
    is_writing = proposal.state is ProposalState.MORE_INFO_REQUESTED and policy.is_own(
        door.actor(), proposal
    )
    if not policy.was_seen(proposal) or is_writing:
        return None
    return queries.version(door.db(), proposal, proposal.submitted_version)


def files_of(sight: Sight, version: ProposalVersion | None) -> list[dict[str, Any]]:
    """The files that belong to what the reader gets."""
    if version is not None:
        return list(version.content.get("attachments", []))
    return [facts_of(file) for file in queries.attachments(door.db(), sight.proposal)]


def _whole(sight: Sight) -> dict[str, Any]:
    """Everything that the page of a proposal shows."""
    proposal, actor = sight.proposal, door.actor()
    version = shown_version(sight)
    content = Content.of(version.content if version else proposal.content)
    files = files_of(sight, version)
    own = policy.is_own(actor, proposal)
    staff = policy.knows_decisions(actor, proposal)
    documents = [file["document"] for file in files]
    lacking = gaps(content, proposal.challenge, documents) if own and version is None else []
    closed = has_closed(proposal.challenge, sight.now)
    return {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "content": content,
        "version": version,
        "files": files,
        "kpis": [(kpi, content.kpis.of_kpi(kpi.id)) for kpi in proposal.challenge.kpis],
        "share_twd": share_of_challenge(proposal.challenge),
        "stages": stages(proposal, own=own, staff=staff),
        "words": words_of(proposal, staff=staff),
        "step": next_step(sight) if own else None,
        "sections": SECTION_WORDS,
        "gaps": lacking,
        "own": own,
        "closed": closed,
        "may_edit": bool(can(actor, "proposal.edit", sight)) and not closed,
        "may_submit": bool(can(actor, "proposal.submit_before_close", sight))
        and (not closed or proposal.state is ProposalState.MORE_INFO_REQUESTED),
        "may_return": bool(can(actor, "proposal.return_to_draft_before_close", sight))
        and not closed,
        "may_withdraw": bool(can(actor, "proposal.withdraw", sight)),
        "may_view_history": bool(can(actor, "proposal.view_history", sight)),
        "first_section": Section.ANSWER.value,
    }


def _of_teams(teams: list[int]) -> str:
    """A team's own proposals, each with its stages and the next step."""
    page = _page(teams=teams)
    return render_template(
        "proposals/mine.html",
        page=page,
        rows=[_row(proposal) | {"step": _step(proposal)} for proposal in page.rows],
        query=_query(),
        has_team=bool(teams),
    )


def _received(organization_id: int) -> str:
    """Proposals to the challenges of an organisation, as far as they may be read."""
    actor, now = door.actor(), door.now()
    page = _page(organizations=[organization_id])
    closed = queries.closed_challenges(door.db(), [organization_id], actor=actor, now=now)
    received: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for proposal in page.rows:
        received[proposal.challenge_id].append(_row(proposal))
    return render_template(
        "proposals/received.html",
        page=page,
        groups=[(row, received.get(row.challenge.id, [])) for row in closed],
        is_lead=actor.holds(Role.OWNER_LEAD, organization_id),
        query=_query(),
    )


def _of_programme(program_id: int | None) -> str:
    """The challenges of a call with how many proposals are handed in, or a search in them."""
    actor, now = door.actor(), door.now()
    programs = None if program_id is None else [program_id]
    calls = queries.calls_read_by(door.db(), actor, programs)
    call = _chosen(calls)
    chosen = [state for state in request.args.getlist("state") if state in set(ProposalState)]
    searching = bool(_query() or chosen)
    page = _page(call=call, states=[ProposalState(s) for s in chosen]) if searching else None
    intake = (
        queries.intake_of_call(door.db(), call, seen_by=actor, now=now, skipped=_skipped())
        if call is not None and not searching
        else Page[ChallengeIntake]([])
    )
    countable = [
        row for row in intake.rows if can(actor, "proposal.view_count", Intake(row.challenge, now))
    ]
    return render_template(
        "proposals/by_call.html",
        calls=calls,
        call=call,
        closed=call is not None and call.closes_at <= now,
        page=page,
        rows=[_row(each) for each in page.rows] if page else [],
        intake=[(row, row in countable) for row in intake.rows],
        pages=intake,
        handed_in=intake.total if countable else None,
        query=_query(),
        chosen=chosen,
        states=[(state.value, WORDS[state].staff) for state in ProposalState if state != "draft"],
        searching=searching,
    )


def _chosen(calls: list[Call]) -> Call | None:
    """The call that the address names, else the latest one that has opened."""
    named = [call for call in calls if call.slug == request.args.get("call")]
    opened = [call for call in calls if call.opens_at <= door.now()]
    return next(iter(named or opened or calls), None)


def _skipped() -> int:
    """How many challenges of a call stand on the pages before, as far as that makes sense."""
    asked = request.args.get("skip", type=int) or 0
    return asked if 0 < asked < MOST_SKIPPED else 0


def _page(**narrowing: Any) -> Any:
    """One page of a list, narrowed by search and position as the address says."""
    return queries.listing(
        door.db(),
        seen_by=door.actor(),
        now=door.now(),
        query=_query(),
        after=request.args.get("after"),
        **narrowing,
    )


def _row(proposal: Proposal) -> dict[str, Any]:
    """A proposal as a line of a list, its state in the words of the reader."""
    actor = door.actor()
    staff = policy.knows_decisions(actor, proposal)
    return {
        "proposal": proposal,
        "words": words_of(proposal, staff=staff),
        "stages": stages(proposal, own=policy.is_own(actor, proposal), staff=staff),
        "url": url_for(".detail", key=proposal.key),
    }


def _step(proposal: Proposal) -> dict[str, str]:
    return next_step(Sight(proposal, door.now()))


def _query() -> str:
    return request.args.get("q", "")[:LONGEST_QUERY]
