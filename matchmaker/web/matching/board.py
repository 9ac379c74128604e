"""The match board of a call: challenges on the left, candidates of one on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_login import login_required

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import can, require
from matchmaker.matching import board
from matchmaker.matching.board import Candidate, Filter, Only
from matchmaker.matching.lifecycle import CANDIDACY, REASON_WORDS, SIDE_WORDS, CandidacyState, Side
from matchmaker.matching.models import Candidacy
from matchmaker.plans import queries as plans
from matchmaker.programs.models import Call
from matchmaker.web import door
from matchmaker.web.matching import after_run, showing
from matchmaker.web.matching.asking import maybe, whole
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.words import FILTERS

SHOWN_REASONS = 3
CHALLENGES, CANDIDATES = 30, 5  # on one page


@bp.get("/matching")
@login_required
def index() -> str:
    """The board of one call."""
    actor = door.actor()
    standings = board.standings(door.db(), readable_programs(actor), number=maybe("run"))
    calls = [each.call for each in standings]
    call = chosen_call(calls, request.args.get("call", ""), door.now())
    if call is None:
        return render_template("matching/board.html", call=None, calls=[])
    standing = next(each for each in standings if each.call is call)
    is_manager = bool(can(actor, "recommendation_run.request", call.program_id))
    if standing.shown is None:
        return render_template(
            "matching/board.html", call=call, calls=calls, run=None, standing=standing,
            may_compute=is_manager,
        )  # fmt: skip
    run, wanted, after = standing.shown, asked(), whole("after")
    page, chosen = board.board(
        door.db(), run, seen_by=actor, wanted=wanted, asked=request.args.get("challenge", ""),
        after_id=whole("start"), size=CHALLENGES,
    )  # fmt: skip
    candidates, held = (
        board.candidates(
            door.db(), run, chosen.challenge.id, seen_by=actor,
            with_held_back=True, after_rank=after, size=CANDIDATES,
        )
        if chosen
        else (None, [])
    )  # fmt: skip
    changes = board.changes_since(door.db(), run)
    planned = plans.on_board(door.db(), call.id, chosen.challenge.id if chosen else 0)
    return render_template(
        "matching/board.html",
        call=call,
        calls=calls,
        run=run,
        has_plans=planned.has_plans,
        standing=standing,
        changes=changes,
        page=page,
        chosen=chosen,
        wanted=wanted,
        filters=FILTERS,
        candidates=candidates,
        rows=[
            candidate(row, for_staff=True, is_planned=row.team.id in planned.teams)
            for row in candidates.rows
        ]
        if candidates
        else [],
        held=[held_back(row) for row in held],
        later=after_run.on_board(run, chosen.challenge.id) if chosen and changes.teams else [],
        may_compute=is_manager,
        may_publish=bool(can(actor, "recommendation_run.publish", run)),
        may_decide=is_manager,
        reasons=REASON_WORDS,
        at=_address(call),
        back=request.full_path.rstrip("?"),
    )


def asked() -> Filter:
    """What the address narrows the challenges to; unknown words are dropped."""
    only = request.args.get("only", "")
    return Filter(
        Only(only) if only in set(Only) else Only.ALL, request.args.get("q", "").strip()[:100]
    )


def _address(call: Call) -> Callable[..., str]:
    """Addresses of this board: as it stands, with some values changed or (None) left out."""
    kept = {name: request.args.get(name) for name in ("run", "only", "q", "start", "challenge")}

    def at(endpoint: str = ".index", **changes: str | int | None) -> str:
        values: dict[str, Any] = {"call": call.slug, **kept, **changes}
        return url_for(endpoint, **{name: value for name, value in values.items() if value})

    return at


def readable_programs(actor: Actor) -> frozenset[int] | None:
    """Programmes whose runs the actor reads; None means all.

    Raises:
        NotFound, NotAllowed: none at all.
    """
    if actor.holds(Role.AUDITOR):
        return None
    programs = actor.scopes(Role.PM)
    if not programs:
        require(actor, "recommendation_run.view", 0)
    return programs


def chosen_call(calls: Sequence[Call], slug: str, now: datetime) -> Call | None:
    """The call asked for, else the newest that has opened, else the newest."""
    named = [call for call in calls if call.slug == slug]
    opened = [call for call in calls if call.opens_at <= now]
    return next(iter(named or opened or calls), None)


def candidate(row: Candidate, *, for_staff: bool, is_planned: bool = False) -> dict[str, object]:
    """One candidate as a template shows it."""
    candidacy, state = row.candidacy, CandidacyState.SUGGESTED
    if candidacy is not None:
        state = candidacy.state
    is_queued = candidacy is not None and candidacy.queued_at is not None
    return {
        "team": row.team,
        "rank": row.recommendation.rank,
        "shown": showing.recommendation(
            row.recommendation,
            for_staff=for_staff,
            most=SHOWN_REASONS,
            fit=row.recommendation.run.outcome.get("fit"),
        ),
        "version": candidacy.version if candidacy else 0,
        "state": showing.state_of(candidacy, for_staff=for_staff),
        "is_queued": is_queued,
        "is_planned": is_planned,
        "is_changed": row.recommendation.team_version != row.team.version,
        "is_cleared": for_staff and row.recommendation.rank is not None,
        "free_from": row.team.free_from
        if row.team.free_from and row.team.free_from > door.now().date()
        else None,
        "exposure": row.exposure,
        "shortlisted": candidacy is not None and candidacy.shortlisted_at is not None,
        "aside": put_aside(candidacy) if for_staff else [],
        "own": own_dismissal(candidacy, Side.PM if for_staff else Side.OWNER),
        "may_pin": state is CandidacyState.SUGGESTED,
        "may_unpin": state is CandidacyState.PINNED,
        "may_invite": CANDIDACY.allows(state, "invite") and not is_queued,
        "may_dismiss": CANDIDACY.allows(state, "dismiss"),
    }


def held_back(row: Candidate) -> dict[str, object]:
    """One team that a hard rule keeps away, for staff."""
    code = row.recommendation.held_back
    return {
        "team": row.team,
        "score": row.recommendation.score,
        "why": showing.obstacle(code),
        "lift": showing.lift(code),
        "is_conflict": (code or "").startswith("conflict"),
        "own": own_dismissal(row.candidacy, Side.PM),
        "version": row.candidacy.version if row.candidacy else 0,
    }


def put_aside(candidacy: Candidacy | None) -> list[dict[str, object]]:
    """Who put a pair aside and why, for staff."""
    if candidacy is None:
        return []
    return [
        {"side": SIDE_WORDS[each.side], "reason": REASON_WORDS[each.reason], "note": each.note}
        for each in candidacy.dismissals
    ]


def own_dismissal(candidacy: Candidacy | None, side: Side) -> dict[str, object] | None:
    """What the reader's own side said when it put the pair aside."""
    own = candidacy.dismissal(side) if candidacy else None
    return {"reason": REASON_WORDS[own.reason], "note": own.note, "at": own.at} if own else None
