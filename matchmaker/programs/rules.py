"""Who may take part in a call and what is asked of them: parameters with their sentences.

A call stores its rules as plain JSON under the names of :class:`CallRules`, and its documents as a
list of :class:`ChecklistItem`. Other rooms read them through ``CallRules.of(call.rules)`` and
``checklist_of(call.checklist)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized

MOST_PEOPLE = 50
MOST_PROPOSALS = 20
MOST_YEARS = 10
MOST_DOCUMENTS = 20


@dataclass(frozen=True)
class CallRules:
    """The parameters of the eligibility rules of one call; None and False mean no such rule.

    Attributes:
        team_min, team_max: people in a team that hands a proposal in.
        proposals_per_team: how many challenges one team may answer.
        one_team_per_person: nobody stands in two teams of the call.
        one_category_per_applicant: an applicant answers industry or social challenges, not both.
        sister_calls: slugs of calls; who takes part in one of them cannot take part in this one.
        breach_years: no breach of contract with a public programme within so many years.
        own_share_percent: share of the PoC cost that the applicant bears, 1–90.
    """

    team_min: int | None = 2
    team_max: int | None = 10
    proposals_per_team: int | None = None
    one_team_per_person: bool = True
    one_category_per_applicant: bool = False
    sister_calls: tuple[str, ...] = ()
    breach_years: int | None = None
    own_share_percent: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> CallRules:
        """The rules as they were stored; a call that never named a rule does not have it."""
        stored = stored or {}
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in stored.items() if name in names}
        known["sister_calls"] = tuple(known.get("sister_calls") or ())
        return cls(**{**NO_RULES, **known})

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return {**asdict(self), "sister_calls": list(self.sister_calls)}


NO_RULES: Mapping[str, Any] = {
    "team_min": None,
    "team_max": None,
    "one_team_per_person": False,
}
RANGES: Mapping[str, tuple[int, int]] = {
    "team_min": (1, MOST_PEOPLE),
    "team_max": (1, MOST_PEOPLE),
    "proposals_per_team": (1, MOST_PROPOSALS),
    "breach_years": (1, MOST_YEARS),
    "own_share_percent": (1, 90),
}


def problems(rules: CallRules) -> dict[str, Message]:
    """What is wrong with the parameters, by name; empty when all is in order."""
    found: dict[str, Message] = {}
    for name, (low, high) in RANGES.items():
        value = getattr(rules, name)
        if value is not None and not low <= value <= high:
            found[name] = msg(
                "Give a number between %(low)s and %(high)s.", low=str(low), high=str(high)
            )
    if not found and rules.team_min and rules.team_max and rules.team_min > rules.team_max:
        found["team_max"] = msg("The largest team cannot be smaller than the smallest one.")
    return found


def sentences(rules: CallRules) -> list[Message]:
    """The rules in words, for the page of the call.

    ``sister_calls`` are said as they stand: a page puts the names in place of the slugs first.
    """
    said = _team_size(rules)
    if rules.one_team_per_person:
        said.append(msg("Nobody may stand in two teams of this call."))
    if rules.proposals_per_team == 1:
        said.append(msg("A team hands in one proposal."))
    elif rules.proposals_per_team:
        said.append(msg("A team hands in up to %(n)s proposals.", n=str(rules.proposals_per_team)))
    if rules.one_category_per_applicant:
        said.append(msg("An applicant answers either industry or social problems, not both."))
    said += [
        msg("Who takes part in “%(call)s” cannot take part here.", call=name)
        for name in rules.sister_calls
    ]
    if rules.breach_years == 1:
        said.append(msg("No breach of contract with a public programme within the last year."))
    elif rules.breach_years:
        said.append(
            msg(
                "No breach of contract with a public programme within the last %(n)s years.",
                n=str(rules.breach_years),
            )
        )
    if rules.own_share_percent:
        said.append(
            msg(
                "The applicant bears at least %(percent)s%% of the cost of the PoC.",
                percent=str(rules.own_share_percent),
            )
        )
    return said


def _team_size(rules: CallRules) -> list[Message]:
    low, high = rules.team_min, rules.team_max
    if low and high and low == high:
        return [msg("A team has exactly %(n)s people.", n=str(low))]
    if low and high:
        return [msg("A team has %(low)s to %(high)s people.", low=str(low), high=str(high))]
    if low:
        return [msg("A team has at least %(n)s people.", n=str(low))]
    return [msg("A team has at most %(n)s people.", n=str(high))] if high else []


@dataclass(frozen=True)
class ChecklistItem:
    """One document or declaration that a proposal comes with. ``id`` never changes."""

    id: str
    label: Localized
    is_required: bool = True

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return {"id": self.id, "label": self.label.to_json(), "required": self.is_required}


def checklist_of(stored: Sequence[Mapping[str, Any]] | None) -> list[ChecklistItem]:
    """The documents that a call asks for, in their order."""
    return [
        ChecklistItem(item["id"], Localized.from_json(item["label"]), item.get("required", True))
        for item in stored or []
    ]
