"""A programme for measuring: as much as asked for, and the same each time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matchmaker.audit.models import AuditEntry
from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge, TargetKpi
from matchmaker.cli.migrate import metadata
from matchmaker.demo import scale
from matchmaker.kernel import search
from matchmaker.kernel.actor import PUBLIC, Role, Scope
from matchmaker.kernel.database import Database
from matchmaker.organizations.models import Organization
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.teams.models import PastProject, Team, TeamMember
from tests.conftest import NOON

SIZE = 50
KINDS = (Organization, Challenge, TargetKpi, Team, PastProject, TeamMember, Proposal,
         ProposalVersion, search.SearchEntry)  # fmt: skip


@pytest.fixture
def filled(session):
    return scale.fill(session, SIZE, now=NOON)


def content(url):
    """Every row of what was made, as plain values, in a database of its own."""
    database = Database(url)
    metadata().create_all(database.engine)
    with database.transaction() as session:
        scale.fill(session, SIZE, now=NOON)
    with database.reading() as session:
        rows = {
            kind.__tablename__: [tuple(row) for row in session.execute(select(kind.__table__))]
            for kind in KINDS
        }
    database.close()
    return rows


def count(session, kind, *conditions):
    return session.scalar(select(func.count(kind.id)).where(*conditions))


def test_counts_are_as_asked_for(session, filled):
    assert count(session, Challenge) == SIZE
    assert count(session, Proposal) == 2 * SIZE
    assert count(session, Team) == SIZE // 2


def test_two_fillings_are_identical(tmp_path):
    assert content(f"sqlite:///{tmp_path / 'one.db'}") == content(
        f"sqlite:///{tmp_path / 'two.db'}"
    )


def test_another_size_is_another_content(session, filled):
    scale.fill(session, 2 * SIZE, now=NOON)

    ids = session.scalars(select(Challenge.public_id)).all()
    assert len(ids) == len(set(ids)) == 3 * SIZE


def test_states_and_texts_are_spread(session, filled):
    states = set(session.scalars(select(Challenge.state)))
    titles = {title.en for title in session.scalars(select(Challenge.title))}

    assert {"draft", "submitted", "published", "evaluating"} <= states
    assert len(titles) > SIZE * 0.9
    assert len(set(session.scalars(select(Proposal.state)))) >= 4


def test_what_was_made_is_found_and_listed(session, filled):
    challenge = session.scalars(select(Challenge).where(Challenge.ref.is_not(None))).first()
    ids = search.matching(session, "challenge", challenge.title.zh_TW)

    assert challenge.id in set(session.scalars(ids))
    page = challenges.listing(
        session, challenges.Filters(), seen_by=PUBLIC, now=NOON, sort=challenges.Sort.NEWEST
    )
    assert page.rows


@pytest.mark.parametrize("role", [Role.PM, Role.OWNER_LEAD, Role.TEAM_LEAD])
@pytest.mark.parametrize("path", ["/", "/challenges", "/teams", "/proposals", "/programs"])
def test_the_pages_of_people_stand_over_it(session, filled, people, browse_as, role, path):
    scopes = {
        Role.PM: (Scope.PROGRAM, filled.program.id),
        Role.OWNER_LEAD: (Scope.ORGANIZATION, filled.owner_id),
        Role.TEAM_LEAD: (Scope.TEAM, filled.team_id),
    }
    user = people.user("", (role, *scopes[role]))

    assert browse_as(user).get(path).status_code in {200, 404 if path == "/programs" else 200}


def test_filling_twice_changes_nothing(session, filled):
    entries = count(session, AuditEntry)

    again = scale.fill(session, SIZE, now=NOON)

    assert again == filled
    assert count(session, Challenge) == SIZE
    assert count(session, AuditEntry) == entries


def test_every_handed_in_proposal_is_sealed(session, filled):
    handed_in = session.scalars(
        select(ProposalVersion).join(Proposal).where(Proposal.submitted_at.is_not(None))
    ).all()

    assert len(handed_in) == count(session, Proposal, Proposal.submitted_at.is_not(None)) > 0


def test_too_few_are_refused(session):
    with pytest.raises(ValueError, match="at least"):
        scale.fill(session, 3, now=NOON)
