"""Matches of one challenge, one pair in full, and what owner and programme office do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.audit import queries as audit
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.permissions import can, require
from matchmaker.matching import board, candidacies, invitations, policy, queries
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import REASON_WORDS, DismissReason, RunState, Side
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.policy import Pair, Sheet
from matchmaker.programs.models import Window
from matchmaker.web import door, languages
from matchmaker.web.matching import beside, showing
from matchmaker.web.matching.asking import whole
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import candidate, held_back, own_dismissal, put_aside
from matchmaker.web.matching.forms import DismissForm
from matchmaker.web.matching.words import DONE, HISTORY
from matchmaker.web.security import local_path

Verb = Callable[..., Any]
VERBS: dict[str, Verb] = {
    "pin": candidacies.pin,
    "unpin": candidacies.unpin,
    "shortlist": candidacies.shortlist,
    "unshortlist": candidacies.unshortlist,
    "invite": invitations.queue,
    "uninvite": invitations.unqueue,
}
OPEN_TO_OWNERS = frozenset(
    f"candidacy.{verb}" for verb in ("invite", "show_interest", "decline", "expire", "convert")
)


@bp.get("/challenges/<key>/matches")
@login_required
def for_challenge(key: str) -> str:
    """The teams that fit a challenge: for its owner, and for the programme manager."""
    actor, challenge = door.actor(), queries.challenge(door.db(), key)
    is_manager = actor.holds(Role.PM, challenge.call.program_id)
    is_owner = challenge.organization_id in actor.scopes(*policy.OWNERS)
    run = _readable_run(challenge.call_id, sees_all=(is_manager or _is_auditor()) and not is_owner)
    sheet = Sheet(
        challenge.call.program_id,
        is_published=run is None or run.state is RunState.PUBLISHED,
        organization_id=challenge.organization_id,
    )
    require(actor, "recommendation.view", sheet)
    for_staff = (is_manager or _is_auditor()) and not is_owner
    after = whole("after")
    page, held = (
        board.candidates(
            door.db(),
            run,
            challenge.id,
            seen_by=actor,
            with_held_back=for_staff,
            after_rank=after,
            size=7,
        )
        if run
        else (None, [])
    )
    return render_template(
        "matching/challenge.html",
        challenge=challenge,
        is_over=challenge.window(door.now()) not in {Window.OPEN, Window.UPCOMING},
        run=run,
        rows=[candidate(row, for_staff=for_staff) for row in page.rows] if page else [],
        page=page,
        held=[held_back(row) for row in held],
        for_staff=for_staff,
        may_wish=actor.holds(Role.OWNER_LEAD, challenge.organization_id),
        may_decide=is_manager and not is_owner,
        reasons=REASON_WORDS,
        back=request.full_path.rstrip("?"),
        after=after,
    )


@bp.get("/challenges/<key>/matches/<team>")
@login_required
def pair(key: str, team: str) -> str:
    """One pair in full: the words in both texts, the parts, what is missing, what was decided."""
    actor, found = door.actor(), queries.pair(door.db(), key, team)
    run, for_staff = _open_pair(found)
    sheet = queries.pair_sheet(door.db(), run.id, found)
    recommendation, candidacy = sheet
    if recommendation is None or (recommendation.rank is None and not for_staff):
        raise NotFound
    entries = audit.of_object(door.db(), "candidacy", candidacy.id) if candidacy else []
    row = candidate(board.Candidate(recommendation, found.team, candidacy, 0), for_staff=for_staff)
    others, compared = beside.shown(run, recommendation, for_staff=for_staff)
    return render_template(
        "matching/pair.html",
        pair=found,
        run=run,
        row=row,
        shown=showing.recommendation(
            recommendation, for_staff=for_staff, quotes=3, fit=run.outcome.get("fit")
        ),
        others=others,
        beside=compared,
        held_back=showing.obstacle(recommendation.held_back) if for_staff else None,
        lift=showing.lift(recommendation.held_back) if for_staff else None,
        aside=put_aside(candidacy) if for_staff else [],
        own=own_dismissal(candidacy, Side.PM if for_staff else Side.OWNER),
        history=[_told(entry, for_staff) for entry in entries if _may_read(entry, for_staff)],
        may_decide=bool(can(actor, "recommendation.pin", found)),
        may_wish=actor.holds(Role.OWNER_LEAD, found.challenge.organization_id),
        reasons=REASON_WORDS,
        back=request.path,
    )


@bp.post(f"/challenges/<key>/matches/<team>/<any({','.join(VERBS)}):verb>")
@login_required
def decide(key: str, team: str, verb: str) -> Response:
    """One decision of the programme office or of the owner."""
    found = queries.pair(door.db(), key, team)
    _open_pair(found)
    VERBS[verb](
        door.db(), found, version=request.form.get("version", -1, type=int), actor=door.actor(),
        now=door.now(),
    )  # fmt: skip
    flash(str(DONE[verb]), "success")
    return _back(found)


@bp.route("/challenges/<key>/matches/<team>/dismiss", methods=["GET", "POST"])
@login_required
def dismiss(key: str, team: str) -> Response | tuple[str, int]:
    """Put a pair aside, for one of six reasons."""
    found = queries.pair(door.db(), key, team)
    require(door.actor(), "recommendation.dismiss", found)
    side = policy.side_of(door.actor(), found) or Side.PM
    form = dismiss_form(default_next=url_for(".for_challenge", key=found.challenge.key))
    if form.validate_on_submit():
        try:
            candidacies.dismiss(
                door.db(), found, refused(form), side=side, version=int(form.version.data or 0),
                actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The pair is put aside. You can take that back."), "success")
            return _back(found)
    if not form.is_submitted():
        row = candidacies.find(door.db(), found)
        form.version.data = str(row.version if row else 0)
    body = render_template("matching/dismiss.html", pair=found, form=form, side=side)
    return body, form.status


@bp.post("/challenges/<key>/matches/<team>/reconsider")
@login_required
def reconsider(key: str, team: str) -> Response:
    """Take back that the own side put a pair aside."""
    found = queries.pair(door.db(), key, team)
    require(door.actor(), "recommendation.dismiss", found)
    side = policy.side_of(door.actor(), found) or Side.PM
    candidacies.reconsider(
        door.db(), found, side=side, version=request.form.get("version", -1, type=int),
        actor=door.actor(), now=door.now(),
    )  # fmt: skip
    flash(_("The pair is considered again."), "success")
    return _back(found)


def dismiss_form(*, default_next: str) -> DismissForm:
    """The form of six reasons."""
    form = DismissForm()
    lang = languages.current()
    form.reason.choices = [(r.value, translate(word, lang)) for r, word in REASON_WORDS.items()]
    form.next.data = local_path(form.next.data or request.args.get("next")) or default_next
    return form


def refused(form: DismissForm) -> Refused:
    """What the form says."""
    return Refused(DismissReason(form.reason.data), form.note.data or "")


def _is_auditor() -> bool:
    return door.actor().holds(Role.AUDITOR)


def _readable_run(call_id: int, *, sees_all: bool) -> RecommendationRun | None:
    read = queries.newest_result if sees_all else queries.published_run
    return read(door.db(), call_id)


def _open_pair(found: Pair) -> tuple[RecommendationRun, bool]:
    """The run in which the reader may see a pair, and whether with the eyes of staff.

    Raises:
        NotFound, NotAllowed: the reader may not see it, or no run that may be seen holds it.
    """
    actor = door.actor()
    is_owner = found.challenge.organization_id in actor.scopes(*policy.OWNERS)
    is_staff = actor.holds(Role.PM, found.program_id) or _is_auditor()
    for_staff = is_staff and not is_owner and not policy.is_conflicted(actor, found)
    run = _readable_run(found.challenge.call_id, sees_all=for_staff)
    sheet = Sheet(
        found.program_id,
        is_published=run is not None and run.state is RunState.PUBLISHED,
        organization_id=found.challenge.organization_id,
    )
    require(actor, "recommendation.view", sheet)
    if run is None:
        raise NotFound
    return run, for_staff


def _back(found: Pair) -> Response:
    target = local_path(request.form.get("next"))
    return redirect(target or url_for(".for_challenge", key=found.challenge.key))


def _may_read(entry: AuditEntry, for_staff: bool) -> bool:
    """Owners read their own decisions and what was said to everybody."""
    return for_staff or entry.action in OPEN_TO_OWNERS or entry.after.get("side") == Side.OWNER


def _told(entry: AuditEntry, for_staff: bool) -> dict[str, object]:
    """One decision as a line of the history; names, reasons and notes of others are for staff."""
    own = for_staff or entry.after.get("side") == Side.OWNER
    reason = entry.after.get("reason") if own else None
    word = translate(REASON_WORDS[DismissReason(reason)], languages.current()) if reason else None
    note = entry.reason if own else None
    return {
        "who": entry.actor_name if own and entry.actor_id else _("Programme"),
        "at": entry.at,
        "what": str(HISTORY.get(entry.action.partition(".")[2], entry.action)),
        "why": " – ".join(part for part in (word, note) if part) or None,
        "role": None,
        "pieces": None,
    }
