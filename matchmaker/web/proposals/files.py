"""Files of a proposal: adding, taking away, and handing out to whoever may read it now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.files import KIND_WORDS, KINDS, MOST_BYTES
from matchmaker.kernel.permissions import require
from matchmaker.programs.rules import checklist_of
from matchmaker.proposals import attaching, guards, policy, queries
from matchmaker.proposals.attaching import MOST_FILES, Upload
from matchmaker.proposals.content import Section
from matchmaker.proposals.models import Attachment
from matchmaker.proposals.policy import Sight
from matchmaker.web import door, languages
from matchmaker.web.forms import choices
from matchmaker.web.proposals.blueprint import bp, found, store
from matchmaker.web.proposals.editing import edit_page
from matchmaker.web.proposals.forms import UploadForm

FORM_ROOM = 100_000


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Uploads, and nothing else, may be larger than a form; only for people who are signed in."""
    if endpoint == "proposals.files" and request.method == "POST" and door.actor().is_signed_in:
        request.max_content_length = MOST_BYTES + FORM_ROOM


@bp.route("/proposals/<key>/attachments", methods=["GET", "POST"])
@login_required
def files(key: str) -> Response | tuple[str, int]:
    """The files of the draft, and a form for one more."""
    sight = found(key)
    guards.require_editing(door.actor(), sight.proposal, Section.ATTACHMENTS, now=sight.now)
    form = UploadForm()
    form.document.choices = choices(_documents(sight))
    if form.validate_on_submit() and _adds(sight, form):
        flash(_("The file is added."), "success")
        return redirect(url_for(".files", key=key))
    body = edit_page(
        sight, Section.ATTACHMENTS, form=form, kinds=KIND_WORDS, most_bytes=MOST_BYTES,
        most_files=MOST_FILES,
    )  # fmt: skip
    return body, form.status


@bp.post("/proposals/<key>/attachments/<file_id>/remove")
@login_required
def remove_file(key: str, file_id: str) -> Response:
    """Take a file from the draft."""
    sight = found(key)
    file = queries.attachment(door.db(), sight.proposal, file_id)
    attaching.detach(door.db(), sight.proposal, file, actor=door.actor(), now=door.now())
    flash(_("The file is removed."), "success")
    return redirect(url_for(".files", key=key))


@bp.get("/proposals/<key>/attachments/<file_id>")
@login_required
def download(key: str, file_id: str) -> Response:
    """One file, if the reader may read the proposal at this moment."""
    sight = found(key)
    require(door.actor(), "attachment.download", sight)
    file = queries.attachment(door.db(), sight.proposal, file_id)
    if not _belongs(sight, file):
        raise NotFound
    with door.database().transaction() as own:
        attaching.note_download(own, sight, file, actor=door.actor(), now=door.now())
    return _sent(sight, file)


def _sent(sight: Sight, file: Attachment) -> Response:
    """The file as a download that no browser opens as a page of ours."""
    try:
        path = store().path(file.stored_as)
    except FileNotFoundError:
        raise NotFound from None
    proposal = sight.proposal
    answer = send_file(
        path,
        mimetype=KINDS[file.kind].media_type,
        as_attachment=True,
        download_name=f"{proposal.challenge.ref}_{proposal.team.ref}_{file.name}",
        conditional=False,
        etag=False,
    )
    del answer.headers["Last-Modified"]  # when somebody uploaded it is nobody's business
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _belongs(sight: Sight, file: Attachment) -> bool:
    """Outside the team, only files of what was handed in exist."""
    proposal = sight.proposal
    if policy.is_own(door.actor(), proposal):
        return True
    version = queries.version(door.db(), proposal, proposal.submitted_version)
    held = version.content.get("attachments", []) if version else []
    return file.public_id in {each["id"] for each in held}


def _adds(sight: Sight, form: UploadForm) -> bool:
    """Add what was sent; False when it was refused, with the reason at its field."""
    sent = form.file.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        form.file.errors = [_("Choose a file.")]
        return False
    upload = Upload(sent.stream, sent.filename, form.document.data or "")
    try:
        attaching.attach(
            door.db(), sight.proposal, upload, store(), actor=door.actor(), now=door.now()
        )
    except Invalid as refusal:
        form.show(refusal)
        return False
    return True


def _documents(sight: Sight) -> list[tuple[str, str]]:
    """What a file may answer to."""
    asked = checklist_of(sight.proposal.challenge.call.checklist)
    lang = languages.current()
    return [("", _("None of them")), *((item.id, item.label.best(lang)[0]) for item in asked)]
