"""The rules of a call held against one team and one challenge, each with its own sentence.

What the answers of other teams do to a rule is told without naming those teams, since nobody may
learn who else takes part before a call is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.programs.models import Call
from matchmaker.programs.rules import CallRules
from matchmaker.proposals.lifecycle import GONE, ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.teams.models import Team, TeamMember

_S = ProposalState
OUT_OF_THE_RUNNING = GONE | {_S.INELIGIBLE, _S.DECLINED}
STANDS = and_(
    Proposal.submitted_at.is_not(None),
    Proposal.state.not_in({_S.DRAFT, *OUT_OF_THE_RUNNING}),
    or_(Proposal.state != _S.NOT_SELECTED, Proposal.released_at.is_(None)),
)


@dataclass(frozen=True)
class Check:
    """One rule and whether the team meets it; ``is_met`` None is for the team to declare.

    ``at_start`` rules stop a team from beginning at all, the others from handing in.
    """

    sentence: Message
    is_met: bool | None
    detail: Message | None = None
    at_start: bool = False


def checks(session: Session, challenge: Challenge, team: Team) -> list[Check]:
    """Every rule of the challenge's call against the team. Up to four statements."""
    rules = CallRules.of(challenge.call.rules)
    standing = _standing(session, challenge, team)
    return [
        _independent(challenge, team),
        *_team_size(rules, [m for m in team.members if m.left_on is None]),
        *_people(session, rules, challenge, team),
        *_number(rules, standing.in_call),
        _capacity(team, standing.in_call),
        *_category(rules, standing.of_other_kind),
        *_sisters(session, rules, standing.sisters),
        *_declarations(rules),
    ]


def unmet(found: Collection[Check], *, at_start: bool = False) -> list[Check]:
    """The rules that stop a team from handing in, or already from beginning."""
    return [check for check in found if check.is_met is False and (check.at_start or not at_start)]


@dataclass(frozen=True)
class _Standing:
    """What the team and its organisation have handed in elsewhere."""

    in_call: int
    of_other_kind: int
    sisters: frozenset[str]


def _standing(session: Session, challenge: Challenge, team: Team) -> _Standing:
    """One statement: the other proposals that stand, of the team or its organisation."""
    stmt = (
        select(Proposal.team_id, Challenge.call_id, Challenge.kind, Call.slug)
        .join(Proposal.challenge)
        .join(Challenge.call)
        .join(Proposal.team)
        .where(STANDS, _same_applicant(team), Proposal.challenge_id != challenge.id)
    )
    rows = list(session.execute(stmt))
    here = [row for row in rows if row.call_id == challenge.call_id]
    return _Standing(
        in_call=sum(row.team_id == team.id for row in here),
        of_other_kind=sum(row.kind is not challenge.kind for row in here),
        sisters=frozenset(row.slug for row in rows),
    )


def _same_applicant(team: Team) -> ColumnElement[bool]:
    own = Team.id == team.id
    if team.organization_id is None:
        return own
    return or_(own, Team.organization_id == team.organization_id)


def _independent(challenge: Challenge, team: Team) -> Check:
    return Check(
        msg("The team does not belong to the organisation that posts the problem."),
        team.organization_id is None or team.organization_id != challenge.organization_id,
        at_start=True,
    )


def _team_size(rules: CallRules, members: Collection[TeamMember]) -> Iterator[Check]:
    low, high = rules.team_min, rules.team_max
    if low is None and high is None:
        return
    number = len(members)
    yield Check(
        _size_in_words(low or 1, high),
        (low or 0) <= number and (high is None or number <= high),
        msg("It has %(n)s now.", n=str(number)),
    )


def _size_in_words(low: int, high: int | None) -> Message:
    if high is None:
        return msg("A team has at least %(n)s people.", n=str(low))
    if low == high:
        return msg("A team has exactly %(n)s people.", n=str(low))
    return msg("A team has %(low)s to %(high)s people.", low=str(low), high=str(high))


def _people(
    session: Session, rules: CallRules, challenge: Challenge, team: Team
) -> Iterator[Check]:
    if not rules.one_team_per_person:
        return
    busy = list(session.scalars(_people_elsewhere(challenge, team)))
    names = Localized(zh_TW="、".join(busy), en=", ".join(busy))
    yield Check(
        msg("Nobody may stand in two teams of this call."),
        not busy,
        msg("Also in another team of this call: %(names)s", names=names) if busy else None,
    )


def _people_elsewhere(challenge: Challenge, team: Team) -> Select[str]:
    """Names of the team's people who are in another team that handed in to the same call."""
    rivals = (
        select(TeamMember.user_id)
        .join(Proposal, Proposal.team_id == TeamMember.team_id)
        .join(Proposal.challenge)
        .where(
            Challenge.call_id == challenge.call_id,
            TeamMember.team_id != team.id,
            TeamMember.left_on.is_(None),
            TeamMember.user_id.is_not(None),
            STANDS,
        )
    )
    return (
        select(TeamMember.name)
        .where(
            TeamMember.team_id == team.id,
            TeamMember.left_on.is_(None),
            TeamMember.user_id.in_(rivals),
        )
        .order_by(TeamMember.id)
    )


def _number(rules: CallRules, in_call: int) -> Iterator[Check]:
    most = rules.proposals_per_team
    if most is not None:
        yield Check(
            msg("A team hands in one proposal.")
            if most == 1
            else msg("A team hands in up to %(n)s proposals.", n=str(most)),
            in_call < most,
            _handed_in(in_call),
        )


def _capacity(team: Team, in_call: int) -> Check:
    if team.capacity is None:
        return Check(msg("The team has not said how many PoCs it can run at a time."), True)
    return Check(
        msg(
            "The team has a free place. PoCs that it can run at a time: %(n)s", n=str(team.capacity)
        ),
        in_call < team.capacity,
        _handed_in(in_call),
    )


def _handed_in(number: int) -> Message:
    return msg("Other proposals handed in to this call: %(n)s", n=str(number))


def _category(rules: CallRules, of_other_kind: int) -> Iterator[Check]:
    if rules.one_category_per_applicant:
        yield Check(
            msg("An applicant answers either industry or social problems, not both."),
            of_other_kind == 0,
            at_start=True,
        )


def _sisters(session: Session, rules: CallRules, taken: frozenset[str]) -> Iterator[Check]:
    """One statement where the call excludes others."""
    if not rules.sister_calls:
        return
    stmt = select(Call.slug, Call.name).where(Call.slug.in_(rules.sister_calls)).order_by(Call.id)
    for slug, name in session.execute(stmt):
        yield Check(
            msg("Who takes part in “%(call)s” cannot take part here.", call=name),
            slug not in taken,
            at_start=True,
        )


def _declarations(rules: CallRules) -> Iterator[Check]:
    if rules.breach_years == 1:
        yield Check(
            msg("No breach of contract with a public programme within the last year."), None
        )
    elif rules.breach_years:
        yield Check(
            msg(
                "No breach of contract with a public programme within the last %(n)s years.",
                n=str(rules.breach_years),
            ),
            None,
        )
