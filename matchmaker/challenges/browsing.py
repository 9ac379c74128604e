"""The list of challenges: what narrows it, in which order it stands, and how many fall where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, true
from sqlalchemy.orm import (
    Session,
    aliased,
    contains_eager,
    defer,
    joinedload,
    selectinload,
    undefer,
)

from matchmaker.challenges import policy
from matchmaker.challenges.lifecycle import PUBLIC_STATES, ChallengeState
from matchmaker.challenges.models import Challenge, ChallengeKind, ChallengeTag, SavedChallenge
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call

Rows = Select[*tuple[Any, ...]]
MOST_EXPORTED = 5_000
SOON = timedelta(days=7)
TEXTS = (
    "background", "pain", "current_way", "wanted", "data_description", "data_access", "ip_wishes",
)  # fmt: skip


class Stage(StrEnum):
    """Where a public challenge stands for somebody who looks for work; derived, never stored."""

    OPEN = "open"
    UPCOMING = "upcoming"
    PAUSED = "paused"
    REVIEW = "review"
    DECIDED = "decided"


class Band(StrEnum):
    """A range of budgets in TWD; the upper end belongs to the next band."""

    UNDER_500K = "under_500k"
    TO_1M = "500k_1m"
    TO_2M = "1m_2m"
    FROM_2M = "from_2m"
    UNSTATED = "unstated"


class Closing(StrEnum):
    """How soon an open challenge closes."""

    WEEK = "week"
    MONTH = "month"


class Sort(StrEnum):
    """In which order the list stands."""

    CLOSING = "closing"
    NEWEST = "newest"
    BUDGET = "budget"


OF_OWNER = (Organization.ref, Organization.name, Organization.provenance)
OF_CALL = (Call.slug, Call.name, Call.program_id, Call.opens_at, Call.closes_at, Call.published_at)
NOT_LISTED = (  # columns that cost time to read and stand on no card
    Challenge.site, Challenge.use_cases, Challenge.deployment, Challenge.notices,
    Challenge.data_sensitivity, Challenge.terms_accepted_at, Challenge.submitted_at,
    Challenge.approved_at, Challenge.publish_at, Challenge.paused_at,
    Challenge.withdrawal_asked_at,
)  # fmt: skip
TAG_FACETS = ("domains", "technologies", "modalities")
BANDS: Mapping[Band, tuple[int | None, int | None]] = {
    Band.UNDER_500K: (None, 500_000),
    Band.TO_1M: (500_000, 1_000_000),
    Band.TO_2M: (1_000_000, 2_000_000),
    Band.FROM_2M: (2_000_000, None),
}
DECIDED = (
    ChallengeState.AWARDED,
    ChallengeState.NOT_AWARDED,
    ChallengeState.IN_POC,
    ChallengeState.COMPLETED,
)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; within one facet any choice fits, across facets all must.

    ``call`` is the slug of one call.
    """

    query: str = ""
    kinds: Sequence[ChallengeKind] = ()
    domains: Sequence[str] = ()
    technologies: Sequence[str] = ()
    modalities: Sequence[str] = ()
    stages: Sequence[Stage] = ()
    bands: Sequence[Band] = ()
    closing: Closing | None = None
    call: str = ""
    organization_id: int | None = None
    is_saved: bool = False
    is_public: bool = True

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out at all."""
        return replace(self, is_public=True) != Filters()


class Row(NamedTuple):
    """A challenge in the list, and whether the reader follows it."""

    challenge: Challenge
    is_saved: bool


@dataclass(frozen=True)
class Counts:
    """How many challenges there are, and under each choice of each facet.

    ``facets`` maps a facet to choice → count; a facet counts under all filters but its own.
    """

    total: int
    open: int
    closing_soon: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def listing(
    session: Session,
    filters: Filters | None = None,
    *,
    seen_by: Actor,
    now: datetime,
    sort: Sort = Sort.CLOSING,
    after: str | None = None,
    size: int = SIZE,
) -> Page[Row]:
    """A page of the challenges one may see, with owner, call and KPIs. Two statements.

    ``after`` is the key that the page before gave as ``older``; one that is none of ours begins
    at the start.
    """
    order = _ORDERS[sort](now)
    stmt = (
        _found(session, filters or Filters(), seen_by, now)
        .add_columns(_is_saved(seen_by), *order.keys)
        .options(
            joinedload(Challenge.organization).load_only(*OF_OWNER),
            contains_eager(Challenge.call).load_only(*OF_CALL),
            selectinload(Challenge.kpis),
            *(defer(column) for column in NOT_LISTED),
        )
        .order_by(*order.by)
        .limit(size + 1)
    )
    if place := _read_key(after, sort):
        stmt = stmt.where(order.behind(*place))
    rows = session.execute(stmt).all()
    older = _key(sort, rows[size - 1][2:]) if len(rows) > size else None
    return Page([Row(row[0], bool(row[1])) for row in rows[:size]], older=older)


def everything(
    session: Session,
    filters: Filters,
    *,
    seen_by: Actor,
    now: datetime,
    sort: Sort = Sort.CLOSING,
    most: int = MOST_EXPORTED,
) -> list[Challenge]:
    """All challenges of a filter with their public texts, for exports. Two statements."""
    stmt = (
        _found(session, filters, seen_by, now)
        .options(
            joinedload(Challenge.organization),
            contains_eager(Challenge.call),
            selectinload(Challenge.kpis),
            *(undefer(getattr(Challenge, name)) for name in TEXTS),
        )
        .order_by(*_ORDERS[sort](now).by)
        .limit(most)
    )
    return list(session.scalars(stmt))


def counts(session: Session, filters: Filters, *, seen_by: Actor, now: datetime) -> Counts:
    """How many there are, in all and under each choice. Two statements."""
    conditions = _conditions(filters, seen_by, now)
    everywhere = _everywhere(session, filters, seen_by)
    facets: dict[str, dict[str, int]] = defaultdict(dict)

    choices = _choices(now)
    all_of_them = and_(true(), *conditions.values())
    is_open = _stands(Stage.OPEN, now)
    sums = [
        func.count().filter(all_of_them),
        func.count().filter(all_of_them, is_open),
        func.count().filter(all_of_them, is_open, Challenge.closes_at <= now + SOON),
        *(
            func.count().filter(condition, *_others(conditions, facet))
            for facet, choice in choices.items()
            for condition in choice.values()
        ),
    ]
    found = iter(session.execute(_base(select(*sums)).where(*everywhere)).one())
    total, open_now, soon = next(found), next(found), next(found)
    for facet, choice in choices.items():
        facets[facet] = {name: next(found) for name in choice}

    for facet, term, many in session.execute(_tag_counts(conditions, everywhere)):
        facets[facet][term] = many
    return Counts(total, open_now, soon, dict(facets))


def _base(stmt: Rows) -> Rows:
    return stmt.select_from(Challenge).join(Call, Call.id == Challenge.call_id)


def _found(session: Session, filters: Filters, actor: Actor, now: datetime) -> Rows:
    return _base(select(Challenge)).where(
        *_everywhere(session, filters, actor), *_conditions(filters, actor, now).values()
    )


def _everywhere(session: Session, filters: Filters, actor: Actor) -> list[ColumnElement[bool]]:
    """What holds for the list whatever is chosen: who looks, and what is searched for."""
    held = [policy.visible_to(actor)]
    if filters.is_public:
        held.append(Challenge.state.in_(PUBLIC_STATES))
    if filters.call:
        held.append(Call.slug == filters.call)
    if filters.organization_id is not None:
        held.append(Challenge.organization_id == filters.organization_id)
    found = search.matching(session, "challenge", filters.query)
    if found is not None:
        held.append(Challenge.id.in_(found))
    return held


def _conditions(filters: Filters, actor: Actor, now: datetime) -> dict[str, ColumnElement[bool]]:
    """What each facet in use asks for."""
    choices = _choices(now)
    chosen: dict[str, Sequence[str]] = {
        "kind": filters.kinds,
        "stage": filters.stages,
        "budget": filters.bands,
        "closing": [filters.closing] if filters.closing else [],
    }
    held = {
        facet: or_(*(choices[facet][name] for name in names))
        for facet, names in chosen.items()
        if names
    }
    for kind in TAG_FACETS:
        terms: Sequence[str] = getattr(filters, kind)
        if terms:
            own = aliased(ChallengeTag)
            held[kind] = exists().where(
                own.challenge_id == Challenge.id, own.kind == kind, own.term.in_(terms)
            )
    if filters.is_saved:
        held["saved"] = _is_saved(actor)
    return held


def _others(conditions: Mapping[str, ColumnElement[bool]], facet: str) -> list[ColumnElement[bool]]:
    return [condition for name, condition in conditions.items() if name != facet]


def _choices(now: datetime) -> dict[str, dict[str, ColumnElement[bool]]]:
    """The choices of each facet that is no tag, with their conditions."""
    is_open = _stands(Stage.OPEN, now)
    return {
        "kind": {kind: Challenge.kind == kind for kind in ChallengeKind},
        "stage": {stage: _stands(stage, now) for stage in Stage},
        "budget": {band: _costs(band) for band in Band},
        "closing": {
            Closing.WEEK: and_(is_open, Challenge.closes_at <= now + SOON),
            Closing.MONTH: and_(is_open, Challenge.closes_at <= now + timedelta(days=30)),
        },
    }


def _stands(stage: Stage, now: datetime) -> ColumnElement[bool]:
    """The condition that a public challenge stands at ``stage``, as ``Challenge.window`` has it."""
    published = Challenge.state == ChallengeState.PUBLISHED
    if stage is Stage.UPCOMING:
        return and_(published, Call.opens_at > now)
    if stage is Stage.OPEN:
        return and_(published, Call.opens_at <= now, Challenge.closes_at > now)
    if stage is Stage.PAUSED:
        return Challenge.state == ChallengeState.PAUSED
    if stage is Stage.DECIDED:
        return Challenge.state.in_(DECIDED)
    late = and_(published, Call.opens_at <= now, Challenge.closes_at <= now)
    return or_(late, Challenge.state == ChallengeState.EVALUATING)


def _costs(band: Band) -> ColumnElement[bool]:
    if band is Band.UNSTATED:
        return Challenge.budget_twd.is_(None)
    low, high = BANDS[band]
    ends = [] if low is None else [Challenge.budget_twd >= low]
    return and_(*ends, *([] if high is None else [Challenge.budget_twd < high]))


def _tag_counts(
    conditions: Mapping[str, ColumnElement[bool]], everywhere: Sequence[ColumnElement[bool]]
) -> Rows:
    """How many challenges carry each term, each list under all filters but its own."""
    own = or_(*(and_(ChallengeTag.kind == kind, *_others(conditions, kind)) for kind in TAG_FACETS))
    return (
        _base(select(ChallengeTag.kind, ChallengeTag.term, func.count()))
        .join(ChallengeTag, ChallengeTag.challenge_id == Challenge.id)
        .where(*everywhere, own)
        .group_by(ChallengeTag.kind, ChallengeTag.term)
    )


def _is_saved(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        SavedChallenge.challenge_id == Challenge.id, SavedChallenge.user_id == (actor.user_id or 0)
    )


class Order(NamedTuple):
    """An order of the list: its sort keys, their directions, and the rows behind a place."""

    keys: Any
    by: Any
    behind: Any


def _by_closing(now: datetime) -> Order:
    """What can still be answered, soonest first; then what is over, latest first."""
    is_over = case(
        (and_(Challenge.state.in_(policy.SEALED), Challenge.closes_at > now), 0), else_=1
    )
    running = case((is_over == 0, Challenge.closes_at))
    over = case((is_over == 1, Challenge.closes_at))

    def behind(bucket: int, at: datetime, number: int) -> ColumnElement[bool]:
        same = and_(is_over == bucket, Challenge.closes_at == at, Challenge.id > number)
        if bucket:
            return or_(and_(is_over == 1, Challenge.closes_at < at), same)
        return or_(is_over == 1, and_(is_over == 0, Challenge.closes_at > at), same)

    keys = (is_over, Challenge.closes_at, Challenge.id)
    return Order(keys, (is_over, running, over.desc(), Challenge.id), behind)


def _by_age(_now: datetime) -> Order:
    """Published last, first."""
    since = func.coalesce(Challenge.published_at, Challenge.created_at)

    def behind(_zero: int, at: datetime, number: int) -> ColumnElement[bool]:
        return or_(since < at, and_(since == at, Challenge.id < number))

    keys = (literal(0), since, Challenge.id)
    return Order(keys, (since.desc(), Challenge.id.desc()), behind)


def _by_budget(_now: datetime) -> Order:
    """The largest budget first; what states none stands last."""
    amount = func.coalesce(Challenge.budget_twd, -1)

    def behind(twd: int, _at: datetime, number: int) -> ColumnElement[bool]:
        return or_(amount < twd, and_(amount == twd, Challenge.id < number))

    return Order(
        (amount, Challenge.created_at, Challenge.id), (amount.desc(), Challenge.id.desc()), behind
    )


_ORDERS = {Sort.CLOSING: _by_closing, Sort.NEWEST: _by_age, Sort.BUDGET: _by_budget}


def _key(sort: Sort, values: Sequence[Any]) -> str:
    first, at, number = values
    return f"{sort}.{first}.{at:%Y%m%dT%H%M%S%f}.{number}"


def _read_key(text: str | None, sort: Sort) -> tuple[int, datetime, int] | None:
    """The place that a key stands for; None when it is none of ours, or of another order."""
    parts = (text or "").split(".")
    if len(parts) != 4 or parts[0] != sort:
        return None
    try:
        at = datetime.strptime(parts[2], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        place = int(parts[1]), at, int(parts[3])
    except ValueError:
        return None
    return place if abs(place[0]) < 2**53 and abs(place[2]) < 2**31 else None
