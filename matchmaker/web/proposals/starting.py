"""Beginning an answer: which team, and whether it may take part."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import Invalid, NotFound, WrongState
from matchmaker.kernel.i18n import translate
from matchmaker.programs.models import Window
from matchmaker.proposals import eligibility, queries, service
from matchmaker.proposals.content import Section
from matchmaker.teams.models import Team
from matchmaker.web import door, languages
from matchmaker.web.proposals.blueprint import bp

Answer = Response | tuple[str, int] | str


@bp.route("/proposals/new", methods=["GET", "POST"])
@login_required
def new() -> Answer:
    """Choose the team and see the rules; sending it begins the draft."""
    key = request.values.get("challenge", "")
    if not key:
        return render_template("proposals/choose_challenge.html")
    challenge = queries.challenge(door.db(), key)
    teams = queries.teams_of(door.db(), door.actor())
    team = _chosen(teams)
    if request.method == "POST":
        if team is None:
            raise NotFound
        try:
            made = service.start(door.db(), challenge, team, actor=door.actor(), now=door.now())
        except (Invalid, WrongState) as refusal:
            flash(translate(refusal.message, languages.current()), "error")
            status = refusal.status
        else:
            flash(_("The draft is begun. Only your team sees it."), "success")
            return redirect(url_for(".edit", key=made.key, section=Section.ANSWER.value))
    else:
        status = 200
    checks = eligibility.checks(door.db(), challenge, team) if team else []
    living = queries.living(door.db(), challenge.id, [each.id for each in teams])
    body = render_template(
        "proposals/new.html",
        challenge=challenge,
        teams=teams,
        team=team,
        checks=checks,
        may_start=not eligibility.unmet(checks, at_start=True),
        living={proposal.team_id: proposal for proposal in living},
        window=challenge.window(door.now()).value,
        is_open=challenge.window(door.now()) is Window.OPEN,
    )
    return body, status


def _chosen(teams: list[Team]) -> Team | None:
    """The team that the address or the form names, else the first one."""
    wanted = request.values.get("team", "")
    named = [team for team in teams if wanted in {team.ref, team.public_id}]
    if wanted and not named:
        raise NotFound
    return next(iter(named or teams), None)
