"""Ranking models: which one is in use, what each learnt, how it did, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel import formats, work
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import Message
from matchmaker.kernel.permissions import can, require
from matchmaker.learning import queries, service
from matchmaker.learning.queries import Card
from matchmaker.learning.words import GRADES, LEFT_OUT, LIMITS, MATCHERS, REASONS, RETIRED
from matchmaker.matching import queries as matching
from matchmaker.matching.lifecycle import MODEL, MODEL_WORDS, UNDER_WAY, ModelState
from matchmaker.matching.models import RankingModel
from matchmaker.programs import queries as programmes
from matchmaker.web import door, languages
from matchmaker.web.formatting import say
from matchmaker.web.matching import showing
from matchmaker.web.matching.asking import maybe

bp = Blueprint("models", __name__)
HARDLY = 0.1  # a weight that changed by less than a tenth


@bp.get("/matching/models")
@login_required
def index() -> str:
    """Every model that the reader may know of, what is in use, and the buttons to train one."""
    actor = door.actor()
    _require_any(actor)
    programs = queries.programs(door.db(), actor.scopes(Role.PM))
    return render_template(
        "models/index.html",
        page=queries.models(door.db(), actor, before=maybe("before")),
        words=MODEL_WORDS,
        tones=showing.TONES,
        reasons=REASONS,
        in_use=[(program, matching.active_model(door.db(), program.id)) for program in programs],
        for_site=queries.active(door.db(), None),
        may_train_site=bool(can(actor, "ranking_model.train", None)),
    )


@bp.post("/matching/models/train")
@login_required
def train() -> Response:
    """Ask for a model of a programme, or of the whole site where none is named."""
    slug = request.values.get("program", "")
    program_id = programmes.get_program(door.db(), slug).id if slug else None
    model = service.request_training(door.db(), program_id, actor=door.actor(), now=door.now())
    return redirect(url_for(".card", number=model.number))


@bp.get("/matching/models/<int:number>")
@login_required
def card(number: int) -> str:
    """The card of one model: data, date, figures, weights, limits, and who put it in use."""
    found = _card(number)
    model, actor = found.model, door.actor()
    return render_template(
        "models/card.html",
        card=found,
        model=model,
        word=MODEL_WORDS[model.state],
        tones=showing.TONES,
        is_under_way=model.state.value in UNDER_WAY,
        has_worker=matching.has_worker(door.db(), door.now()),
        progress=_progress(model),
        failure=work.failure_words(model.failure, {}) if model.failure else None,
        reasons=[REASONS[code] for code in model.reasons],
        matchers=MATCHERS,
        period=_period(model),
        weights=_weights(model),
        grades=_counted(GRADES, model.data.get("grades", {})),
        left_out=_counted(LEFT_OUT, model.data.get("left_out", {})),
        limits=LIMITS,
        gone=RETIRED,
        may_train=bool(can(actor, "ranking_model.train", model.program_id)),
        may_activate=MODEL.allows(model.state, "activate")
        and bool(can(actor, "ranking_model.activate", model)),
        may_roll_back=model.state is ModelState.ACTIVE
        and bool(can(actor, "ranking_model.roll_back", model)),
    )


@bp.get("/matching/models/<int:number>/progress")
@login_required
def progress(number: int) -> Response:
    """How far a training is, for the page that shows it; at the end that page loads anew."""
    model = _card(number).model
    if model.state.value not in UNDER_WAY:
        done = make_response("", 204)
        done.headers["HX-Refresh"] = "true"
        return done
    return make_response(
        render_template("models/_progress.html", model=model, progress=_progress(model))
    )


@bp.route("/matching/models/<int:number>/activate", methods=["GET", "POST"])
@login_required
def activate(number: int) -> Response | str:
    """Put a model in use, after a page that says what will happen."""
    model = _card(number).model
    require(door.actor(), "ranking_model.activate", model)
    MODEL.after(model.state, "activate")
    if request.method == "GET":
        former = queries.active(door.db(), model.program_id)
        return render_template("models/activate.html", model=model, former=former)
    service.activate(door.db(), model, actor=door.actor(), now=door.now())
    flash(_("New runs use model %(number)s from now on.", number=model.number), "success")
    return redirect(url_for(".card", number=number))


@bp.route("/matching/models/<int:number>/roll-back", methods=["GET", "POST"])
@login_required
def roll_back(number: int) -> Response | str:
    """Take a model out of use, after a page that says what will be used instead."""
    model = _card(number).model
    require(door.actor(), "ranking_model.roll_back", model)
    MODEL.after(model.state, "retire")
    if request.method == "GET":
        former = service.former_of(door.db(), model)
        return render_template("models/roll_back.html", model=model, former=former)
    former = service.roll_back(door.db(), model, actor=door.actor(), now=door.now())
    if former is None:
        flash(_("New runs use the measured weights from now on."), "success")
    else:
        flash(_("New runs use model %(number)s from now on.", number=former.number), "success")
    return redirect(url_for(".card", number=number))


def _require_any(actor: Actor) -> None:
    """Let in whoever may read any model.

    Raises:
        NotFound, NotAllowed: the reader may read none.
    """
    if not actor.scopes(Role.PM):
        require(actor, "ranking_model.view", None)


def _card(number: int) -> Card:
    found = queries.card(door.db(), number)
    require(door.actor(), "ranking_model.view", found.model.program_id)
    return found


def _progress(model: RankingModel) -> dict[str, object]:
    """Words and numbers of the bar."""
    if not model.pairs_total:
        return {"words": _("Waiting for a worker."), "done": 0, "total": 0}
    words = _("Step %(done)s of %(total)s", done=model.pairs_done, total=model.pairs_total)
    return {"words": words, "done": model.pairs_done, "total": model.pairs_total}


def _counted(words: Mapping[str, Message], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """What was counted at all, in words, in the order of the words."""
    lang = languages.current()
    return [
        (say(word), formats.number(counts[code], lang))
        for code, word in words.items()
        if counts.get(code)
    ]


def _period(model: RankingModel) -> tuple[datetime, datetime] | None:
    """The first and the last decision that a model rests on."""
    if not model.data.get("from"):
        return None
    first, last = model.data["from"], model.data["to"]
    return datetime.fromisoformat(first), datetime.fromisoformat(last)


def _weights(model: RankingModel) -> list[dict[str, Any]]:
    """Each part with its weight before and after, and the change in words."""
    if not model.weights:
        return []
    return [
        {
            "word": word,
            "before": model.measured[part],
            "after": model.weights[part],
            "change": _change(part, model.measured, model.weights),
        }
        for part, word in showing.PARTS.items()
        if part in model.weights and part in model.measured
    ]


def _change(part: str, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    if part == "feedback":
        return _("is not learnt")
    if not before[part]:
        return _("is not used")
    times = after[part] / before[part]
    if abs(times - 1) < HARDLY:
        return _("hardly changed")
    shown = formats.number(round(times, 1), languages.current())
    if times > 1:
        return _("counts more: %(times)s times as much", times=shown)
    return _("counts less: %(times)s times as much", times=shown)
