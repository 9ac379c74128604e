"""Invitations that wait for their release: preview of every mail, then all at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.accounts.models import User
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.permissions import require
from matchmaker.matching import invitations, letters, queries
from matchmaker.matching.models import Candidacy
from matchmaker.programs.models import Call
from matchmaker.web import door
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import chosen_call, readable_programs


@bp.get("/matching/invitations")
@login_required
def release() -> str:
    """Every mail as its reader will get it."""
    call = _call(request.args.get("call", ""))
    queued = invitations.waiting(door.db(), call.id)
    people = queries.addressees(door.db(), {candidacy.team_id for candidacy in queued})
    return render_template(
        "matching/release.html",
        call=call,
        queued=queued,
        mails=[mail for each in queued for mail in _mails(each, people.get(each.team_id, []))],
        silent=[each for each in queued if not people.get(each.team_id)],
    )


@bp.post("/matching/invitations")
@login_required
def send() -> Response:
    """Release what the preview showed."""
    call = _call(request.form.get("call", ""))
    sent = invitations.release(
        door.db(), call, request.form.getlist("invitation"), actor=door.actor(), now=door.now()
    )
    flash(
        ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.",
                 len(sent)),
        "success",
    )  # fmt: skip
    return redirect(url_for(".index", call=call.slug))


def _call(slug: str) -> Call:
    calls = queries.calls(door.db(), readable_programs(door.actor()))
    call = chosen_call(calls, slug, door.now())
    require(door.actor(), "invitation.release", call.program_id if call else 0)
    assert call is not None  # nobody may release for a programme that does not exist
    return call


def _mails(candidacy: Candidacy, people: Sequence[User]) -> list[dict[str, object]]:
    """The mail to each lead of the team, in that person's language."""
    settings = current_app.extensions["matchmaker.settings"]
    until = invitations.answer_by(candidacy.challenge.closes_at, door.now())
    mails = []
    for person in people:
        lang = person.lang or Lang(settings.default_lang)
        letter = letters.invitation(
            candidacy, answer_by=until, lang=lang, site_url=settings.site_url
        )
        mails.append(
            {"to": person, "letter": letter, "lang": lang.tag, "word": _language_word(lang.tag)}
        )
    return mails


def _language_word(tag: str) -> str:
    return _("in English") if tag == "en" else _("in Chinese")
