"""Stored recommendations as templates want them: parts that add up, reasons with quotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from matchmaker import taxonomy
from matchmaker.kernel.i18n import Lang, Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.matching.lifecycle import CANDIDACY_WORDS, OBSTACLE_WORDS, Obstacle
from matchmaker.matching.models import Candidacy, Recommendation
from matchmaker.matching.why import LIFTS
from matchmaker.web import languages

PARTS = {
    "text": _l("Same words"),
    "bridge": _l("Same words in translation"),
    "meaning": _l("Like meaning"),
    "taxonomy": _l("Field and use"),
    "capability": _l("Technologies and data"),
    "evidence": _l("Evidence"),
    "feedback": _l("Earlier decisions"),
}
FIELDS = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "background": _l("Background"),
    "pain": _l("Pain"),
    "current_way": _l("Current way of working"),
    "wanted": _l("Wanted result and KPIs"),
    "site": _l("Site"),
    "data": _l("Data"),
    "name": _l("Name"),
    "profile": _l("What the team solves"),
    "body": _l("Certificates"),
    "projects": _l("Past project"),
    "domains": _l("Domains"),
    "technologies": _l("Technologies"),
    "modalities": _l("Kinds of data"),
    "use_cases": _l("Use cases"),
    "deployment": _l("Deployment"),
}
TONES = {"quiet": "neutral"}
SECRET = ("feedback", "pinned")  # what others decided: for staff alone


@dataclass(frozen=True)
class Shown:
    """One recommendation, ready for a template."""

    score: float
    level: str
    parts: list[tuple[str, float]]
    reasons: list[dict[str, Any]]
    counter: list[dict[str, Any]]
    is_explained: bool
    about: About | None = None


class About(NamedTuple):
    """Of 100 pairs with such a score, about how many were accepted; from so many decisions."""

    accepted: int
    decisions: int


def about(fit: Mapping[str, Any] | None, score: float) -> About | None:
    """What the decisions so far say of a score; None where too few lie near it.

    Args:
        fit: what a run keeps of its scores and the decisions (see ``matching.fitting``).
    """
    if not fit or "table" not in fit:
        return None
    rate = fit["table"][min(100, max(0, int(score * 100)))]
    return None if rate is None else About(round(100 * rate), fit["decisions"])


def recommendation(
    row: Recommendation,
    *,
    for_staff: bool,
    most: int | None = None,
    quotes: int = 1,
    fit: Mapping[str, Any] | None = None,
) -> Shown:
    """A recommendation with its strongest reasons, each with ``quotes`` from both sides.

    ``fit`` is what its run keeps of scores and decisions, where the reader is to see that.
    """
    reasons = [r for r in row.reasons if for_staff or not r["code"].startswith(SECRET)]
    return Shown(
        score=row.score,
        level=row.band or "unknown",
        parts=parts(row.parts, row.score),
        reasons=_said_once([_reason(each, quotes) for each in _varied(reasons)[:most]]),
        counter=[
            {"kind": "against", "sentence": said(each["says"]), "quotes": []}
            for each in row.counter
        ],
        is_explained=row.is_explained,
        about=about(fit, row.score),
    )


def parts(values: Mapping[str, float], score: float, *, places: int = 2) -> list[tuple[str, float]]:
    """The parts by name, rounded so that what is shown adds up to the score as shown.

    The rounding that is left over goes to the parts that lost most by it.
    """
    known = {name: values[name] for name in PARTS if name in values}
    if not known.get("feedback"):
        known.pop("feedback", None)
    unit = 10**places
    whole = {name: int(value * unit // 1) for name, value in known.items()}
    left = round(score * unit) - sum(whole.values())
    order = sorted(known, key=lambda name: whole[name] - known[name] * unit)
    for name in order[: max(0, left)]:
        whole[name] += 1
    return [(str(PARTS[name]), whole[name] / unit) for name in known]


def combined(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    """Two sets of fields as one; a filter of templates."""
    return {**first, **second}


def said(says: Mapping[str, str]) -> str:
    """A stored sentence in the reader's language."""
    return Localized.from_json(dict(says)).best(languages.current())[0]


def obstacle(code: str | None) -> Message | None:
    """Why a pair is held back, for staff."""
    return OBSTACLE_WORDS[Obstacle(code)] if code else None


def lift(code: str | None) -> Message | None:
    """What would lift the rule that holds a pair back, for staff."""
    return LIFTS[Obstacle(code)] if code else None


def state_of(candidacy: Candidacy | None, *, for_staff: bool) -> dict[str, object] | None:
    """The state of a pair as a tag; None where nothing was decided that this reader may know."""
    if candidacy is None:
        return None
    words = CANDIDACY_WORDS[candidacy.state]
    word = words.staff if for_staff else words.public
    if word == msg("Suggested"):
        return None
    return {"word": word, "tone": TONES.get(words.tone, words.tone)}


def _varied(reasons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The strongest reason of each part first, so that three reasons say three things.

    What people decided comes last: it says nothing about the two texts.
    """
    reasons = sorted(reasons, key=lambda reason: reason["part"] == "feedback")
    first: list[Mapping[str, Any]] = []
    rest: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    for reason in reasons:
        (rest if reason["part"] in seen else first).append(reason)
        seen.add(reason["part"])
    return first + rest


def _said_once(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reasons, without quotations whose marks an earlier reason showed already."""
    marked: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for reason in reasons:
        is_new = False
        for quote in reason["quotes"]:
            known = marked.setdefault((quote["side"], quote["text"]), [])
            is_new = is_new or not all(_is_met(span, known) for span in quote["spans"])
            known += quote["spans"]
        reason["quotes"] = reason["quotes"] if is_new else []
    return reasons


def _is_met(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _reason(reason: Mapping[str, Any], quotes: int) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    for side in ("challenge", "team") if any(e["lang"] for e in reason["evidence"]) else ():
        own = [each for each in reason["evidence"] if each["side"] == side]
        shown += _quotes(own)[:quotes]
    return {
        "kind": "for",
        "word": str(PARTS.get(reason["part"], "")),
        "sentence": said(reason["says"]),
        "quotes": shown,
    }


def _quotes(evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Quotations of one side; places in the same sentence become marks in one quotation."""
    lang, found = languages.current(), dict[tuple[str, str], dict[str, Any]]()
    for each in evidence:
        if not each["lang"]:
            label = taxonomy.label(each["field"], each["quote"]).best(lang)[0]
            found.setdefault((each["field"], label), _quote(each, label, [(0, len(label))], None))
            continue
        key = (each["field"], each["context"])
        quote = found.setdefault(key, _quote(each, each["context"], [], each["lang"]))
        quote["spans"].append((each["start"], each["end"]))
    return list(found.values())


def _quote(
    each: Mapping[str, Any], text: str, spans: list[tuple[int, int]], lang: str | None
) -> dict[str, Any]:
    root = each["field"].partition(".")[0].partition("[")[0]
    return {
        "text": text,
        "spans": spans,
        "side": "demand" if each["side"] == "challenge" else "supply",
        "source": str(FIELDS.get(root, root)),
        "url": None,
        "lang": Lang(lang).tag if lang and Lang(lang) is not languages.current() else None,
    }
