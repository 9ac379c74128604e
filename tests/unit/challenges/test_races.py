"""Two people at the same moment, on a database of its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from matchmaker.accounts import queries as accounts
from matchmaker.accounts.models import User
from matchmaker.challenges import queries, service
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.database import Base, Database
from matchmaker.kernel.errors import Refusal
from tests.factories import People
from tests.factories.challenges import Challenges

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
S = ChallengeState


@pytest.fixture
def shared(engine_url):  # type: ignore[no-untyped-def]
    """A database that several threads write to."""
    database = Database(engine_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


def at_once(*jobs):  # type: ignore[no-untyped-def]
    """Run jobs in threads that start together."""
    gate = threading.Barrier(len(jobs))

    def run(job):  # type: ignore[no-untyped-def]
        gate.wait()
        job()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


def test_references_given_at_the_same_moment_differ(shared):
    with shared.session(writes=True) as session:
        makers = Challenges(People(session, NOW))
        ids = [makers.make(S.APPROVED, publish_at=NOW).id for _ in range(6)]

    def publisher(number):  # type: ignore[no-untyped-def]
        def job() -> None:
            with shared.transaction() as own:
                challenge = queries.of_id(own, number)
                service.publish(own, challenge, actor=SYSTEM, now=NOW)

        return job

    at_once(*(publisher(number) for number in ids))

    with shared.reading() as session:
        refs = list(session.scalars(select(Challenge.ref).order_by(Challenge.ref)))
    assert refs == [f"CH-26-00{n}" for n in range(1, 7)]


def test_of_two_decisions_at_the_same_moment_one_counts(shared):
    with shared.session(writes=True) as session:
        makers = Challenges(People(session, NOW))
        number = makers.make(S.SUBMITTED).id
        manager = makers.pm_user.id
    refused: list[str] = []

    def decider(decide):  # type: ignore[no-untyped-def]
        def job() -> None:
            try:
                with shared.transaction() as own:
                    actor = accounts.actor_of(own, own.get_one(User, manager))
                    decide(own, queries.of_id(own, number), actor)
            except Refusal as refusal:
                refused.append(str(refusal))

        return job

    at_once(
        decider(lambda s, c, who: service.approve(s, c, actor=who, now=NOW)),
        decider(lambda s, c, who: service.reject(s, c, "No", actor=who, now=NOW)),
    )

    with shared.reading() as session:
        challenge = session.get_one(Challenge, number)
        told = [entry.action for entry in queries.history(session, challenge)]
    assert refused == ["This is not possible any more: the state has changed. Reload the page."]
    assert told[1:] == ["challenge.submit", "challenge.create"]
    assert (
        told[0].removeprefix("challenge.")
        == {"approved": "approve", "rejected": "reject"}[challenge.state]
    )
