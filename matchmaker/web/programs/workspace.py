"""Programmes and calls as those who run them see them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges import tallies as challenges
from matchmaker.kernel.errors import Invalid, NotFound, Stale
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import can, require
from matchmaker.organizations import queries as organizations
from matchmaker.programs import queries, service
from matchmaker.programs.content import gaps
from matchmaker.programs.models import Call, Program
from matchmaker.programs.rules import checklist_of
from matchmaker.proposals import tallies as proposals
from matchmaker.web import door, languages
from matchmaker.web.forms import whole
from matchmaker.web.programs import entries
from matchmaker.web.programs.forms import CallForm, CallWordsForm, ExtensionForm, ProgramForm
from matchmaker.web.programs.views import bp, rules_in_words

Page = Response | tuple[str, int]


@bp.get("/programs")
@login_required
def index() -> str:
    """The programmes one works in, and where their calls stand."""
    actor = door.actor()
    programs = queries.programs_visible(door.db(), actor)
    may_create = bool(can(actor, "program.create", None))
    if not programs and not may_create:
        raise NotFound
    calls = queries.calls_of(door.db(), [program.id for program in programs])
    call_ids = [call.id for call in calls]
    return render_template(
        "programs/index.html",
        programs=programs,
        calls={p.id: [call for call in calls if call.program_id == p.id] for p in programs},
        challenges=challenges.by_call(door.db(), call_ids),
        proposals=proposals.handed_in_by_call(door.db(), call_ids),
        sees_proposals={p.id for p in programs if can(actor, "program.count_proposals", p)},
        may_create=may_create,
        may_call={p.id for p in programs if can(actor, "call.create", p)},
        may_edit={p.id for p in programs if can(actor, "program.edit", p)},
    )


@bp.route("/programs/new", methods=["GET", "POST"])
@login_required
def new_program() -> Page:
    """Set a programme up."""
    require(door.actor(), "program.create", None)
    form = ProgramForm()
    if form.validate_on_submit():
        try:
            content = entries.program_content(form, _office_id(form))
            service.create_program(door.db(), content, actor=door.actor(), now=door.now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The programme is set up. Name its managers next."), "success")
            return redirect(url_for(".index"))
    return render_template("programs/program_form.html", form=form, program=None), form.status


@bp.route("/programs/<slug>/edit", methods=["GET", "POST"])
@login_required
def edit_program(slug: str) -> Page:
    """Change what a programme says about itself."""
    program = program_of(slug)
    require(door.actor(), "program.edit", program)
    form = ProgramForm(data=entries.saved_program(program))
    if form.validate_on_submit():
        try:
            service.edit_program(
                door.db(), program, entries.program_content(form, _office_id(form)),
                version=form.opened_version, actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        except Stale:
            form.show_stale(entries.saved_program(program), program.version)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".index"))
    return render_template("programs/program_form.html", form=form, program=program), form.status


@bp.route("/programs/<slug>/calls/new", methods=["GET", "POST"])
@login_required
def new_call(slug: str) -> Page:
    """Draft a call."""
    program = program_of(slug)
    require(door.actor(), "call.create", program)
    form = CallForm(data=entries.blank_call())
    form.sister_calls.choices = _sisters(program, None)
    if form.validate_on_submit():
        try:
            made = service.create_call(
                door.db(), program, entries.call_content(form, None),
                actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The call is saved as a draft. Read it through, then publish it."), "success")
            return redirect(url_for(".call", slug=made.slug))
    return _call_page(form, program, None)


@bp.route("/calls/<slug>/edit", methods=["GET", "POST"])
@login_required
def edit_call(slug: str) -> Page:
    """Change a call: everything of a draft, only the words of a public one."""
    call = queries.get_call(door.db(), slug, seen_by=door.actor())
    require(door.actor(), "call.edit", call)
    form = _call_form(call)
    if form.validate_on_submit():
        try:
            service.edit_call(
                door.db(), call, _content(form, call),
                version=form.opened_version, actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        except Stale:
            _show_stale(form, call)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".call", slug=call.slug))
    return _call_page(form, call.program, call)


@bp.get("/calls/<slug>/publish")
@login_required
def confirm_publish(slug: str) -> str:
    """What publishing a call will do, and what it still lacks."""
    call = queries.get_call(door.db(), slug, seen_by=door.actor())
    require(door.actor(), "call.publish", call)
    return render_template(
        "programs/publish.html", call=call, gaps=list(gaps(call, door.now()).values())
    )


@bp.post("/calls/<slug>/publish")
@login_required
def publish_call(slug: str) -> Response:
    """Make a call public."""
    call = queries.get_call(door.db(), slug, seen_by=door.actor())
    service.publish_call(
        door.db(),
        call,
        version=whole(request.form.get("version")),
        actor=door.actor(),
        now=door.now(),
    )
    flash(_("The call is public."), "success")
    return redirect(url_for(".call", slug=call.slug))


@bp.route("/calls/<slug>/extend", methods=["GET", "POST"])
@login_required
def extend_call(slug: str) -> Page:
    """Let a call stay open longer, with a public notice."""
    call = queries.get_call(door.db(), slug, seen_by=door.actor())
    require(door.actor(), "call.extend", call)
    closes = call.closes_at.astimezone(TAIPEI)
    form = ExtensionForm(
        data={"version": call.version, "closes_on": closes.date(), "closes_time": closes.time()}
    )
    if form.validate_on_submit():
        try:
            service.extend_call(
                door.db(), call,
                closes_at=entries.instant(form.closes_on.data, form.closes_time.data),
                notice_zh=form.notice_zh.data or "", notice_en=form.notice_en.data or "",
                version=form.opened_version, actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        except Stale:
            form.show_stale(
                {"closes_on": closes.date(), "closes_time": closes.time()}, call.version
            )
        else:
            flash(_("The call stays open longer. The notice is on its page."), "success")
            return redirect(url_for(".call", slug=call.slug))
    return render_template("programs/extend.html", form=form, call=call), form.status


def program_of(slug: str) -> Program:
    """The programme in whose workspace one may look."""
    program = queries.get_program(door.db(), slug)
    require(door.actor(), "program.view", program)
    return program


def _office_id(form: ProgramForm) -> int | None:
    """The organisation whose reference was typed.

    Raises:
        Invalid: there is none of this reference.
    """
    if not form.office_ref.data:
        return None
    try:
        return organizations.get(door.db(), form.office_ref.data).id
    except NotFound:
        raise Invalid(
            {"office_ref": msg("There is no organisation with this reference.")}
        ) from None


def _call_form(call: Call) -> CallWordsForm:
    if call.published_at is not None:
        return CallWordsForm(data=entries.saved_words(call))
    form = CallForm(data={**entries.saved_call(call), "checklist": entries.saved_documents(call)})
    form.sister_calls.choices = _sisters(call.program, call)
    return form


def _content(form: CallWordsForm, call: Call) -> service.CallContent:
    if isinstance(form, CallForm):
        return entries.call_content(form, call)
    return entries.changed_words(form, call)


def _show_stale(form: CallWordsForm, call: Call) -> None:
    """What somebody else saved, the documents in one line."""
    if not isinstance(form, CallForm):
        form.show_stale(entries.saved_words(call), call.version)
        return
    form.show_stale(entries.saved_call(call), call.version)
    lang = languages.current()
    theirs = "; ".join(item.label.best(lang)[0] for item in checklist_of(call.checklist))
    form.theirs = [*form.theirs, (str(form.checklist.label.text), theirs)]


def _sisters(program: Program, own: Call | None) -> list[tuple[str, str]]:
    lang = languages.current()
    return [
        (call.slug, call.name.best(lang)[0])
        for call in queries.calls_of(door.db(), [program.id])
        if call is not own
    ]


def _call_page(form: CallWordsForm, program: Program, call: Call | None) -> tuple[str, int]:
    public = call is not None and call.published_at is not None
    body = render_template(
        "programs/call_form.html",
        form=form,
        program=program,
        call=call,
        is_public=public,
        rules=rules_in_words(call) if call is not None and public else [],
    )
    return body, form.status
