"""Writing a proposal, section by section; every section works as a plain form."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import Invalid, NotFound, Stale, WrongState
from matchmaker.kernel.i18n import translate
from matchmaker.programs.rules import CallRules, checklist_of
from matchmaker.proposals import guards, queries, service
from matchmaker.proposals.content import SECTION_WORDS, Content, Section
from matchmaker.proposals.gaps import Gap, gaps, longest_poc, share_of_challenge
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Attachment, Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.web import door, languages
from matchmaker.web.proposals import sections
from matchmaker.web.proposals.blueprint import bp, found, is_autosave, title_of
from matchmaker.web.proposals.reading import texts_of

Answer = Response | tuple[str, int] | tuple[Response, int]


@bp.route("/proposals/<key>/edit/<section>", methods=["GET", "POST"])
@login_required
def edit(key: str, section: str) -> Answer:
    """One section of the draft."""
    sight = found(key)
    name = _section(section)
    if name is Section.ATTACHMENTS:
        return redirect(url_for(".files", key=key))
    try:
        return _written(sight, name)
    except WrongState as refusal:
        if request.method == "GET" or is_autosave():
            raise
        return _refused(sight, name, refusal)


@bp.post("/proposals/<key>/versions")
@login_required
def snapshot(key: str) -> Response:
    """Keep the draft as a numbered version."""
    sight = found(key)
    version = service.snapshot(door.db(), sight.proposal, actor=door.actor(), now=door.now())
    flash(_("Kept as version %(n)s.", n=version.number), "success")
    return redirect(url_for(".history", key=key))


def edit_page(sight: Sight, section: Section, **values: Any) -> str:
    """The page of one section, with the list of sections and what is missing in it."""
    proposal = sight.proposal
    content = Content.of(proposal.content)
    files = queries.attachments(door.db(), proposal)
    lacking = gaps(content, proposal.challenge, [file.document for file in files])
    return render_template(
        f"proposals/edit/{section.value}.html",
        proposal=proposal,
        challenge=proposal.challenge,
        title=title_of(proposal),
        section=section.value,
        section_word=SECTION_WORDS[section],
        sections=_list_of_sections(proposal, section, content, lacking, files),
        lacking=[gap.message for gap in lacking if gap.section is section],
        content=content,
        files=files,
        documents=checklist_of(proposal.challenge.call.checklist),
        rules=CallRules.of(proposal.challenge.call.rules),
        share_twd=share_of_challenge(proposal.challenge),
        weeks=longest_poc(proposal.challenge),
        following=_following(proposal, section),
        **values,
    )


def _section(name: str) -> Section:
    if name not in set(Section):
        raise NotFound
    return Section(name)


def _written(sight: Sight, name: Section) -> Answer:
    """The section with its form, or what follows from sending it."""
    proposal = sight.proposal
    guards.require_editing(door.actor(), proposal, name, now=sight.now)
    form = sections.form_of(proposal, name)
    if request.method == "POST" and sections.change_rows(form, name):
        return edit_page(sight, name, form=form), 200
    if form.validate_on_submit() and _saves(sight, name, form):
        if is_autosave():
            return jsonify(version=proposal.edition(name))
        flash(_("Saved."), "success")
        return redirect(_after(proposal, name))
    if is_autosave():
        return jsonify(version=None), form.status
    return edit_page(sight, name, form=form), form.status


def _refused(sight: Sight, name: Section, refusal: WrongState) -> Answer:
    """Too late, or handed in meanwhile: why, above what was typed, which is there to be copied."""
    sentence = translate(refusal.message, languages.current())
    form = sections.form_of(sight.proposal, name)
    return edit_page(sight, name, form=form, refusal=sentence), refusal.status


def _saves(sight: Sight, section: Section, form: Any) -> bool:
    """Save a form that is in order; False when the verb refused, with its reasons at the form."""
    proposal = sight.proposal
    try:
        service.save(
            door.db(), proposal, sections.content_of(form, section),
            version=sections.version_of(form), actor=door.actor(), now=door.now(),
        )  # fmt: skip
    except Invalid as refusal:
        sections.show(form, refusal)
    except Stale:
        _show_theirs(form, proposal, section)
    else:
        return True
    return False


def _show_theirs(form: Any, proposal: Proposal, section: Section) -> None:
    """What is stored now, line by line, where it differs from what was typed."""
    kpis = proposal.challenge.kpis
    own = {section.value: sections.content_of(form, section).to_json()}
    typed = {(text.label, text.text) for text in texts_of(section, own, kpis)}
    stored = [(text.label, text.text) for text in texts_of(section, proposal.content, kpis)]
    form.is_stale = True
    form.theirs = [each for each in stored if each not in typed]
    form["version"].data = proposal.edition(section)


def _list_of_sections(
    proposal: Proposal,
    current: Section,
    content: Content,
    lacking: list[Gap],
    files: list[Attachment],
) -> list[dict[str, Any]]:
    missing = {gap.section for gap in lacking}
    return [
        {
            "label": translate(word, languages.current()),
            "url": url_for(".edit", key=proposal.key, section=name.value),
            "state": _state(name, content, missing, files),
            "current": name is current,
        }
        for name, word in SECTION_WORDS.items()
        if _is_open(proposal, name)
    ]


def _state(name: Section, content: Content, missing: set[Section], files: list[Attachment]) -> str:
    """Complete, lacking something, or not begun."""
    if name not in missing:
        return "done"
    if name is Section.ATTACHMENTS:
        return "missing" if files else "todo"
    return "todo" if getattr(content, name).is_blank else "missing"


def _is_open(proposal: Proposal, section: Section) -> bool:
    if proposal.state is ProposalState.MORE_INFO_REQUESTED:
        return section.value in proposal.requested
    return True


def _after(proposal: Proposal, section: Section) -> str:
    """Where saving leads: on to the next section if asked so, else the same one."""
    following = _following(proposal, section)
    name = following if request.form.get("then") == "next" and following else section.value
    return url_for(".edit", key=proposal.key, section=name)


def _following(proposal: Proposal, section: Section) -> str | None:
    """The next open section; None after the last."""
    names = [name for name in Section if _is_open(proposal, name)]
    place = names.index(section) + 1
    return names[place].value if place < len(names) else None
