"""Every read of challenges."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import Select, case, func, literal, or_, select, text
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from matchmaker.audit import queries as audit
from matchmaker.audit.models import AuditEntry
from matchmaker.audit.service import CHAIN_LOCK
from matchmaker.challenges import policy
from matchmaker.challenges.browsing import (
    Band,
    Closing,
    Counts,
    Filters,
    Row,
    Sort,
    Stage,
    counts,
    everything,
    listing,
)
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge, SavedChallenge, TermsSignature
from matchmaker.challenges.policy import visible_to
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.pages import LONGEST_ID, SIZE, Page
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import HAN, search_tokens
from matchmaker.programs.models import Call

__all__ = [
    "Band",
    "Closing",
    "Counts",
    "Filters",
    "Row",
    "Sort",
    "Stage",
    "counts",
    "everything",
    "listing",
    "visible_to",
]

PREFIX = "CH"
TEXTS = (
    "background", "pain", "current_way", "wanted", "data_description", "data_access", "ip_wishes",
    "confidential",
)  # fmt: skip
FEWEST_SHARED = 2
FEW, COMMON_SHARE = 5, 10  # more than a tenth of all challenges is many, five never are
LATELY, FEWEST_TO_TELL = 50, 3
DAY = timedelta(days=1)
MOST_TOKENS = 12
SHORTEST_WORD = 4
S = ChallengeState
WORKING_ORDER = (
    S.SUBMITTED, S.APPROVED, S.CHANGES_REQUESTED, S.PAUSED, S.PUBLISHED, S.EVALUATING, S.DRAFT,
)  # fmt: skip


class StateCount(NamedTuple):
    """How many challenges are in a state."""

    state: ChallengeState
    many: int


def get(session: Session, key: str, *, seen_by: Actor) -> Challenge:
    """The challenge with this reference or public id, with all texts. Two statements.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        NotAllowed: the actor may know of it, but not read it.
    """
    found = session.scalar(_whole().where(_named(key)))
    if found is None:
        raise NotFound
    require(seen_by, "challenge.view", found)
    return found


def of_id(session: Session, challenge_id: int) -> Challenge:
    """The challenge with this internal number, for rooms that hold it. Two statements.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(_whole().where(Challenge.id == challenge_id))
    if found is None:
        raise NotFound
    return found


def of_ids(session: Session, ids: Collection[int]) -> list[Challenge]:
    """Challenges by internal number, with owner and call, oldest first. Two statements."""
    return list(session.scalars(_brief().where(Challenge.id.in_(ids)).order_by(Challenge.id)))


def lock(session: Session, challenge: Challenge) -> None:
    """Hold the row until the transaction ends, and see its state as it is now."""
    session.flush()
    session.refresh(challenge, ["state", "version", "closes_at"], with_for_update=True)


def next_reference(session: Session, now: datetime) -> str:
    """The next reference of the year in Taipei.

    One transaction at a time draws a number: SQLite writes alone anyhow, PostgreSQL takes the lock
    of the audit chain, which the verb needs next and which therefore cannot be waited for twice.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    year = f"{PREFIX}-{now.astimezone(TAIPEI):%y}-"
    last = session.scalar(
        select(Challenge.ref)
        .where(Challenge.ref.startswith(year, autoescape=True))
        .order_by(func.length(Challenge.ref).desc(), Challenge.ref.desc())
        .limit(1)
    )
    number = int(last.removeprefix(year)) if last else 0
    return reference(PREFIX, number + 1, now)


def due_to_publish(session: Session, now: datetime) -> list[Challenge]:
    """Approved challenges whose planned time of publication has come. Two statements."""
    stmt = _whole().where(Challenge.state == S.APPROVED, Challenge.publish_at <= now)
    return list(session.scalars(stmt.order_by(Challenge.publish_at, Challenge.id)))


def due_to_evaluate(session: Session, now: datetime) -> list[Challenge]:
    """Published challenges whose closing time has passed. Two statements."""
    stmt = _whole().where(Challenge.state == S.PUBLISHED, Challenge.closes_at <= now)
    return list(session.scalars(stmt.order_by(Challenge.closes_at, Challenge.id)))


def closing_with(session: Session, call_id: int, closes_at: datetime) -> list[Challenge]:
    """Challenges of a call that close when it does and are not closed yet. Two statements."""
    running = (S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED, S.PUBLISHED, S.PAUSED)
    stmt = _whole().where(
        Challenge.call_id == call_id,
        Challenge.closes_at == closes_at,
        Challenge.state.in_(running),
    )
    return list(session.scalars(stmt.order_by(Challenge.id)))


def of_organizations(session: Session, ids: Collection[int], *, seen_by: Actor) -> list[Challenge]:
    """Everything that organisations post, as far as the actor may see, newest first.

    Two statements.
    """
    stmt = _brief().where(Challenge.organization_id.in_(ids), visible_to(seen_by))
    return list(session.scalars(stmt.order_by(Challenge.id.desc())))


def queue(
    session: Session,
    program_ids: Collection[int],
    *,
    seen_by: Actor,
    state: ChallengeState | None = None,
    call_id: int | None = None,
    query: str = "",
    after: str | None = None,
    size: int = SIZE,
) -> Page[Challenge]:
    """The challenges of programmes, what waits for approval first. Two statements."""
    rank = case({s.value: i for i, s in enumerate(WORKING_ORDER)}, value=Challenge.state, else_=9)
    calls = select(Call.id).where(Call.program_id.in_(program_ids))
    stmt = (
        _brief()
        .add_columns(rank)
        .where(Challenge.call_id.in_(calls), visible_to(seen_by))
        .order_by(rank, Challenge.id)
        .limit(size + 1)
    )
    if state is not None:
        stmt = stmt.where(Challenge.state == state)
    if call_id is not None:
        stmt = stmt.where(Challenge.call_id == call_id)
    found = search.matching(session, "challenge", query)
    if found is not None:
        stmt = stmt.where(Challenge.id.in_(found))
    if place := _read_place(after):
        stmt = stmt.where(or_(rank > place[0], (rank == place[0]) & (Challenge.id > place[1])))
    rows = session.execute(stmt).all()
    older = f"{rows[size - 1][1]}.{rows[size - 1][0].id}" if len(rows) > size else None
    return Page([row[0] for row in rows[:size]], older=older)


def count_states(
    session: Session, program_ids: Collection[int], *, seen_by: Actor
) -> list[StateCount]:
    """How many challenges of programmes are in each state, in working order. One statement."""
    calls = select(Call.id).where(Call.program_id.in_(program_ids))
    rows = session.execute(
        select(Challenge.state, func.count())
        .where(Challenge.call_id.in_(calls), visible_to(seen_by))
        .group_by(Challenge.state)
    )
    many = {row[0]: row[1] for row in rows}
    order = [*WORKING_ORDER, *(state for state in S if state not in WORKING_ORDER)]
    return [StateCount(state, many[state]) for state in order if state in many]


def signed_teams(session: Session, call_id: int, team_ids: Collection[int]) -> frozenset[int]:
    """Those of the teams that signed the terms of a call. One statement; none without teams."""
    if not team_ids:
        return frozenset()
    stmt = select(TermsSignature.team_id).where(
        TermsSignature.call_id == call_id, TermsSignature.team_id.in_(team_ids)
    )
    return frozenset(session.scalars(stmt))


def gated(session: Session, challenge: Challenge, actor: Actor) -> policy.Gated:
    """The challenge with those of the actor's teams that signed its terms. One statement."""
    teams = actor.scopes(Role.TEAM_LEAD)
    return policy.Gated(challenge, signed_teams(session, challenge.call_id, teams))


def follows(session: Session, challenge: Challenge, actor: Actor) -> bool:
    """Whether the actor follows the challenge. One statement; none for visitors."""
    if actor.user_id is None:
        return False
    return session.get(SavedChallenge, (actor.user_id, challenge.id)) is not None


def followers(session: Session, challenge_id: int) -> list[int]:
    """Ids of the people who follow a challenge. One statement."""
    stmt = select(SavedChallenge.user_id).where(SavedChallenge.challenge_id == challenge_id)
    return list(session.scalars(stmt.order_by(SavedChallenge.user_id)))


def similar(
    session: Session, challenge: Challenge, *, seen_by: Actor, most: int = 5
) -> list[Challenge]:
    """Challenges that share telling words of the title, most shared first. Up to four statements.

    A word that many challenges hold tells nothing.
    """
    tokens = _telling(" ".join(filter(None, (challenge.title.zh_TW, challenge.title.en))))
    holders = _holders(session, tokens)
    too_many = max(FEW, (session.scalar(select(func.count(Challenge.id))) or 0) // COMMON_SHARE)
    shared = Counter(n for numbers in holders if len(numbers) <= too_many for n in numbers)
    shared.pop(challenge.id, None)
    near = [number for number, many in shared.most_common(100) if many >= FEWEST_SHARED]
    if not near:
        return []
    found = {
        each.id: each
        for each in session.scalars(_brief().where(Challenge.id.in_(near), visible_to(seen_by)))
    }
    return [found[number] for number in near if number in found][:most]


def history(session: Session, challenge: Challenge) -> list[AuditEntry]:
    """What happened to the challenge, newest first. One statement."""
    return audit.of_object(session, "challenge", challenge.id)


def usual_approval_days(session: Session, program_id: int) -> int | None:
    """The middle of how many days the office took lately; None when there are too few to tell.

    One statement.
    """
    calls = select(Call.id).where(Call.program_id == program_id)
    rows = session.execute(
        select(Challenge.submitted_at, Challenge.approved_at)
        .where(Challenge.call_id.in_(calls), Challenge.approved_at >= Challenge.submitted_at)
        .order_by(Challenge.approved_at.desc())
        .limit(LATELY)
    )
    days = [-((begun - done) // DAY) for begun, done in rows if begun and done]
    return round(median(days)) if len(days) >= FEWEST_TO_TELL else None


def _holders(session: Session, tokens: Sequence[str]) -> list[list[int]]:
    """For each token the ids of challenges that hold it. One statement; none without tokens."""
    parts = [search.matching(session, "challenge", token) for token in tokens]
    selects = [p.add_columns(literal(n)) for n, p in enumerate(parts) if p is not None]
    if not selects:
        return []
    holders: list[list[int]] = [[] for _token in tokens]
    for number, place in session.execute(selects[0].union_all(*selects[1:])):
        holders[place].append(number)
    return holders


def _telling(title: str) -> list[str]:
    """Words of a title that say something: pairs of characters and words of some length."""
    tokens = dict.fromkeys(search_tokens(title))
    long_enough = [t for t in tokens if len(t) >= (2 if HAN.fullmatch(t) else SHORTEST_WORD)]
    return long_enough[:MOST_TOKENS]


def _named(key: str):  # type: ignore[no-untyped-def]
    """The condition that a challenge goes by this name, however it was typed."""
    spoken = unicodedata.normalize("NFKC", key).strip().upper()
    return or_(Challenge.ref == spoken, Challenge.public_id == key)


def _brief() -> Select[Challenge]:
    """Challenges as lists show them: with owner, call and KPIs."""
    return select(Challenge).options(
        joinedload(Challenge.organization),
        joinedload(Challenge.call),
        selectinload(Challenge.kpis),
    )


def _whole() -> Select[Challenge]:
    """Challenges as their pages show them: with all texts."""
    return _brief().options(*(undefer(getattr(Challenge, name)) for name in TEXTS))


def _read_place(after: str | None) -> tuple[int, int] | None:
    rank, _dot, number = (after or "").partition(".")
    if not (rank.isascii() and rank.isdigit() and number.isascii() and number.isdigit()):
        return None
    return (int(rank), int(number)) if max(len(rank), len(number)) < LONGEST_ID else None
