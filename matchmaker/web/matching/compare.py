"""Two runs of one call beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.permissions import can
from matchmaker.matching import comparison, queries
from matchmaker.matching.comparison import Read
from matchmaker.matching.lifecycle import RUN_WORDS
from matchmaker.matching.models import RecommendationRun
from matchmaker.web import door, languages
from matchmaker.web.matching import showing
from matchmaker.web.matching.asking import maybe
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import chosen_call, readable_programs


@bp.get("/matching/compare")
@login_required
def compare() -> str:
    """What a newer run changed against an older one: for whom, and why it may be."""
    calls = queries.calls(door.db(), readable_programs(door.actor()))
    call = chosen_call(calls, request.args.get("call", ""), door.now())
    runs = comparison.with_rows(door.db(), call.id) if call else []
    before, after = _two(runs)
    shifts = (
        comparison.shifts(door.db(), before, after, seen_by=door.actor())
        if before and after
        else []
    )
    return render_template(
        "matching/compare.html",
        call=call,
        may_compute=call is not None
        and bool(can(door.actor(), "recommendation_run.request", call.program_id)),
        runs=runs,
        words=RUN_WORDS,
        before=before,
        after=after,
        rows=_rows(before, after) if before and after else [],
        causes=_causes(before, after) if before and after else [],
        shifts=[shift for shift in shifts if shift.moved],
        same=sum(not shift.moved for shift in shifts),
    )


def _two(
    runs: Sequence[RecommendationRun],
) -> tuple[RecommendationRun | None, RecommendationRun | None]:
    """The older and the newer run: those asked for, else the last two."""
    by_number = {run.number: run for run in runs}
    after = by_number.get(maybe("after") or 0) or next(iter(runs), None)
    before = by_number.get(maybe("before") or 0)
    if before is None and after is not None:
        before = next((run for run in runs if run.number < after.number), None)
    return before, after


def _rows(before: RecommendationRun, after: RecommendationRun) -> list[tuple[str, list[str]]]:
    """Both runs in figures, line by line."""
    lang, two = languages.current(), (before, after)

    def figure(name: str, decimals: int = 0) -> list[str]:
        return [formats.number(run.outcome.get(name, 0), lang, decimals=decimals) for run in two]

    return [
        (_("State"), [translate(RUN_WORDS[run.state].staff, lang) for run in two]),
        (_("Ended"), [formats.instant(run.finished_at or run.requested_at, lang) for run in two]),
        (_("Challenges"), figure("challenges")),
        (_("Teams"), figure("teams")),
        (
            _("Places with a fitting team"),
            [
                _("%(covered)s of %(wanted)s", covered=run.outcome.get("covered", 0),
                  wanted=run.outcome.get("wanted", 0))
                for run in two
            ],
        ),
        (_("Challenges with too few fitting teams"), figure("gaps")),
        (_("Pairs held back for a conflict of interest"), figure("conflicts")),
        (_("Best score of the worst-off challenge"), figure("worst", 2)),
    ]  # fmt: skip


def _causes(before: RecommendationRun, after: RecommendationRun) -> list[str]:
    """What differs between what two runs read and were asked; empty if nothing does."""
    found = []
    challenges, teams = (comparison.read(before, after, kind) for kind in ("challenges", "teams"))
    if challenges.any:
        found.append(_("Challenges: %(changes)s", changes=_read(challenges)))
    if teams.any:
        found.append(_("Teams: %(changes)s", changes=_read(teams)))
    for name, word in showing.PARTS.items():
        if before.weights.get(name) != after.weights.get(name):
            found.append(
                _("Weight of “%(part)s”: %(before)s, then %(after)s", part=word,
                  before=_weight(before, name), after=_weight(after, name))
            )  # fmt: skip
    if before.seed != after.seed:
        found.append(_("Seed: %(before)s, then %(after)s", before=before.seed, after=after.seed))
    if before.code_version != after.code_version:
        found.append(
            _("Method: %(before)s, then %(after)s", before=before.code_version,
              after=after.code_version)
        )  # fmt: skip
    if not found and before.input_digest != after.input_digest:
        found.append(_("Decisions, conflicts of interest or the dates when teams are free."))
    return found


def _read(change: Read) -> str:
    words = (
        ngettext("%(num)s new", "%(num)s new", change.come) if change.come else "",
        ngettext("%(num)s changed", "%(num)s changed", change.changed) if change.changed else "",
        ngettext("%(num)s gone", "%(num)s gone", change.gone) if change.gone else "",
    )
    return formats.join([word for word in words if word], languages.current())


def _weight(run: RecommendationRun, name: str) -> str:
    value = run.weights.get(name)
    return _("as measured") if value is None else formats.number(value, languages.current())
