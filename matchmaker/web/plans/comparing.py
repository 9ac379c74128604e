"""A plan beside another one of the same call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import login_required

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import translate
from matchmaker.plans import comparison, queries
from matchmaker.plans.comparison import Comparison
from matchmaker.plans.lifecycle import OBJECTIVE_WORDS, PLAN_WORDS, SOLVED
from matchmaker.plans.models import Plan
from matchmaker.web import door, languages
from matchmaker.web.matching.asking import maybe
from matchmaker.web.plans.blueprint import bp, open_plan, sight


@bp.get("/matching/plans/<plan_id>/compare")
@login_required
def compare(plan_id: str) -> str:
    """What a plan changes against another one: its base, unless the address names another."""
    after = open_plan(plan_id)
    others = [each for each in queries.solved(door.db(), after.call_id) if each.id != after.id]
    before = _other(after, others) if after.state in SOLVED else None
    found = comparison.compare(door.db(), before, after, sight()) if before else None
    return render_template(
        "plans/compare.html",
        plan=after,
        before=before,
        others=others,
        words=PLAN_WORDS,
        found=found,
        rows=_rows(before, after, found) if before and found else [],
    )


def _other(after: Plan, others: Sequence[Plan]) -> Plan | None:
    """The plan to compare with: asked for, else the base, else the newest other one."""
    by_number = {each.number: each for each in others}
    base = next((each for each in others if each.id == after.base_id), None)
    return by_number.get(maybe("with") or 0) or base or next(iter(others), None)


def _rows(before: Plan, after: Plan, found: Comparison) -> list[tuple[str, list[str]]]:
    """Both plans in figures, line by line."""
    lang, two = languages.current(), (before, after)
    figures = (found.before, found.after)

    def figure(value: float | None, decimals: int = 0) -> str:
        return "–" if value is None else formats.number(value, lang, decimals=decimals)

    return [
        (_("State"), [translate(PLAN_WORDS[plan.state].staff, lang) for plan in two]),
        (_("Aim"), [translate(OBJECTIVE_WORDS[plan.objective], lang) for plan in two]),
        (_("Scores of"), [_("Run #%(number)s", number=_run(plan)) for plan in two]),
        (_("Total score"), [figure(each.total, 2) for each in figures]),
        (_("Worst-off challenge"), [_worst(each) for each in figures]),
        (
            _("Places filled"),
            [
                _("%(covered)s of %(wanted)s", covered=each.filled, wanted=each.places)
                for each in figures
            ],
        ),
        (_("Challenges without a team"), [figure(each.empty) for each in figures]),
        (_("Teams without a challenge"), [figure(each.none) for each in found.loads]),
        (
            _("Places held by the most exposed tenth of the teams"),
            [formats.percent(each.top_share, lang) for each in found.loads],
        ),
    ]


def _run(plan: Plan) -> int:
    return plan.run.number


def _worst(figures: Any) -> str:
    """What the worst-off challenge gets for each place."""
    if figures.worst is None:
        return "–"
    score = formats.number(figures.worst.score, languages.current(), decimals=2)
    return f"{score} · {figures.worst.challenge.ref or figures.worst.challenge.public_id}"
