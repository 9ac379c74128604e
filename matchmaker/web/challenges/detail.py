"""The page of a challenge: what everybody reads, and what owner and office do with it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from icalendar import Calendar, Event
from werkzeug.wrappers import Response as Answer

from matchmaker.challenges import queries, service
from matchmaker.challenges.content import READY
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role
from matchmaker.kernel.permissions import can, require
from matchmaker.programs.rules import CallRules, checklist_of, sentences
from matchmaker.teams import queries as teams
from matchmaker.web import door, languages
from matchmaker.web.challenges import chronicle, decisions, showing, standing
from matchmaker.web.challenges.blueprint import LEVELS, NEEDS, bp, is_insider, title_of
from matchmaker.web.challenges.index import site_url
from matchmaker.web.security import local_path

MINUTES_SHOWN = timedelta(minutes=15)


@bp.get("/challenges/<key>")
def detail(key: str) -> str:
    """One challenge; its owner and the office see their own words and actions beside it."""
    challenge = find(key)
    belongs = is_insider(challenge)
    as_public = belongs and request.args.get("as") == "public"
    insider = belongs and not as_public
    gate = queries.gated(door.db(), challenge, door.actor())
    verdict = can(door.actor(), "challenge.view_gated_fields", gate)
    asked = request.args.get("tab", "")
    tab = asked if asked in {*showing.TABS, showing.EVERYTHING} else "overview"
    return render_template(
        "challenges/detail.html",
        challenge=challenge,
        title=title_of(challenge),
        tab=tab,
        shows_all=tab == showing.EVERYTHING,
        tabs=showing.tabs(challenge, tab, **({"as": "public"} if as_public else {})),
        as_public=as_public,
        insider=insider,
        step=showing.next_step(challenge),
        standing=None if belongs else standing.of_reader(challenge),
        stepper=showing.stepper(challenge) if insider else [],
        actions=decisions.offered(challenge) if insider else [],
        may_edit=insider and bool(can(door.actor(), "challenge.edit", challenge)),
        may_see_history=insider and bool(can(door.actor(), "challenge.view_history", challenge)),
        reads_gated=bool(verdict) and not as_public,
        may_sign=not verdict and not as_public and bool(door.actor().scopes(Role.TEAM_LEAD)),
        is_followed=queries.follows(door.db(), challenge, door.actor()),
        kpis=showing.kpis(challenge),
        timeline=showing.timeline(challenge),
        notices=showing.notices(challenge),
        readiness=_readiness(challenge),
        rules=sentences(CallRules.of(challenge.call.rules)),
        documents=checklist_of(challenge.call.checklist),
        language_note=showing.languages_of(challenge),
    )


@bp.get("/challenges/<key>/history")
@login_required
def history(key: str) -> str:
    """What happened to a challenge, with every change."""
    challenge = find(key)
    require(door.actor(), "challenge.view_history", challenge)
    return render_template(
        "challenges/history.html",
        challenge=challenge,
        title=title_of(challenge),
        rows=chronicle.told(queries.history(door.db(), challenge)),
    )


@bp.get("/challenges/<key>.ics")
def calendar(key: str) -> Response:
    """The closing time as an entry for one's calendar."""
    challenge = find(key)
    title = title_of(challenge)
    event = Event()
    event.add("uid", f"{challenge.public_id}-closes@matchmaker")
    event.add("dtstamp", challenge.published_at or challenge.created_at)
    event.add("sequence", challenge.version)
    event.add("summary", _("%(title)s: closing time for proposals", title=title))
    event.add("url", site_url(url_for(".detail", key=challenge.key)))
    event.add("dtstart", challenge.closes_at - MINUTES_SHOWN)
    event.add("dtend", challenge.closes_at)
    book = Calendar()
    book.add("prodid", "-//Matchmaker//Challenges//EN")
    book.add("version", "2.0")
    book.add_component(event)
    answer = Response(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{challenge.key}.ics")
    return answer


@bp.post("/challenges/<key>/follow")
@login_required
def follow(key: str) -> Answer:
    """Keep a challenge in one's list."""
    service.follow(door.db(), find(key), actor=door.actor(), now=door.now())
    return _back(key)


@bp.post("/challenges/<key>/unfollow")
@login_required
def unfollow(key: str) -> Answer:
    """Drop a challenge from one's list."""
    service.unfollow(door.db(), find(key), actor=door.actor())
    return _back(key)


@bp.route("/challenges/<key>/terms", methods=["GET", "POST"])
@login_required
def terms(key: str) -> str | Answer:
    """Sign the confidentiality terms of the call for a team that one leads."""
    challenge = find(key)
    require(door.actor(), "challenge.sign_terms", challenge)
    led = door.actor().scopes(Role.TEAM_LEAD)
    if request.method == "POST":
        team_id = request.form.get("team", 0, type=int)
        service.sign_terms(door.db(), challenge, team_id, actor=door.actor(), now=door.now())
        flash(_("Signed. You can read the confidential parts of this call now."), "success")
        return redirect(url_for(".detail", key=challenge.key))
    names = teams.names(door.db(), led, languages.current())
    signed = queries.signed_teams(door.db(), challenge.call_id, led)
    return render_template(
        "challenges/terms.html",
        challenge=challenge,
        title=title_of(challenge),
        signed=[name for number, name in names.items() if number in signed],
        teams={number: name for number, name in names.items() if number not in signed},
    )


def find(key: str) -> Challenge:
    """The challenge of an address, as far as the reader may see it."""
    return queries.get(door.db(), key, seen_by=door.actor())


def _readiness(challenge: Challenge) -> list[tuple[str, int, int, str]]:
    """The answers to the four questions: what was asked, the level, the highest, the level's word.

    What was not answered is left out.
    """
    answers = {need: challenge.readiness.get(need) for need in NEEDS}
    return [
        (str(NEEDS[need]), level, READY, str(LEVELS[level]))
        for need, level in answers.items()
        if level is not None
    ]


def _back(key: str) -> Answer:
    target = local_path(request.values.get("next"))
    return redirect(target or url_for(".detail", key=key))
