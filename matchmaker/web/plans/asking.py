"""Asking for a plan: the form, what stands in it at first, and what was sent."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.i18n import Message, msg, translate
from matchmaker.kernel.permissions import require
from matchmaker.matching import queries as matching
from matchmaker.matching.lifecycle import RUN_WORDS
from matchmaker.matching.models import RecommendationRun
from matchmaker.plans import queries, repairs, service
from matchmaker.plans.lifecycle import CHANGEABLE, OBJECTIVE_WORDS, Objective, Places
from matchmaker.plans.models import Plan
from matchmaker.plans.numbers import Numbers, Span
from matchmaker.plans.repairs import Repair
from matchmaker.plans.service import Asked
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team
from matchmaker.web import door, languages
from matchmaker.web.matching.asking import maybe
from matchmaker.web.matching.board import chosen_call
from matchmaker.web.plans import showing
from matchmaker.web.plans.blueprint import bp, open_plan, sight
from matchmaker.web.plans.forms import SPARE, PlanForm, plan_form

# pairs that are solved within the request that asks for them: well below a second even where
# teams are scarce; fairness searches for whole numbers, which can take long
AT_ONCE = {Objective.TOTAL: 20_000, Objective.FAIR: 400}


@dataclass(frozen=True)
class Desk:
    """What the form is about: a call with its runs, the base, and what it changes in it."""

    call: Call
    runs: Sequence[RecommendationRun]
    run: RecommendationRun
    base: Plan | None
    repair: Repair | None
    numbers: Numbers
    challenges: Sequence[Challenge]
    teams: Sequence[Team]


@bp.route("/matching/plans/new", methods=["GET", "POST"])
@login_required
def new() -> Response | tuple[str, int] | str:
    """Ask for a plan, from nothing or as a change of an earlier one."""
    actor = door.actor()
    if not actor.holds(Role.PM):
        require(actor, "plan.request", 0)
    calls = matching.calls(door.db(), actor.scopes(Role.PM))
    base = _base()
    call = base.call if base else chosen_call(calls, request.values.get("call", ""), door.now())
    runs = queries.runs_with_scores(door.db(), call.id) if call else []
    if call is None or not runs:
        return render_template("plans/no_scores.html", call=call, calls=calls)
    desk = _desk(call, runs, base)
    form = plan_form(desk.challenges, len(desk.teams))
    _offer(form, desk)
    if form.validate_on_submit():
        try:
            plan = _ask(form, desk)
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect(url_for(".plan", plan_id=plan.public_id))
    return render_template(
        "plans/new.html", form=form, desk=desk, call=call, calls=calls, spare=SPARE,
        wanted={each.id: each.k_poc for each in desk.challenges},
        rows=range(len(desk.teams) + SPARE),
        has_own=bool(desk.numbers.challenges or desk.numbers.teams),
        repair_words=showing.repair_words(desk.repair, sight()) if desk.repair else None,
        wishes=len(queries.wishes(door.db(), base.id)) if base else 0,
    ), form.status  # fmt: skip


def _base() -> Plan | None:
    """The plan to change, if the address names one.

    Raises:
        NotFound: nothing can be made from it.
    """
    name = request.values.get("base", "")
    if not name:
        return None
    base = open_plan(name)
    require(door.actor(), "plan.request", base.program_id)
    if base.state not in CHANGEABLE:
        raise NotFound
    return base


def _desk(call: Call, runs: Sequence[RecommendationRun], base: Plan | None) -> Desk:
    by_number = {run.number: run for run in runs}
    asked = request.values.get("run", "")
    preferred = base.run if base and base.run in runs else runs[0]
    run = by_number.get(int(asked)) if asked.isdecimal() and len(asked) < 9 else None
    run = run or preferred
    challenges = queries.challenges_of_run(door.db(), run.id, seen_by=door.actor())
    numbers, repair = Numbers(), None
    if base is not None:
        numbers = Numbers.from_json(base.numbers, base.objective)
        repair = repairs.numbered(base, maybe("repair"), sight(), challenges)
    if repair is not None:
        numbers = repairs.mended(numbers, repair)
    shown = [key for key in numbers.teams if sight().sees_team(key)]
    teams = queries.teams_by_id(door.db(), shown) if shown else []
    return Desk(call, runs, run, base, repair, numbers, challenges, teams)


def _offer(form: PlanForm, desk: Desk) -> None:
    """The choices of the form and, at first, what stands in it."""
    lang = languages.current()
    form.run.choices = [
        (
            str(run.number),
            _("Run #%(number)s", number=run.number)
            + " · "
            + translate(RUN_WORDS[run.state].staff, lang),
        )
        for run in desk.runs
    ]
    form.objective.choices = [
        (each.value, translate(word, lang)) for each, word in OBJECTIVE_WORDS.items()
    ]
    form.places.choices = [
        (Places.WANTED.value, _("As many as it wants PoCs")),
        (Places.SAME.value, _("The same number everywhere")),
    ]
    if form.is_submitted():
        return
    numbers = desk.numbers
    form.run.data, form.objective.data = str(desk.run.number), numbers.objective.value
    form.places.data = numbers.places.value
    form.least.data, form.most.data = numbers.least, numbers.most
    form.capacity.data = numbers.capacity
    for key, (least, most) in numbers.challenges.items():
        if f"least_{key}" in form:
            form[f"least_{key}"].data, form[f"most_{key}"].data = least, most
    for place, team in enumerate(desk.teams):
        form[f"team_{place}"].data = team.ref
        form[f"room_{place}"].data = numbers.teams[team.id]


def _ask(form: PlanForm, desk: Desk) -> Plan:
    """Ask for the plan; solve it at once where that takes no time.

    Raises:
        Invalid: the entries cannot all be meant.
    """
    run = next(each for each in desk.runs if str(each.number) == form.run.data)
    numbers = Numbers(
        Objective(form.objective.data),
        Places(form.places.data),
        form.least.data or 0,
        form.most.data if form.most.data is not None else desk.numbers.most,
        _spans(form, desk),
        form.capacity.data or 0,
        _rooms(form, desk),
    )
    plan = service.request(
        door.db(), Asked(run, numbers, desk.base), actor=door.actor(), now=door.now()
    )
    if run.pairs_total <= AT_ONCE[numbers.objective]:
        # the solver is loaded where it works, not in every web process
        importlib.import_module("matchmaker.plans.execution").solve_within(
            door.db(), plan, now=door.now()
        )
    return plan


def _spans(form: PlanForm, desk: Desk) -> dict[int, Span]:
    """The numbers of single challenges; those that the reader does not see stay as they were.

    Raises:
        Invalid: at the field where one of two numbers is missing or smaller than the other.
    """
    shown = {challenge.id for challenge in desk.challenges}
    spans = {key: span for key, span in desk.numbers.challenges.items() if key not in shown}
    wrong: dict[str, Message] = {}
    for key in shown:
        least, most = form[f"least_{key}"].data, form[f"most_{key}"].data
        if least is None and most is None:
            continue
        if least is None or most is None:
            wrong[f"{'least' if least is None else 'most'}_{key}"] = msg("Give both numbers.")
        elif least > most:
            wrong[f"most_{key}"] = msg("The most must not be smaller than the least.")
        else:
            spans[key] = (least, most)
    if wrong:
        raise Invalid(wrong)
    return spans


def _rooms(form: PlanForm, desk: Desk) -> dict[int, int]:
    """The room of single teams.

    Raises:
        Invalid: at the row of a team that does not exist, stands there twice or has no number.
    """
    shown = {team.id for team in desk.teams}
    rooms = {key: room for key, room in desk.numbers.teams.items() if key not in shown}
    rows = [
        (place, (form[f"team_{place}"].data or "").upper(), form[f"room_{place}"].data)
        for place in range(len(desk.teams) + SPARE)
    ]
    found = queries.teams_named(door.db(), {ref for _place, ref, _room in rows if ref})
    wrong: dict[str, Message] = {}
    for place, ref, room in rows:
        if not ref:
            if room is not None:
                wrong[f"team_{place}"] = msg("Say which team this number is for.")
        elif ref not in found:
            wrong[f"team_{place}"] = msg("There is no team %(ref)s.", ref=ref)
        elif room is None:
            wrong[f"room_{place}"] = msg("Say how many challenges this team may take.")
        elif found[ref].id in rooms:
            wrong[f"team_{place}"] = msg("This team stands here twice.")
        else:
            rooms[found[ref].id] = room
    if wrong:
        raise Invalid(wrong)
    return rooms
