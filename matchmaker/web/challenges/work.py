"""Challenges at work: those of my organisation, and those that wait for the programme office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges import queries, readiness, service
from matchmaker.challenges.lifecycle import WORDS, ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.policy import OWNERS
from matchmaker.kernel import formats
from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import NotAllowed, NotFound, Refusal
from matchmaker.kernel.i18n import msg, translate
from matchmaker.kernel.permissions import can
from matchmaker.programs import queries as programs
from matchmaker.programs.models import Call
from matchmaker.web import door, languages
from matchmaker.web.challenges import showing
from matchmaker.web.challenges.blueprint import bp, title_of
from matchmaker.web.challenges.filtering import LONGEST_QUERY

S = ChallengeState
MOST_AT_ONCE = 50
GROUPS = (
    (msg("In preparation"), (S.CHANGES_REQUESTED, S.DRAFT)),
    (msg("With the programme office"), (S.SUBMITTED, S.APPROVED)),
    (msg("Public"), (S.PUBLISHED, S.PAUSED, S.EVALUATING, S.AWARDED, S.IN_POC)),
    (msg("Ended"), (S.COMPLETED, S.NOT_AWARDED, S.REJECTED, S.WITHDRAWN, S.ARCHIVED)),
)


@bp.get("/challenges/mine")
@login_required
def mine() -> str:
    """Everything that my organisations post, by where it stands, each with its next step."""
    ids = door.actor().scopes(*OWNERS)
    found = queries.of_organizations(door.db(), ids, seen_by=door.actor())
    groups = [
        (translate(label, languages.current()), [_mine(c) for c in found if c.state in states])
        for label, states in GROUPS
    ]
    return render_template(
        "challenges/mine.html",
        groups=[(label, rows) for label, rows in groups if rows],
        has_organization=bool(ids),
    )


@dataclass(frozen=True)
class Asked:
    """What the queue is narrowed to."""

    state: ChallengeState | None
    call: Call | None
    query: str

    @property
    def address(self) -> dict[str, Any]:
        """The same as values of an address."""
        return {
            "state": self.state,
            "call": self.call.slug if self.call else None,
            "q": self.query or None,
        }


@bp.get("/challenges/queue")
@login_required
def queue() -> str:
    """The challenges of my programmes, what waits for approval first."""
    managed = _programs()
    calls = programs.calls_of(door.db(), managed)
    asked = _asked(calls)
    after = request.args.get("after")
    page = queries.queue(
        door.db(), managed, seen_by=door.actor(), state=asked.state,
        call_id=asked.call.id if asked.call else None, query=asked.query, after=after,
    )  # fmt: skip
    return render_template(
        "challenges/queue.html",
        rows=[_queued(challenge) for challenge in page.rows],
        query=asked.query,
        states=_states(managed, asked.state),
        calls=[
            {
                "value": c.slug,
                "label": c.name.best(languages.current())[0],
                "checked": c is asked.call,
            }
            for c in calls
        ],
        chips=_chips(asked),
        is_narrow=any(asked.address.values()),
        older=url_for(".queue", **asked.address, after=page.older) if page.older else None,
        newer=url_for(".queue", **asked.address) if after else None,
        publishable=any(each.state is S.APPROVED for each in page.rows),
    )


def _asked(calls: list[Call]) -> Asked:
    """What the address asks for; unknown values are dropped."""
    state, slug = request.args.get("state", ""), request.args.get("call", "")
    return Asked(
        state=ChallengeState(state) if state in set(ChallengeState) else None,
        call=next((each for each in calls if each.slug == slug), None),
        query=request.args.get("q", "").strip()[:LONGEST_QUERY],
    )


def _states(managed: frozenset[int], chosen: ChallengeState | None) -> list[dict[str, Any]]:
    """The states there are, each with its number."""
    counts = queries.count_states(door.db(), managed, seen_by=door.actor())
    return [
        {
            "value": each.state.value,
            "label": _staff_word(each.state),
            "count": each.many,
            "checked": each.state is chosen,
        }
        for each in counts
    ]


@bp.route("/challenges/queue/publish", methods=["POST"])
@login_required
def publish_many() -> Response | tuple[str, int]:
    """Publish several approved challenges: first a preview, then each for itself."""
    _programs()
    if not door.actor().scopes(Role.PM):  # auditors read the queue and change nothing
        raise NotAllowed
    keys = list(dict.fromkeys(request.form.getlist("key")))[:MOST_AT_ONCE]
    found = [queries.get(door.db(), key, seen_by=door.actor()) for key in keys]
    if not found:
        flash(_("Choose at least one challenge."), "warning")
        return redirect(url_for(".queue"))
    if request.form.get("confirmed") != "yes":
        rows = [(c, title_of(c), bool(can(door.actor(), "challenge.publish", c))) for c in found]
        return render_template("challenges/publish_many.html", rows=rows), 200
    done, refused = _publish_each(found)
    if done:
        flash(
            ngettext(
                "%(num)s challenge is public now.", "%(num)s challenges are public now.", done
            ),
            "success",
        )
    for title, sentence in refused:
        flash(_("%(title)s: %(sentence)s", title=title, sentence=sentence), "warning")
    return redirect(url_for(".queue"))


def _publish_each(found: list[Challenge]) -> tuple[int, list[tuple[str, str]]]:
    """How many became public, and why the others did not."""
    done, refused = 0, []
    for challenge in found:
        try:
            service.publish(door.db(), challenge, actor=door.actor(), now=door.now())
            done += 1
        except Refusal as refusal:
            told = translate(refusal.message, languages.current())
            refused.append((title_of(challenge), told))
    return done, refused


def _programs() -> frozenset[int]:
    """The programmes that the reader manages; auditors look at all of them."""
    if door.actor().holds(Role.AUDITOR):
        visible = programs.programs_visible(door.db(), door.actor())
        return frozenset(program.id for program in visible)
    managed = door.actor().scopes(Role.PM)
    if not managed:
        raise NotFound
    return managed


def _mine(challenge: Challenge) -> dict[str, Any]:
    sentence, label, url = _next_of_owner(challenge)
    return {
        "challenge": challenge,
        "title": title_of(challenge),
        "stepper": showing.stepper(challenge),
        "sentence": sentence,
        "label": label,
        "url": url,
    }


def _next_of_owner(challenge: Challenge) -> tuple[str, str, str]:
    """What the owner does next: a sentence, a button, an address."""
    page = url_for(".detail", key=challenge.key)
    if challenge.state in {S.DRAFT, S.CHANGES_REQUESTED}:
        return _next_of_draft(challenge)
    moment = formats.instant(challenge.closes_at, languages.current())
    sentences = {
        S.SUBMITTED: _("The programme office decides."),
        S.APPROVED: _("Approved; it becomes public soon."),
        S.PUBLISHED: _("Open until %(at)s; proposals stay sealed until then.", at=moment),
        S.PAUSED: _("Paused; no proposals are taken."),
        S.EVALUATING: _("Proposals are being reviewed."),
        S.REJECTED: _("Not taken on; read why."),
    }
    said = sentences.get(challenge.state) or _staff_word(challenge.state)
    return said, _("See it"), page


def _next_of_draft(challenge: Challenge) -> tuple[str, str, str]:
    edit = url_for(".edit_first", key=challenge.key)
    if challenge.state is S.CHANGES_REQUESTED:
        note = challenge.staff_note or ""
        return _("Changes are asked for: %(note)s", note=note[:160]), _("Edit"), edit
    if challenge.title.is_empty or not challenge.kpis:
        return _("The description is not complete."), _("Go on"), edit
    return _("Check it and hand it in."), _("Go on"), edit


def _queued(challenge: Challenge) -> dict[str, Any]:
    return {
        "challenge": challenge,
        "title": title_of(challenge),
        "ready": readiness.readiness(challenge).score,
        "whole": readiness.WHOLE,
    }


def _chips(asked: Asked) -> list[dict[str, str]]:
    """What is chosen, each with the address of the queue without it."""
    labels = {
        "state": _staff_word(asked.state) if asked.state else "",
        "call": asked.call.name.best(languages.current())[0] if asked.call else "",
        "q": _("“%(words)s”", words=asked.query) if asked.query else "",
    }
    return [
        {"label": label, "url": url_for(".queue", **(asked.address | {name: None}))}
        for name, label in labels.items()
        if label
    ]


def _staff_word(state: ChallengeState) -> str:
    return translate(WORDS[state].staff, languages.current())
