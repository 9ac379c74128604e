"""Handing in, the receipt, taking back and giving up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from icalendar import Calendar, Event
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import Invalid, NotFound, Stale
from matchmaker.kernel.permissions import require
from matchmaker.proposals import eligibility, guards, policy, queries, service
from matchmaker.proposals.content import SECTION_WORDS, Content
from matchmaker.proposals.gaps import gaps
from matchmaker.proposals.policy import Sight
from matchmaker.web import door, languages
from matchmaker.web.proposals.blueprint import bp, found, title_of
from matchmaker.web.proposals.forms import HandInForm, WithdrawForm
from matchmaker.web.proposals.sections import version_of

Answer = Response | tuple[str, int]


@bp.route("/proposals/<key>/submit", methods=["GET", "POST"])
@login_required
def submit(key: str) -> Answer:
    """What is missing, what becomes fixed, and the button that hands the proposal in."""
    sight = found(key)
    if request.method == "GET":
        guards.require(door.actor(), "proposal.submit_before_close", sight)
    form = HandInForm(data={"version": sight.proposal.version})
    if form.validate_on_submit() and _hands_in(sight, form):
        return redirect(url_for(".receipt", key=key))
    return render_template("proposals/submit.html", form=form, **_state(sight)), form.status


@bp.get("/proposals/<key>/receipt")
@login_required
def receipt(key: str) -> str:
    """What was handed in, when, and the hash that proves it."""
    sight = found(key)
    require(door.actor(), "proposal.view", sight)
    version = queries.version(door.db(), sight.proposal, sight.proposal.submitted_version)
    if version is None or not policy.is_own(door.actor(), sight.proposal):
        raise NotFound
    return render_template(
        "proposals/receipt.html",
        proposal=sight.proposal,
        challenge=sight.proposal.challenge,
        title=title_of(sight.proposal),
        version=version,
    )


@bp.get("/proposals/<key>/receipt.ics")
@login_required
def calendar(key: str) -> Response:
    """The dates that follow from handing in, for one's own calendar."""
    sight = found(key)
    if sight.proposal.submitted_at is None or not policy.is_own(door.actor(), sight.proposal):
        raise NotFound
    answer = FlaskResponse(_calendar(sight), content_type="text/calendar; charset=utf-8")
    name = f"{sight.proposal.challenge.ref}_{sight.proposal.team.ref}.ics"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.post("/proposals/<key>/return")
@login_required
def return_to_draft(key: str) -> Response:
    """Take back what was handed in, to change it."""
    sight = found(key)
    service.return_to_draft(door.db(), sight.proposal, actor=door.actor(), now=door.now())
    flash(_("It is a draft again. Hand it in before the closing time, or it does not count."))
    return redirect(url_for(".detail", key=key))


@bp.route("/proposals/<key>/withdraw", methods=["GET", "POST"])
@login_required
def withdraw(key: str) -> Answer:
    """Give the proposal up, after reading what that means."""
    sight = found(key)
    guards.require(door.actor(), "proposal.withdraw", sight)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            service.withdraw(
                door.db(), sight.proposal, reason=form.reason.data or "",
                actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The proposal is withdrawn."), "success")
            return redirect(url_for(".detail", key=key))
    body = render_template(
        "proposals/withdraw.html",
        proposal=sight.proposal,
        title=title_of(sight.proposal),
        was_seen=policy.was_seen(sight.proposal),
        form=form,
    )
    return body, form.status


def _state(sight: Sight) -> dict[str, Any]:
    """What stands between the draft and handing it in."""
    proposal = sight.proposal
    deadline = proposal.info_due_at or proposal.challenge.closes_at
    files = queries.attachments(door.db(), proposal)
    documents = [file.document for file in files]
    lacking = gaps(Content.of(proposal.content), proposal.challenge, documents)
    checks = eligibility.checks(door.db(), proposal.challenge, proposal.team)
    return {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "title": title_of(proposal),
        "gaps": lacking,
        "section_words": SECTION_WORDS,
        "checks": checks,
        "ready": not lacking and not eligibility.unmet(checks),
        "people": queries.current_members(door.db(), proposal.team_id),
        "files": files,
        "deadline": deadline,
        "closed": sight.now >= deadline,
    }


def _hands_in(sight: Sight, form: HandInForm) -> bool:
    """Hand in; False when it was refused, with the reasons at the form."""
    try:
        service.submit(
            door.db(), sight.proposal, version=version_of(form),
            accepts_terms=bool(form.accepts_terms.data), actor=door.actor(), now=door.now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
    except Stale:
        form.is_stale = True
        form.version.data = str(sight.proposal.version)
    else:
        return True
    return False


def _calendar(sight: Sight) -> bytes:
    """Until when it can be taken back, and when the decision is planned."""
    proposal = sight.proposal
    call = proposal.challenge.call
    title = title_of(proposal).best(languages.current())[0]
    book = Calendar()
    book.add("prodid", "-//Matchmaker//Proposals//EN")
    book.add("version", "2.0")
    entries: list[tuple[str, Any, Any, str]] = [
        (
            "closing",
            proposal.challenge.closes_at,
            proposal.challenge.closes_at + timedelta(minutes=1),
            _("Closing time: %(title)s", title=title),
        )
    ]
    if call.decision_on is not None:
        following = call.decision_on + timedelta(days=1)
        entries.append(
            ("decision", call.decision_on, following, _("Decision: %(title)s", title=title))
        )
    for name, begins, ends, said in entries:
        event = Event()
        event.add("uid", f"{name}-{proposal.public_id}@matchmaker")
        event.add("dtstamp", door.now())
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add("summary", said)
        event.add("url", url_for(".detail", key=proposal.key, _external=True))
        book.add_component(event)
    return bytes(book.to_ical())
