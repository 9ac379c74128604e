"""Describing a problem, section by section; every section works as a plain form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges import queries, readiness, service
from matchmaker.challenges.content import MOST_KPIS, Content, Need, SectionName
from matchmaker.challenges.models import Challenge, ChallengeKind
from matchmaker.challenges.moves import refuse_unless_possible
from matchmaker.challenges.policy import OWNERS
from matchmaker.kernel import formats
from matchmaker.kernel.errors import Invalid, NotFound, Stale
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.permissions import can
from matchmaker.organizations import queries as organizations
from matchmaker.programs import queries as programs
from matchmaker.web import door, languages
from matchmaker.web.challenges import sections
from matchmaker.web.challenges.blueprint import NEEDS, bp, title_of
from matchmaker.web.challenges.forms import KpiForm, NewForm, SubmitForm
from matchmaker.web.forms import choices

Answer = Response | tuple[str, int]
REVIEW = "review"
ORDER = [*SectionName, REVIEW]
AUTOSAVE = "autosave"


@bp.route("/challenges/new", methods=["GET", "POST"])
@login_required
def new() -> Answer:
    """Choose organisation, call and kind; the draft exists from then on."""
    own = organizations.of_ids(door.db(), door.actor().scopes(*OWNERS))
    calls = programs.calendar(door.db(), door.now(), limit=50)
    lang = languages.current()
    form = NewForm(kind=ChallengeKind.INDUSTRY.value, call=request.args.get("call"))
    form.organization.choices = choices([(o.ref, o.name.best(lang)[0]) for o in own])
    form.call.choices = choices([(c.slug, _call_words(c)) for c in calls])
    if form.validate_on_submit():
        call = next(c for c in calls if c.slug == form.call.data)
        owner = next(o for o in own if o.ref == form.organization.data)
        need = Need(
            title_zh=form.title_zh.data or "",
            title_en=form.title_en.data or "",
            kind=ChallengeKind(form.kind.data),
        )
        try:
            made = service.create(
                door.db(), call, owner, Content(need=need), actor=door.actor(), now=door.now()
            )
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect(url_for(".edit", key=made.key, section=SectionName.NEED.value))
    body = render_template("challenges/new.html", form=form, organizations=own, calls=calls)
    return body, form.status


@bp.get("/challenges/<key>/edit")
@login_required
def edit_first(key: str) -> Response:
    """The first section that is not complete."""
    challenge = _editable(key)
    found = readiness.gaps(challenge)
    section = found[0].section.value if found else REVIEW
    return redirect(url_for(".edit", key=key, section=section))


@bp.route("/challenges/<key>/edit/<section>", methods=["GET", "POST"])
@login_required
def edit(key: str, section: str) -> Answer:
    """One section of a challenge, or the last look before it is handed in."""
    challenge = _editable(key)
    if section == REVIEW and request.method == "GET":
        return _review(challenge, SubmitForm(formdata=None)), 200
    if section not in set(SectionName):
        raise NotFound
    name = SectionName(section)
    form = sections.form_of(challenge, name)
    if isinstance(form, KpiForm) and request.method == "POST" and _changes_rows(form):
        return _page(challenge, name, form), 200
    if request.method == "POST":
        return _save(challenge, name, form)
    if isinstance(form, KpiForm) and not form.rows.entries and not challenge.kpis_none_reason:
        form.rows.append_entry()
    return _page(challenge, name, form), 200


@bp.route("/challenges/<key>/submit", methods=["POST"])
@login_required
def submit(key: str) -> Answer:
    """Hand a challenge in for approval."""
    challenge = queries.get(door.db(), key, seen_by=door.actor())
    form = SubmitForm()
    try:
        service.submit(
            door.db(), challenge, accept_terms=bool(form.accept_terms.data), actor=door.actor(),
            now=door.now(),
        )  # fmt: skip
    except Invalid as refusal:
        lang = languages.current()
        told = {name: translate(message, lang) for name, message in refusal.fields.items()}
        if sentence := told.get("accept_terms"):
            form.accept_terms.errors = [sentence]
        return _review(challenge, form, late=told.get("dates.closes_at")), 422
    flash(_("Handed in. The programme office looks at it now."), "success")
    return redirect(url_for(".detail", key=challenge.key))


def _editable(key: str) -> Challenge:
    challenge = queries.get(door.db(), key, seen_by=door.actor())
    refuse_unless_possible(challenge, "edit", door.actor())
    return challenge


def _save(challenge: Challenge, name: SectionName, form: Any) -> Answer:
    """Save what was sent; whatever cannot be saved comes back as it was typed."""
    if form.validate_on_submit():
        try:
            service.edit(
                door.db(), challenge, sections.entered(form, name, challenge),
                version=form.opened_version, actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            sections.show(form, refusal)
        except Stale:
            sections.show_stale(form, name, challenge)
        else:
            return _kept(challenge, name)
    status = 409 if form.is_stale else 422
    if _is_autosave():
        told = sections.errors(form)
        return make_response(jsonify(errors=told, version=challenge.version), status)
    return _page(challenge, name, form), status


def _kept(challenge: Challenge, name: SectionName) -> Response:
    """After saving: an answer for the script, or the page that was asked for."""
    if _is_autosave():
        saved_at = formats.clock_time(door.now())
        return make_response(jsonify(version=challenge.version, saved_at=saved_at, errors={}))
    flash(_("Saved."), "success")
    going_on = request.form.get("then") == "next"
    section = ORDER[ORDER.index(name) + 1] if going_on else name
    return redirect(url_for(".edit", key=challenge.key, section=section))


def _changes_rows(form: KpiForm) -> bool:
    """Add or remove a row as a button asked; nothing is saved by that."""
    if "add" in request.form:
        if len(form.rows.entries) < MOST_KPIS:
            form.rows.append_entry()
        return True
    if "remove" not in request.form:
        return False
    place = request.form["remove"]
    form.rows.entries = [row for n, row in enumerate(form.rows.entries) if str(n) != place]
    return True


def _page(challenge: Challenge, name: SectionName, form: Any) -> str:
    return render_template(
        f"challenges/edit/{name.value}.html",
        form=form,
        name=name.value,
        heading=str(sections.TITLES[name]),
        following=ORDER[ORDER.index(name) + 1],
        has_errors=sections.has_errors(form),
        most_kpis=MOST_KPIS,
        **_frame(challenge, name.value),
    )


def _review(challenge: Challenge, form: SubmitForm, late: str | None = None) -> str:
    found = readiness.gaps_by_section(challenge)
    return render_template(
        "challenges/edit/review.html",
        form=form,
        name=REVIEW,
        heading=_("Check and hand in"),
        gaps=[
            (str(sections.TITLES[name]), [_gap(challenge, gap) for gap in missing])
            for name, missing in found.items()
            if missing
        ],
        late=late,
        similar=queries.similar(door.db(), challenge, seen_by=door.actor()),
        usual_days=queries.usual_approval_days(door.db(), challenge.call.program_id),
        may_submit=bool(can(door.actor(), "challenge.submit", challenge)),
        **_frame(challenge, REVIEW),
    )


def _gap(challenge: Challenge, gap: readiness.Gap) -> dict[str, Any]:
    """What is missing, with the address of the field that takes it."""
    url = url_for(
        ".edit", key=challenge.key, section=gap.section.value, _anchor=sections.anchor(gap.field)
    )
    return {"text": translate(gap.message, languages.current()), "url": url}


def _frame(challenge: Challenge, current: str) -> dict[str, Any]:
    """What stands around every section: the list of sections and how ready it all is."""
    found = readiness.gaps_by_section(challenge)
    steps = [
        {
            "label": str(sections.TITLES[name]),
            "url": url_for(".edit", key=challenge.key, section=name.value),
            "state": _state(challenge, name, bool(missing)),
            "note": _missing(len(missing)) if missing else None,
            "current": name.value == current,
        }
        for name, missing in found.items()
    ]
    done = sum(step["state"] == "done" for step in steps)
    steps.append(
        {
            "label": _("Check and hand in"),
            "url": url_for(".edit", key=challenge.key, section=REVIEW),
            "state": "done" if done == len(found) else "todo",
            "note": _("ready to hand in") if done == len(found) else _("not possible yet"),
            "current": current == REVIEW,
        }
    )
    return {
        "challenge": challenge,
        "title": title_of(challenge),
        "steps": steps,
        "done": done,
        "total": len(found),
        "readiness": _readiness(challenge),
        "saved_at": _saved_today(challenge),
    }


def _saved_today(challenge: Challenge) -> datetime | None:
    """When it was saved last, if an hour and a minute alone say it."""
    days = {at.astimezone(TAIPEI).date() for at in (challenge.edited_at, door.now())}
    return challenge.edited_at if len(days) == 1 else None


def _state(challenge: Challenge, name: SectionName, is_missing: bool) -> str:
    if not is_missing:
        return "done"
    return "missing" if readiness.is_begun(challenge, name) else "todo"


def _missing(many: int) -> str:
    return _("%(n)s missing", n=many)


def _readiness(challenge: Challenge) -> dict[str, Any]:
    """The sum of the answers, and what would raise it."""
    found = readiness.readiness(challenge)
    raising = [
        {
            "text": translate(readiness.RAISING[need], languages.current()),
            "url": url_for(".edit", key=challenge.key, section=readiness.ASKED_IN[need].value),
        }
        for need in found.lacks
    ]
    open_ = [
        {
            "text": _("Answer the question on: %(need)s", need=NEEDS[need]),
            "url": url_for(".edit", key=challenge.key, section=readiness.ASKED_IN[need].value),
        }
        for need in found.unanswered
    ]
    return {
        "score": found.score,
        "whole": readiness.WHOLE,
        "words": _("%(score)s of %(whole)s", score=found.score, whole=readiness.WHOLE),
        "raising": [*open_, *raising],
    }


def _is_autosave() -> bool:
    return request.headers.get("X-Requested-With") == AUTOSAVE


def _call_words(call: Any) -> str:
    lang = languages.current()
    return _(
        "%(call)s, closes %(at)s",
        call=call.name.best(lang)[0],
        at=formats.instant(call.closes_at, lang),
    )
