"""Steps in the life of a challenge, each a page that says what will happen before it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges import queries, service
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.moves import refuse_unless_possible
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.permissions import can
from matchmaker.web import door
from matchmaker.web.challenges.blueprint import bp, title_of
from matchmaker.web.challenges.forms import (
    ApproveForm,
    CommentForm,
    ExtendForm,
    NoteForm,
    PlainForm,
    ReasonForm,
    StepForm,
)

S = ChallengeState


@dataclass(frozen=True)
class Step:
    """One step: its button, its page, and the verb behind it.

    ``will`` says what happens, ``done`` is told afterwards; ``run`` gets challenge, filled form
    and the keywords of every verb.
    """

    verb: str
    label: Any
    question: Any
    will: tuple[Any, ...]
    done: Any
    form: type[StepForm]
    run: Callable[..., None]
    icon: str
    tone: str = "plain"
    first_in: frozenset[ChallengeState] = frozenset()


def _approve(challenge: Challenge, form: ApproveForm, **kwargs: Any) -> None:
    service.approve(door.db(), challenge, publish_at=form.publish_at(), **kwargs)


def _extend(challenge: Challenge, form: ExtendForm, **kwargs: Any) -> None:
    closes_at = form.closes_at() or challenge.closes_at
    service.extend_close(door.db(), challenge, closes_at, form.reason.data or "", **kwargs)


def _with_reason(verb: Callable[..., None]) -> Callable[..., None]:
    def run(challenge: Challenge, form: ReasonForm, **kwargs: Any) -> None:
        verb(door.db(), challenge, form.reason.data or "", **kwargs)

    return run


def _request_changes(challenge: Challenge, form: CommentForm, **kwargs: Any) -> None:
    service.request_changes(door.db(), challenge, form.comment.data or "", **kwargs)


def _publish(challenge: Challenge, _form: PlainForm, **kwargs: Any) -> None:
    service.publish(door.db(), challenge, **kwargs)


STEPS = (
    Step(
        "approve", _l("Approve"), _l("Approve this problem?"),
        (
            _l("The text stays as it is."),
            _l("It becomes public at the planned time, or when you publish it."),
            _l("Its owner is told."),
        ),
        _l("Approved. It is not public yet."), ApproveForm, _approve, "check",
        first_in=frozenset({S.SUBMITTED}),
    ),
    Step(
        "request_changes", _l("Request changes"), _l("Send it back for changes?"),
        (
            _l("Its owner reads your comment and can edit the text again."),
            _l("It comes back to you when it is handed in anew."),
        ),
        _l("Sent back. Its owner reads your comment."), CommentForm, _request_changes, "undo-2",
    ),
    Step(
        "reject", _l("Reject"), _l("Not take this problem on?"),
        (_l("Its owner reads your reason."), _l("This cannot be taken back.")),
        _l("The problem is not taken on."), ReasonForm, _with_reason(service.reject), "x",
        tone="danger",
    ),
    Step(
        "publish", _l("Publish"), _l("Publish this problem?"),
        (
            _l("Everybody can read it, except for its confidential part."),
            _l("It gets the next reference of the year."),
            _l("The text stays as it is; the closing time can only be moved later."),
        ),
        _l("Published."), PlainForm, _publish, "send", first_in=frozenset({S.APPROVED}),
    ),
    Step(
        "resume", _l("Let it go on"), _l("Let it go on?"),
        (
            _l("Proposals are taken again."),
            _l("The closing time moves by the length of the pause, with a public notice."),
        ),
        _l("It goes on."), NoteForm, _with_reason(service.resume), "play",
        first_in=frozenset({S.PAUSED}),
    ),
    Step(
        "extend_close", _l("Extend the closing time"), _l("Move the closing time?"),
        (
            _l("The new time and your reason are public."),
            _l("It can never be moved forward again."),
        ),
        _l("The closing time is moved."), ExtendForm, _extend, "calendar",
    ),
    Step(
        "pause", _l("Pause"), _l("Pause this problem?"),
        (
            _l("No proposals are taken until it goes on."),
            _l("Your reason is public. The closing time moves by the length of the pause."),
        ),
        _l("Paused."), ReasonForm, _with_reason(service.pause), "pause",
    ),
    Step(
        "ask_withdrawal", _l("Ask to withdraw it"), _l("Ask to withdraw this problem?"),
        (
            _l("The programme office has to consent."),
            _l("Until then everything goes on as before."),
        ),
        _l("The programme office has your request."), ReasonForm,
        _with_reason(service.ask_withdrawal), "undo-2",
    ),
    Step(
        "withdraw", _l("Consent to the withdrawal"), _l("Withdraw this problem?"),
        (
            _l("It is no longer public."),
            _l("Teams that applied are told."),
            _l("This cannot be taken back."),
        ),
        _l("The problem is withdrawn."), NoteForm, _with_reason(service.withdraw), "undo-2",
        tone="danger",
    ),
)  # fmt: skip
BY_SLUG = {step.verb.replace("_", "-"): step for step in STEPS}


SLUGS = ", ".join(f"'{slug}'" for slug in BY_SLUG)


@bp.route(f"/challenges/<key>/<any({SLUGS}):slug>", methods=["GET", "POST"])
@login_required
def step(key: str, slug: str) -> Response | tuple[str, int]:
    """Ask first, then do it."""
    challenge = queries.get(door.db(), key, seen_by=door.actor())
    chosen = BY_SLUG[slug]
    refuse_unless_possible(challenge, chosen.verb, door.actor())
    form = chosen.form()
    if form.validate_on_submit():
        try:
            chosen.run(challenge, form, actor=door.actor(), now=door.now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(str(chosen.done), "success")
            return redirect(_afterwards(challenge))
    elif not form.is_submitted():
        form.suggest(challenge)
    body = render_template(
        "challenges/step.html",
        challenge=challenge,
        title=title_of(challenge),
        step=chosen,
        form=form,
        back=url_for(".detail", key=challenge.key),
        fields=[field for field in form if field.name != "csrf_token"],
    )
    return body, form.status


def offered(challenge: Challenge) -> list[dict[str, Any]]:
    """The steps that the reader may take now, the one expected of them first."""
    found = [
        {
            "label": str(each.label),
            "url": url_for(".step", key=challenge.key, slug=slug),
            "icon": each.icon,
            "tone": "primary" if challenge.state in each.first_in else each.tone,
        }
        for slug, each in BY_SLUG.items()
        if _is_offered(challenge, each)
    ]
    return sorted(found, key=lambda each: each["tone"] != "primary")


def _is_offered(challenge: Challenge, chosen: Step) -> bool:
    if chosen.verb == "withdraw" and challenge.withdrawal_asked_at is None:
        return False
    return bool(can(door.actor(), f"challenge.{chosen.verb}", challenge))


def _afterwards(challenge: Challenge) -> str:
    """The page of the challenge, unless the reader may not see it any more."""
    if can(door.actor(), "challenge.view", challenge):
        return url_for(".detail", key=challenge.key)
    return url_for(".mine")
