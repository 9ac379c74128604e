"""The one blueprint that all pages of challenges belong to, and the words they share."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.challenges.lifecycle import WORDS, ChallengeState
from matchmaker.challenges.models import Better, Challenge, ChallengeKind, Sensitivity, TargetKpi
from matchmaker.challenges.policy import OWNERS
from matchmaker.kernel import formats
from matchmaker.kernel.actor import Role
from matchmaker.kernel.i18n import Message
from matchmaker.programs.models import WINDOW_WORDS, Window
from matchmaker.web import door, languages

bp = Blueprint("challenges", __name__)

KINDS = {
    ChallengeKind.INDUSTRY: _l("Industry problem"),
    ChallengeKind.SOCIAL: _l("Social problem"),
}
SENSITIVITIES = {
    Sensitivity.NONE: _l("Open: may be passed on"),
    Sensitivity.INTERNAL: _l("Internal: for the project only"),
    Sensitivity.PERSONAL: _l("Personal data"),
    Sensitivity.SPECIAL: _l("Special personal data (health, criminal records)"),
}
BETTER = {
    Better.HIGHER: _l("Higher is better"),
    Better.LOWER: _l("Lower is better"),
}
NEEDS = {
    "budget": _l("Budget"),
    "data": _l("Data"),
    "talent": _l("Staff time"),
    "tools": _l("Tools and site"),
}
LEVELS = (_l("nothing yet"), _l("first steps"), _l("mostly there"), _l("ready"))
PERCENT, RATIO, COUNT = "%", "ratio", "count"
UNITS = {
    "min": _l("minutes"),
    "h": _l("hours"),
    "s": _l("seconds"),
    "day": _l("days"),
    "point": _l("points"),
    "TWD": _l("NT$"),
}
TONES = {"quiet": "neutral"}
LIST_WORDS = {
    "domains": _l("Industry or field"),
    "technologies": _l("Technology"),
    "modalities": _l("Kind of data"),
    "use_cases": _l("Use"),
    "deployment": _l("Where it will run"),
}


def measured(value: float | None, unit: str) -> str:
    """A value with its unit; shares as percent; nothing when there is no value."""
    if value is None:
        return ""
    lang = languages.current()
    if unit == RATIO:
        return formats.percent(value, lang, decimals=2)
    number = formats.number(value, lang)
    if unit == COUNT:
        return number
    return _("%(number)s %(unit)s", number=number, unit=UNITS.get(unit, unit))


def goal(challenge: Challenge) -> str:
    """The first target in one line: from where to where."""
    first = next((kpi for kpi in challenge.kpis if kpi.target is not None), None)
    if first is None:
        return ""
    return goal_of(first)


def goal_of(kpi: TargetKpi) -> str:
    """One target in a line."""
    name = kpi.name.best(languages.current())[0]
    target = measured(kpi.target, kpi.unit)
    if kpi.baseline is None:
        return _("%(name)s: target %(target)s", name=name, target=target)
    baseline = measured(kpi.baseline, kpi.unit)
    return _(
        "%(name)s: from %(baseline)s to %(target)s", name=name, baseline=baseline, target=target
    )


def title_of(challenge: Challenge) -> str:
    """The title in the reader's language; a word for one that has none yet."""
    return challenge.title.best(languages.current())[0] or _("Untitled problem")


def public_state(challenge: Challenge) -> tuple[Message, str]:
    """Where a challenge stands, in the words for everybody, and the tone of the tag."""
    if challenge.state is ChallengeState.PUBLISHED:
        words = WINDOW_WORDS[challenge.window(door.now())]
        if challenge.window(door.now()) is Window.CLOSED:
            words = WORDS[ChallengeState.EVALUATING]
        return words.public, TONES.get(words.tone, words.tone)
    words = WORDS[challenge.state]
    return words.public, TONES.get(words.tone, words.tone)


def staff_state(challenge: Challenge) -> tuple[Message, str]:
    """Where a challenge stands, in the words of owner and office."""
    words = WORDS[challenge.state]
    if challenge.state is ChallengeState.PUBLISHED:
        tone = public_state(challenge)[1]
        return WINDOW_WORDS[challenge.window(door.now())].staff, tone
    return words.staff, TONES.get(words.tone, words.tone)


def is_insider(challenge: Challenge) -> bool:
    """Whether the reader belongs to the owner or to staff, and so reads the words of staff."""
    actor = door.actor()
    return (
        actor.holds_any(OWNERS, challenge.organization_id)
        or actor.holds(Role.PM, challenge.call.program_id)
        or actor.holds(Role.AUDITOR)
    )


def shown_state(challenge: Challenge) -> tuple[Message, str]:
    """Where a challenge stands, in the words that fit the reader."""
    return staff_state(challenge) if is_insider(challenge) else public_state(challenge)


@bp.record_once
def _install(state) -> None:  # type: ignore[no-untyped-def]
    """Let templates, those of other rooms too, speak of challenges in the same words."""
    state.app.jinja_env.globals.update(
        challenge_state=shown_state,
        challenge_public_state=public_state,
        challenge_title=title_of,
        challenge_goal=goal,
    )
    state.app.jinja_env.filters.update(
        measured=measured,
        challenge_kind=lambda kind: str(KINDS[kind]),
        sensitivity=lambda value: str(SENSITIVITIES[value]) if value else "",
        better_word=lambda value: str(BETTER[value]),
    )
