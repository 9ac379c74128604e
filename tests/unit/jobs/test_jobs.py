"""Background work: the row is the truth, the queue only wakes a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.config import Settings
from matchmaker.jobs import chores, queue, worker
from matchmaker.kernel import clock
from matchmaker.kernel.i18n import Lang
from matchmaker.learning import service as learning
from matchmaker.matching import execution, queries, service
from matchmaker.matching.lifecycle import CandidacyState, ModelState, RunState
from matchmaker.matching.models import RankingModel, RecommendationRun
from matchmaker.notifications import outbox
from tests.conftest import NOON


@pytest.fixture
def laptop(tmp_path, real):
    """Settings of an installation whose database is the real one."""
    return Settings(
        MATCHMAKER_HOME=tmp_path,
        MATCHMAKER_ENV="laptop",
        database_url=real.engine.url.render_as_string(),
    )


@pytest.fixture
def desk(monkeypatch):
    """The requests' desk, put back afterwards."""
    for name in ("settings", "database", "jobs"):
        monkeypatch.setattr(queue.Desk, name, None)


def request(stage, database):
    with database.transaction() as session:
        run = service.request_run(
            session, stage.call, service.Parameters(), actor=stage.actor(stage.pm), now=clock.now()
        )
        return run.id


def state_of(database, run_id):
    with database.reading() as session:
        return session.get_one(RecommendationRun, run_id).state


def test_a_run_that_was_asked_for_is_computed_at_once_in_tests(stage, real, settings, desk):
    queue.connect(settings, real)

    run_id = request(stage, real)

    assert state_of(real, run_id) is RunState.COMPLETED


def test_a_run_is_announced_only_when_it_is_stored(stage, real, settings, desk):
    queue.connect(settings, real)
    announced = []
    queue.jobs().compute = announced.append  # type: ignore[union-attr]

    with real.session(writes=True) as session:
        service.request_run(
            session, stage.call, service.Parameters(), actor=stage.actor(stage.pm), now=NOON
        )
        assert announced == []
        session.rollback()
    assert announced == []
    run_id = request(stage, real)

    assert announced == [run_id]


def test_a_broken_queue_does_not_fail_the_request(stage, real, settings, desk):
    queue.connect(settings, real)

    def broken(_run_id):
        raise OSError("disk full")

    queue.jobs().compute = broken  # type: ignore[union-attr]

    assert state_of(real, request(stage, real)) is RunState.REQUESTED


def test_a_run_whose_job_was_lost_is_found_within_a_minute(stage, real, settings, desk):
    run_id = request(stage, real)
    assert state_of(real, run_id) is RunState.REQUESTED

    worker.minute(queue.Jobs(settings, real))

    assert state_of(real, run_id) is RunState.COMPLETED


def test_one_broken_chore_does_not_keep_the_others_from_being_done(stage, real, monkeypatch):
    done = []

    def broken(_session, _now):
        raise RuntimeError("out of order")

    monkeypatch.setattr(
        chores, "CHORES", {"first": broken, "second": lambda _session, now: done.append(now)}
    )

    assert chores.every_minute(real, now=NOON) == ["first"]
    assert done == [NOON]


def test_a_worker_counts_as_alive_for_two_and_a_half_minutes(real):
    chores.beat(real, now=NOON)

    with real.reading() as session:
        assert queries.has_worker(session, NOON + timedelta(seconds=149)) is True
        assert queries.has_worker(session, NOON + timedelta(seconds=150)) is False


def test_a_worker_that_leaves_is_not_counted_any_more(real):
    chores.beat(real, now=NOON)
    chores.leave(real)

    with real.reading() as session:
        assert queries.worker_seen_at(session) is None


def test_invitations_expire_by_the_clock(stage, real):
    from matchmaker.matching import invitations

    actor = stage.actor(stage.pm)
    queued = invitations.queue(stage.session, stage.pair(), version=0, actor=actor, now=NOON)
    invitations.release(stage.session, stage.call, [queued.public_id], actor=actor, now=NOON)
    stage.session.commit()

    chores.every_minute(real, now=NOON + timedelta(days=13))
    stage.session.expire_all()
    assert queued.state is CandidacyState.INVITED
    stage.session.commit()
    chores.every_minute(real, now=NOON + timedelta(days=14))
    stage.session.expire_all()

    assert queued.state is CandidacyState.EXPIRED


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_but_time(stage, real, laptop):
    """A worker is killed in the middle of a run; the sweep ends it and a new run succeeds."""
    run_id = request(stage, real)
    # the worker holds still inside the computation, so that it is certainly killed in its middle
    program = (
        "import time, matchmaker.matching.computing as c\n"
        "c.compute = lambda *a, **k: time.sleep(600)\n"
        "from matchmaker.config import Settings\n"
        "from matchmaker.jobs import worker\n"
        "worker.main(Settings())\n"
    )
    environment = os.environ | {
        "MATCHMAKER_HOME": str(laptop.instance_dir), "DATABASE_URL": laptop.database_url
    }  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        assert wait_for(lambda: state_of(real, run_id) is RunState.RUNNING)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    with real.transaction() as session:
        assert execution.sweep(session, now=clock.now()) == 0
    with real.transaction() as session:
        assert execution.sweep(session, now=clock.now() + timedelta(minutes=3)) == 1
    assert state_of(real, run_id) is RunState.FAILED

    again = request(stage, real)
    healthy = subprocess.Popen([sys.executable, "-m", "matchmaker.jobs"], env=environment)
    try:
        assert wait_for(lambda: state_of(real, again) is RunState.COMPLETED)
    finally:
        healthy.terminate()
        healthy.wait(timeout=10)


def wait_for(condition, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_challenge_closes_by_the_clock(stage, real):
    challenge = stage.pair().challenge
    closes = challenge.closes_at

    chores.every_minute(real, now=closes - timedelta(seconds=1))
    stage.session.expire_all()
    before = challenge.state
    stage.session.commit()
    chores.every_minute(real, now=closes)
    stage.session.expire_all()

    assert (before, challenge.state) == (ChallengeState.PUBLISHED, ChallengeState.EVALUATING)


def test_mail_waits_without_a_server_and_a_file_nobody_wants_goes_after_a_day(real, laptop):
    to = outbox.Recipient("somebody@example.org", Lang.EN)
    with real.transaction() as session:
        outbox.add(session, "test", "Subject", "Body", to=to, unique_key="one", now=NOON)
    laptop.uploads.mkdir()
    (laptop.uploads / "left-behind").write_bytes(b"x")
    os.utime(laptop.uploads / "left-behind", (NOON.timestamp(), NOON.timestamp()))

    delivered = chores.deliver_mail(real, laptop, now=NOON)

    assert delivered.sent == delivered.refused == 0
    assert chores.forget_files(real, laptop, now=NOON + timedelta(hours=23)) == 0
    assert chores.forget_files(real, laptop, now=NOON + timedelta(hours=25)) == 1


def test_a_model_that_was_asked_for_is_trained_at_once_in_tests(stage, real, settings, desk):
    queue.connect(settings, real)

    with real.transaction() as session:
        asked = learning.request_training(
            session, stage.call.program_id, actor=stage.actor(stage.pm), now=clock.now()
        )

    with real.reading() as session:
        assert session.get_one(RankingModel, asked.id).state is ModelState.REJECTED


def test_a_worker_finds_a_training_whose_job_was_lost(stage, real, laptop):
    with real.transaction() as session:
        asked = learning.request_training(
            session, stage.call.program_id, actor=stage.actor(stage.pm), now=clock.now()
        )
    trained = []

    class Waiting(queue.Jobs):
        def train(self, model_id):
            trained.append(model_id)

    worker.minute(Waiting(laptop, real))

    assert trained == [asked.id]


def test_a_model_of_another_method_is_taken_out_of_use_within_a_minute(stage, real):
    with real.transaction() as session:
        session.add(
            RankingModel(
                number=1, program_id=stage.call.program_id, state=ModelState.ACTIVE,
                requested_at=NOON, code_version="text 0",
            )
        )  # fmt: skip

    failed = chores.every_minute(real, now=clock.now())

    with real.reading() as session:
        assert queries.active_model(session, stage.call.program_id) is None
    assert failed == []
