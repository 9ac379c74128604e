"""Recommendations as a team reads them, and its answers. Nothing here tells of other teams."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges import queries as challenge_queries
from matchmaker.challenges import service as challenges
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import can, require
from matchmaker.matching import beside, candidacies, invitations, policy, queries, team_queries
from matchmaker.matching.lifecycle import (
    CANDIDACY,
    REASON_WORDS,
    CandidacyState,
    Side,
)
from matchmaker.matching.models import Candidacy, Recommendation
from matchmaker.matching.policy import Pair, Sheet
from matchmaker.matching.raising import lacks
from matchmaker.matching.team_queries import Suggestion, WhyNot
from matchmaker.matching.why import answer
from matchmaker.teams.models import Team
from matchmaker.web import door, navigation
from matchmaker.web.matching import advising, after_run, showing
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.sheets import dismiss_form, refused
from matchmaker.web.security import local_path

SHOWN_REASONS = 3
RAISES = 3


@bp.get("/recommendations")
@login_required
def for_my_team() -> str:
    """Ten challenges for the reader's team, with reasons and what is missing.

    A programme manager may name any team, and reads what it reads of the own programmes.
    """
    actor = door.actor()
    named = request.args.get("team", "")
    team = _named(actor, named) if named else None
    if team is not None and team.id not in actor.scopes(*policy.TEAM_ROLES):
        found = team_queries.suggestions(
            door.db(), team.id, user_id=actor.user_id or 0, now=door.now(),
            shown=team_queries.for_managers(actor),
        )  # fmt: skip
        return _listed(team, found, is_guest=True)
    team_id = team.id if team else _worn_team(actor)
    if team_id is None:
        return render_template("matching/no_team.html")
    aside = request.args.get("show") == "aside"
    found = team_queries.suggestions(
        door.db(), team_id, user_id=actor.user_id or 0, now=door.now(), aside=aside
    )
    team = found[0].team if found else team or team_queries.team(door.db(), team_id)
    return _listed(team, found, aside=aside)


def _named(actor: Actor, ref: str) -> Team:
    """A team by its reference, if the actor may read its recommendations.

    Raises:
        NotFound, NotAllowed: it does not exist, or is none of the actor's business.
    """
    team = team_queries.named(door.db(), ref)
    program = min(actor.scopes(Role.PM), default=0)
    require(actor, "recommendation.view", Sheet(program, is_published=True, team_id=team.id))
    if ("team", team.id) in actor.conflicts:
        raise NotAllowed(policy.IN_CONFLICT.reason)
    return team


def _listed(
    team: Team, found: list[Suggestion], *, aside: bool = False, is_guest: bool = False
) -> str:
    """The list of challenges, and the answer to the question about one that is not on it."""
    asked = "" if is_guest else request.args.get("why", "").strip()[:40]
    why = team_queries.why(door.db(), team.id, asked) if asked else None
    computed = [row.recommendation for row in found if row.recommendation is not None]
    return render_template(
        "matching/team.html",
        team=team,
        rows=[row_of(row) for row in found],
        run=computed[0].run if computed else None,
        version=computed[0].team_version if computed else None,
        asked=asked,
        why=why,
        answers=answer(why, team, [row.recommendation for row in found], now=door.now())
        if asked
        else [],
        raises=_raises(why, team) if why else [],
        aside=aside,
        lacks=[] if aside or is_guest else lacks(row.recommendation for row in found),
        advice=_advice(team, aside=aside),
        after_run=_after_run(team, computed) if not aside and not is_guest else None,
        is_guest=is_guest,
        may_answer=door.actor().holds(Role.TEAM_LEAD, team.id),
        reasons=REASON_WORDS,
        back=request.full_path.rstrip("?"),
    )


def _raises(why: WhyNot, team: Team) -> list[tuple[str, float]]:
    """What would raise the team for a challenge it asked about, and to which score."""
    own = why.recommendation
    if why.run is None or own is None or own.rank is None:
        return []
    found = beside.standings(door.db(), why.run, why.challenge.id, [team.ref])
    return [(showing.said(each.says[0]), each.score) for each in found[team.ref].single[:RAISES]]


def _after_run(team: Team, computed: list[Recommendation]) -> after_run.AfterRun | None:
    """What was computed since; nothing where the runs read the profile as it is."""
    if computed and all(each.team_version == team.version for each in computed):
        return None
    return after_run.of_team(team)


def _advice(team: Team, *, aside: bool) -> advising.Shown | None:
    """What the team could add, once it was worked out; the list's own gaps stand in till then."""
    shown = None if aside else advising.shown(team)
    return shown if shown is not None and shown.lines else None


@bp.get("/recommendations/<key>")
@login_required
def reasons_for_team(key: str) -> str:
    """Everything that speaks for one challenge and the reader's team, and what is missing."""
    found = _pair(key)
    run = queries.published_run(door.db(), found.challenge.call_id)
    sheet = Sheet(found.program_id, is_published=run is not None, team_id=found.team.id)
    require(door.actor(), "recommendation.view", sheet)
    recommendation, candidacy = queries.pair_sheet(door.db(), run.id if run else 0, found)
    if recommendation is None or recommendation.rank is None:
        raise NotFound
    row = Suggestion(
        found.challenge, recommendation, candidacy, _is_aside(candidacy), False, found.team
    )
    return render_template(
        "matching/team_pair.html",
        pair=found,
        row=row_of(row, most=None, quotes=3),
        run=run,
        may_answer=bool(can(door.actor(), "recommendation.show_interest", found)),
        reasons=REASON_WORDS,
        back=request.path,
    )


@bp.post("/recommendations/<key>/interested")
@login_required
def interested(key: str) -> Response:
    """Say that the team would answer a problem."""
    found = _pair(key)
    candidacies.show_interest(door.db(), found, actor=door.actor(), now=door.now())
    flash(_("The programme office and the owner now see that you are interested."), "success")
    return _back()


@bp.route("/recommendations/<key>/dismiss", methods=["GET", "POST"])
@login_required
def not_for_us(key: str) -> Response | tuple[str, int]:
    """Put a problem aside for the team."""
    found = _pair(key)
    require(door.actor(), "recommendation.dismiss", found)
    form = dismiss_form(default_next=url_for(".for_my_team"))
    if form.validate_on_submit():
        try:
            candidacies.dismiss(
                door.db(), found, refused(form), side=Side.TEAM, version=None,
                actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("This problem is put aside. You find it under “Put aside”."), "success")
            return _back()
    body = render_template("matching/dismiss.html", pair=found, form=form, side=Side.TEAM)
    return body, form.status


@bp.post("/recommendations/<key>/reconsider")
@login_required
def for_us_after_all(key: str) -> Response:
    """Take back that the team put a problem aside."""
    found = _pair(key)
    candidacies.reconsider(
        door.db(), found, side=Side.TEAM, version=None, actor=door.actor(), now=door.now()
    )
    flash(_("The problem is back among your recommendations."), "success")
    return _back()


@bp.post("/recommendations/<key>/save")
@login_required
def save(key: str) -> Response:
    """Follow a challenge, or stop following it."""
    actor, challenge = door.actor(), queries.challenge(door.db(), key)
    if challenge_queries.follows(door.db(), challenge, actor):
        challenges.unfollow(door.db(), challenge, actor=actor)
        flash(_("You no longer follow this challenge."), "note")
    else:
        challenges.follow(door.db(), challenge, actor=actor, now=door.now())
        flash(_("You follow this challenge and hear of its changes."), "success")
    return redirect(local_path(request.form.get("next")) or url_for(".for_my_team"))


@bp.get("/recommendations/invitations/<invitation_id>")
@login_required
def invitation(invitation_id: str) -> str:
    """One invitation, with the reasons and the two answers."""
    candidacy = _invitation(invitation_id)
    run = queries.published_run(door.db(), candidacy.challenge.call_id)
    found = Pair(candidacy.challenge, candidacy.team)
    recommendation, _same = queries.pair_sheet(door.db(), run.id if run else 0, found)
    is_open = candidacy.state is CandidacyState.INVITED and (
        candidacy.answer_by is None or door.now() < candidacy.answer_by
    )
    visible = recommendation if recommendation and recommendation.rank else None
    return render_template(
        "matching/invitation.html",
        invitation=candidacy,
        state=showing.state_of(candidacy, for_staff=False),
        shown=showing.recommendation(visible, for_staff=False, most=3) if visible else None,
        is_open=is_open,
        may_answer=is_open and bool(can(door.actor(), "invitation.accept", candidacy)),
        form=dismiss_form(default_next=url_for(".for_my_team")),
    )


@bp.post("/recommendations/invitations/<invitation_id>/accept")
@login_required
def accept(invitation_id: str) -> Response:
    """Say yes to an invitation."""
    candidacy = _invitation(invitation_id)
    invitations.accept(door.db(), candidacy, actor=door.actor(), now=door.now())
    flash(_("The programme office and the owner now see that you are interested."), "success")
    return redirect(url_for(".invitation", invitation_id=invitation_id))


@bp.post("/recommendations/invitations/<invitation_id>/decline")
@login_required
def decline(invitation_id: str) -> Response | tuple[str, int]:
    """Say no to an invitation, with a reason."""
    candidacy = _invitation(invitation_id)
    require(door.actor(), "invitation.decline", candidacy)
    if candidacy.state is not CandidacyState.INVITED:
        raise WrongState(msg("This invitation was answered already, or is no longer open."))
    form = dismiss_form(default_next=url_for(".for_my_team"))
    if form.validate_on_submit():
        try:
            invitations.decline(
                door.db(), candidacy, refused(form), actor=door.actor(), now=door.now()
            )
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("Your answer has been passed on."), "success")
            return redirect(url_for(".invitation", invitation_id=invitation_id))
    body = render_template(
        "matching/invitation.html", invitation=candidacy, state=None, shown=None, is_open=True,
        may_answer=True, form=form,
    )  # fmt: skip
    return body, form.status


def _invitation(invitation_id: str) -> Candidacy:
    candidacy = queries.invitation(door.db(), invitation_id)
    require(door.actor(), "invitation.view", candidacy)
    return candidacy


def _worn_team(actor: Actor) -> int | None:
    """The team of the present hat, else the first of the reader's teams."""
    ids = actor.scopes(*policy.TEAM_ROLES)
    hat = navigation.current(actor)
    if hat is not None and hat.scope is Scope.TEAM and hat.scope_id in ids:
        return hat.scope_id
    return min(ids, default=None)


def _pair(key: str) -> Pair:
    """A public challenge and the reader's own team, the one named in the form or that of the hat.

    Raises:
        NotFound: no such challenge that teams may know of, or not a team of the reader.
    """
    team_id, named = _worn_team(door.actor()), request.values.get("team", "")
    challenge = queries.challenge(door.db(), key)
    if team_id is None or not challenge.is_public:
        raise NotFound
    team = team_queries.named(door.db(), named) if named else team_queries.team(door.db(), team_id)
    if team.id not in door.actor().scopes(*policy.TEAM_ROLES):
        raise NotFound
    return Pair(challenge, team)


def row_of(
    row: Suggestion, *, most: int | None = SHOWN_REASONS, quotes: int = 1
) -> dict[str, object]:
    """One challenge as the team sees it."""
    candidacy, recommendation = row.candidacy, row.recommendation
    state = candidacy.state if candidacy else CandidacyState.SUGGESTED
    shown = (
        showing.recommendation(recommendation, for_staff=False, most=most, quotes=quotes)
        if recommendation
        else None
    )
    is_invited = state is CandidacyState.INVITED
    own = candidacy.dismissal(Side.TEAM) if candidacy and row.is_put_aside else None
    return {
        "challenge": row.challenge,
        "shown": shown,
        "state": showing.state_of(candidacy, for_staff=False)
        if state is not CandidacyState.DISMISSED
        else None,
        "invitation": candidacy if is_invited else None,
        "is_saved": row.is_saved,
        "own": own,
        "may_propose": state is CandidacyState.INTERESTED,
        "may_show_interest": not is_invited
        and not row.is_put_aside
        and CANDIDACY.allows(state, "show_interest"),
        "may_dismiss": not is_invited
        and not row.is_put_aside
        and CANDIDACY.allows(state, "dismiss"),
    }


def _is_aside(candidacy: Candidacy | None) -> bool:
    return candidacy is not None and candidacy.dismissal(Side.TEAM) is not None


def _back() -> Response:
    target = local_path(request.form.get("next"))
    return redirect(target or url_for(".for_my_team"))
