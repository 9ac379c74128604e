"""Runs: asking for one, watching it, showing it to owners and teams."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel import formats, work
from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.permissions import can, require
from matchmaker.kernel.work import Work
from matchmaker.matching import board, queries, service
from matchmaker.matching.lifecycle import (
    FAILURE_WORDS,
    OBSTACLE_WORDS,
    RUN,
    RUN_WORDS,
    UNDER_WAY,
    Obstacle,
    RunState,
)
from matchmaker.matching.models import RecommendationRun
from matchmaker.programs.models import Call
from matchmaker.web import door, languages
from matchmaker.web.matching import showing
from matchmaker.web.matching.asking import maybe
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import chosen_call, readable_programs
from matchmaker.web.matching.forms import WEIGHINGS, WEIGHTS, RunForm, WithdrawForm


@bp.get("/matching/runs")
@login_required
def runs() -> str:
    """All runs, newest first."""
    return render_template(
        "matching/runs.html",
        page=queries.runs(
            door.db(),
            programs=readable_programs(door.actor()),
            before_id=maybe("before"),
        ),
        words=RUN_WORDS,
        tones=showing.TONES,
        may_compute=door.actor().holds(Role.PM),
    )


@bp.route("/matching/runs/new", methods=["GET", "POST"])
@login_required
def new_run() -> Response | tuple[str, int]:
    """Ask for a run: of which call, with which seed and weights."""
    actor = door.actor()
    if not actor.holds(Role.PM):
        require(actor, "recommendation_run.request", 0)
    calls = queries.calls(door.db(), actor.scopes(Role.PM))
    form = _run_form(calls)
    if form.validate_on_submit():
        call = next(call for call in calls if call.slug == form.call.data)
        try:
            run = service.request_run(
                door.db(), call, _parameters(form), actor=actor, now=door.now()
            )
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect(url_for(".run", run_id=run.public_id))
    return render_template("matching/new_run.html", form=form), form.status


@bp.get("/matching/runs/<run_id>")
@login_required
def run(run_id: str) -> str:
    """One run: how far it is, what it read, what came out."""
    found = _run(run_id)
    actor = door.actor()
    is_under_way = found.state in UNDER_WAY
    has_rows = found.state in board.HAS_ROWS
    return render_template(
        "matching/run.html",
        run=found,
        words=RUN_WORDS[found.state],
        tones=showing.TONES,
        part_words=showing.PARTS,
        is_under_way=is_under_way,
        progress=progress_of(found) if is_under_way else None,
        is_abandoned=work.is_abandoned(found, door.now()),
        has_worker=not is_under_way or queries.has_worker(door.db(), door.now()),
        changes=board.changes_since(door.db(), found) if has_rows else None,
        failure=_failure(found),
        form=WithdrawForm(),
        may_cancel=is_under_way and bool(can(actor, "recommendation_run.cancel", found)),
        may_publish=_may(found, "publish"),
        may_withdraw=_may(found, "withdraw"),
        may_compute=bool(can(actor, "recommendation_run.request", found.program_id)),
        has_rows=has_rows,
    )


@bp.get("/matching/runs/<run_id>/progress")
@login_required
def progress(run_id: str) -> Response:
    """How far a run is, for the page that shows it; at the end that page loads anew."""
    found = _run(run_id)
    if found.state not in UNDER_WAY:
        done = make_response("", 204)
        done.headers["HX-Refresh"] = "true"
        return done
    return make_response(
        render_template(
            "matching/_progress.html",
            run=found,
            progress=progress_of(found),
            may_cancel=bool(can(door.actor(), "recommendation_run.cancel", found)),
        )
    )


@bp.post("/matching/runs/<run_id>/cancel")
@login_required
def cancel(run_id: str) -> Response:
    """Stop a run."""
    found = _run(run_id)
    service.cancel(door.db(), found, actor=door.actor(), now=door.now())
    flash(_("The run stops. Nothing of it is kept."), "note")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/matching/runs/<run_id>/publish")
@login_required
def publish(run_id: str) -> Response:
    """Show a run to owners and teams."""
    found = _run(run_id)
    service.publish_run(door.db(), found, actor=door.actor(), now=door.now())
    flash(_("Owners and teams now read the recommendations of this run."), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/matching/runs/<run_id>/withdraw")
@login_required
def withdraw(run_id: str) -> Response | tuple[str, int]:
    """Hide a published run again."""
    found = _run(run_id)
    form = WithdrawForm()
    require(door.actor(), "recommendation_run.publish", found)
    if form.validate_on_submit():
        service.withdraw_run(
            door.db(), found, reason=form.reason.data or "", actor=door.actor(), now=door.now()
        )
        flash(_("The run is hidden from owners and teams."), "success")
        return redirect(url_for(".run", run_id=run_id))
    return render_template("matching/withdraw.html", run=found, form=form), form.status


def _run(run_id: str) -> RecommendationRun:
    found = queries.run(door.db(), run_id)
    require(door.actor(), "recommendation_run.view", found.program_id)
    return found


def _may(found: RecommendationRun, verb: str) -> bool:
    """Whether to offer publishing or withdrawing."""
    return RUN.allows(found.state, verb) and bool(
        can(door.actor(), "recommendation_run.publish", found)
    )


def _run_form(calls: list[Call]) -> RunForm:
    form = RunForm(seed=0)
    lang = languages.current()
    form.call.choices = [(call.slug, call.name.best(lang)[0]) for call in calls]
    form.weighing.choices = list(WEIGHINGS)
    chosen = chosen_call(calls, request.args.get("call", ""), door.now())
    if not form.is_submitted() and chosen is not None:
        form.call.data = chosen.slug
    return form


def _parameters(form: RunForm) -> service.Parameters:
    weights = {name: float(value) for name in WEIGHTS if (value := form[name].data) is not None}
    return service.Parameters(
        seed=form.seed.data or 0, weights=weights, uses_model=form.weighing.data != "measured"
    )


def progress_of(found: Work) -> dict[str, object]:
    """Words and numbers of the bar: “8,400 of 12,728 pairs, about 40 s left”."""
    lang = languages.current()
    done, total = found.pairs_done, found.pairs_total
    if found.state == work.REQUESTED:
        words = _("Waiting for a worker.")
    elif not total:
        words = _("Reading profiles.")
    else:
        words = _(
            "%(done)s of %(total)s pairs", done=formats.number(done, lang),
            total=formats.number(total, lang),
        )  # fmt: skip
        left = _seconds_left(found)
        if left is not None:
            words = _(
                "%(pairs)s, %(left)s",
                pairs=words,
                left=ngettext("about %(num)s second left", "about %(num)s seconds left", left),
            )
    return {"words": words, "done": done, "total": total}


def _seconds_left(found: Work) -> int | None:
    """How long it will still take if it goes on as it did; None before that can be told.

    Counted up to the last sign of life, so that a silent worker does not seem to slow down.
    """
    is_early = found.pairs_done * 20 < found.pairs_total
    if is_early or found.started_at is None or found.heartbeat_at is None:
        return None
    spent = (found.heartbeat_at - found.started_at).total_seconds()
    return max(1, round(spent * (found.pairs_total - found.pairs_done) / found.pairs_done))


def _failure(found: RecommendationRun) -> Message | None:
    """Why a run ended without results."""
    if not found.failure:
        return None
    if found.state is RunState.INFEASIBLE:
        named = found.outcome
        return msg(
            "%(challenge)s and %(team)s are pinned, but must not be: %(obstacle)s",
            challenge=named["challenge"],
            team=named["team"],
            obstacle=OBSTACLE_WORDS[Obstacle(named["obstacle"])],
        )
    return work.failure_words(found.failure, FAILURE_WORDS)
