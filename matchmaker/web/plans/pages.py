"""The plans of a call, and one plan in four views: challenges, matrix, teams, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.audit import queries as audit
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel import work
from matchmaker.kernel.i18n import Message
from matchmaker.kernel.permissions import can
from matchmaker.matching import queries as matching
from matchmaker.matching.constraints import PairIds
from matchmaker.plans import freshness, queries, sheet
from matchmaker.plans.lifecycle import (
    CHANGEABLE,
    OBJECTIVE_WORDS,
    PLAN,
    PLAN_WORDS,
    SOLVED,
    UNDER_WAY,
    PlanState,
    WishKind,
)
from matchmaker.plans.models import Plan, PlanWish
from matchmaker.plans.sheet import Only
from matchmaker.web import door
from matchmaker.web.matching.asking import maybe, whole
from matchmaker.web.matching.board import chosen_call
from matchmaker.web.matching.runs import progress_of
from matchmaker.web.matching.showing import TONES
from matchmaker.web.plans import showing
from matchmaker.web.plans.blueprint import bp, open_plan, readable_programs, sight
from matchmaker.web.plans.forms import ReasonForm
from matchmaker.web.plans.words import FILTERS, HISTORY, TABS

ON_PAGE = {"list": 12, "matrix": 20}
STANDING = (PlanState.COMPLETED, PlanState.PUBLISHED)  # plans that somebody may still act on


@bp.get("/matching/plans")
@login_required
def index() -> str:
    """The plans of one call, newest first."""
    actor = door.actor()
    calls = matching.calls(door.db(), readable_programs(actor))
    call = chosen_call(calls, request.args.get("call", ""), door.now())
    page = queries.plans(door.db(), call.id, before_id=maybe("before")) if call else None
    return render_template(
        "plans/index.html",
        call=call,
        calls=calls,
        page=page,
        is_whole=sight().is_whole,
        words=PLAN_WORDS,
        tones=TONES,
        objectives=OBJECTIVE_WORDS,
        has_scores=bool(call and queries.runs_with_scores(door.db(), call.id)),
        may_ask=call is not None and bool(can(actor, "plan.request", call.program_id)),
    )


@bp.get("/matching/plans/<plan_id>")
@login_required
def plan(plan_id: str) -> str:
    """One plan: how it stands, what came out, and what can be done with it."""
    found = open_plan(plan_id)
    wishes = queries.wishes(door.db(), found.id)
    by_pair = {(each.challenge_id, each.team_id): each for each in wishes}
    values = _frame(found, wishes) | _allowed(found)
    if found.state in UNDER_WAY:
        return render_template("plans/under_way.html", **values, **_course(found))
    if found.state not in SOLVED:
        return render_template(
            "plans/no_plan.html",
            **values,
            failure=work.failure_words(found.failure, {}) if found.failure else None,
            reasons=showing.reasons(found, sight(), by_pair),
            suffices=found.outcome.get("suffices", False),
            history=_history(found),
        )
    tab = request.args.get("tab", "list")
    tab = tab if tab in TABS else "list"
    troubles = _troubles(found)
    figures = sheet.figures(door.db(), found, sight())
    binding, more = showing.binding(found, sight())
    context = showing.Context(by_pair, troubles, bool(values["may_wish"]))
    return render_template(
        f"plans/{tab}.html",
        **values,
        **VIEWS[tab](found, context),
        figures=figures,
        proof=showing.proof(found, figures),
        binding=binding,
        binding_more=more,
        troubles=len(troubles),
        tab=tab,
        tabs=TABS,
    )


@bp.get("/matching/plans/<plan_id>/progress")
@login_required
def progress(plan_id: str) -> Response:
    """How far a plan is, for the page that shows it; at the end that page loads anew."""
    found = open_plan(plan_id)
    if found.state not in UNDER_WAY:
        done = make_response("", 204)
        done.headers["HX-Refresh"] = "true"
        return done
    return make_response(
        render_template("plans/_progress.html", plan=found, **_course(found), **_allowed(found))
    )


def _frame(found: Plan, wishes: list[PlanWish]) -> dict[str, Any]:
    """What every view of a plan shows around it."""
    return {
        "plan": found,
        "words": PLAN_WORDS[found.state],
        "tones": TONES,
        "objective": OBJECTIVE_WORDS[found.objective],
        "pending": _pending(found, wishes),
        "gone": len(found.outcome.get("gone", [])),
        "excluded": [
            each
            for each in wishes
            if each.kind is WishKind.EXCLUDE
            and sight().sees_challenge(each.challenge_id, each.challenge.organization_id)
            and sight().sees_team(each.team_id)
        ],
        "form": ReasonForm(),
    }


def _allowed(found: Plan) -> dict[str, bool]:
    """What to offer the reader."""
    actor = door.actor()
    is_manager = bool(can(actor, "plan.request", found.program_id))
    decides = bool(can(actor, "plan.publish", found)) and not queries.is_conflicted(
        door.db(), found, actor
    )
    return {
        "may_change": is_manager and found.state in CHANGEABLE,
        "may_wish": is_manager and found.state in CHANGEABLE,
        "may_try": is_manager and found.state not in CHANGEABLE,
        "may_cancel": is_manager and found.state in UNDER_WAY,
        "may_publish": decides and PLAN.allows(found.state, "publish"),
        "may_withdraw": decides and PLAN.allows(found.state, "withdraw"),
        "may_invite": is_manager and found.state is PlanState.PUBLISHED,
    }


def _course(found: Plan) -> dict[str, Any]:
    """How far a plan under way is."""
    now = door.now()
    return {
        "progress": progress_of(found),
        "is_abandoned": work.is_abandoned(found, now),
        "has_worker": matching.has_worker(door.db(), now),
    }


def _pending(found: Plan, wishes: list[PlanWish]) -> int:
    """Wishes that this version was not made with."""
    made_with = {
        (tuple(pair), kind)
        for kind, name in ((WishKind.LOCK, "locked"), (WishKind.EXCLUDE, "excluded"))
        for pair in found.outcome.get(name, [])
    }
    now = {((each.challenge_id, each.team_id), each.kind) for each in wishes}
    return len(made_with ^ now) if found.state in SOLVED else 0


def _troubles(found: Plan) -> dict[PairIds, Message]:
    if found.state not in STANDING:
        return {}
    return freshness.troubles(freshness.standings(door.db(), found, sight()))


def _history(found: Plan) -> list[dict[str, object]]:
    return [_told(entry) for entry in audit.of_object(door.db(), "plan", found.id)]


def _told(entry: AuditEntry) -> dict[str, object]:
    """One entry of the record as a line of the history."""
    what = str(HISTORY.get(entry.action.partition(".")[2], entry.action))
    if "challenge" in entry.after:
        pair = f"{entry.after['challenge']} – {entry.after['team']}"
        what = _("%(what)s: %(pair)s", what=what, pair=pair)
    return {
        "who": entry.actor_name if entry.actor_id else _("Programme"),
        "at": entry.at,
        "what": what,
        "why": entry.reason,
        "role": None,
        "pieces": None,
    }


def asked_only() -> Only:
    """What the address narrows the challenges to; unknown words are dropped."""
    name = request.args.get("only", "")
    return Only(name) if name in set(Only) else Only.ALL


def _list(found: Plan, context: showing.Context) -> dict[str, Any]:
    """Challenges with their teams."""
    values = _rows("list", found)
    return values | {"rows": [showing.row(each, context) for each in values["page"].rows]}


def _rows(tab: str, found: Plan) -> dict[str, Any]:
    """One page of challenges under a filter."""
    page = sheet.rows(
        door.db(), found, sight(), only=asked_only(), after_id=whole("start"), size=ON_PAGE[tab]
    )
    return {"page": page, "only": asked_only(), "filters": FILTERS, "at": _address(found, tab)}


def _matrix(found: Plan, _context: showing.Context) -> dict[str, Any]:
    """Cells between challenges and the teams that occur."""
    values = _rows("matrix", found)
    return values | {"matrix": showing.matrix(sheet.matrix(door.db(), found, values["page"].rows))}


def _teams(found: Plan, _context: showing.Context) -> dict[str, Any]:
    """How evenly challenges are spread over teams."""
    loads = sheet.loads(door.db(), found, sight())
    return {
        "loads": loads,
        "by_load": showing.load_words(loads.by_load),
        "most": max((teams for _load, teams in loads.by_load), default=1),
        "page": sheet.team_loads(door.db(), found, sight(), page=max(1, whole("page", 1))),
        "at": _address(found, "teams"),
    }


def _past(found: Plan, _context: showing.Context) -> dict[str, Any]:
    """What was done with a plan."""
    return {"history": _history(found)}


def _address(found: Plan, tab: str) -> Callable[..., str]:
    """Addresses of this view: as it stands, with some values changed or (None) left out."""
    kept = {name: request.args.get(name) for name in ("only", "start")}

    def at(**changes: str | int | None) -> str:
        values = {"tab": None if tab == "list" else tab, **kept, **changes}
        return url_for(".plan", plan_id=found.public_id, **{k: v for k, v in values.items() if v})  # type: ignore[arg-type]

    return at


VIEWS: dict[str, Callable[[Plan, showing.Context], dict[str, Any]]] = {
    "list": _list,
    "matrix": _matrix,
    "teams": _teams,
    "history": _past,
}
