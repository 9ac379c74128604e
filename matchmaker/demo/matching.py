"""Runs of the demo's calls and what people made of them: wishes, pins, invitations, answers."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.demo.plan import CALLS, SEED, STAR_CHALLENGE, STAR_TEAM, CallKey
from matchmaker.demo.problems import Problems
from matchmaker.demo.programme import Stage, at
from matchmaker.demo.proposals import Writer
from matchmaker.demo.timeline import Script
from matchmaker.kernel.actor import Actor, Role
from matchmaker.learning import service as learning
from matchmaker.learning import training
from matchmaker.matching import candidacies, execution, invitations, service
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import (
    CANDIDACY,
    CandidacyState,
    DismissReason,
    RunState,
    Side,
)
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun
from matchmaker.matching.policy import Pair
from matchmaker.programs.models import Call

WISHED, PUT_ASIDE, ACCEPTED, DECLINED = 0.45, 0.12, 0.5, 0.7
CLOSED = next(plan for plan in CALLS if plan.key is CallKey.CLOSED)
WAITING_FOR_RELEASE = 3
REFUSALS = (DismissReason.NO_CAPACITY, DismissReason.WRONG_TECHNOLOGY)


@dataclass(frozen=True)
class Scene:
    """Everybody who decides about pairs."""

    session: Session
    stage: Stage
    problems: Problems
    writers: dict[str, Writer]
    now: datetime

    def day(self, days: int, hour: int = 10) -> datetime:
        """A full hour, so many days from the day of loading."""
        return at(self.now, days, hour=hour)

    def owner_of(self, challenge: Challenge) -> Actor:
        """Who leads the organisation that posted a challenge."""
        return next(
            lead
            for lead in self.problems.leads.values()
            if lead.holds(Role.OWNER_LEAD, challenge.organization_id)
        )

    def lead_of(self, team_id: int) -> Actor:
        """Who leads a team."""
        return next(each.lead for each in self.writers.values() if each.team.id == team_id)


def scripts(scene: Scene) -> list[Script]:
    """The office's work in the closed and in the open call, and everybody's answers."""
    return [_closed_call(scene), _open_call(scene), _star(scene), _learning(scene)]


def _learning(scene: Scene) -> Script:
    """The office tries what can be learnt from the decisions so far; they are too few to use."""
    when, manager = scene.day(-1, hour=17), scene.stage.manager
    yield when
    program_id = scene.stage.calls[CallKey.OPEN].program_id
    model = learning.request_training(scene.session, program_id, actor=manager, now=when)
    training.train_within(scene.session, model, now=when)


def _closed_call(scene: Scene) -> Script:
    """One run, one wave of invitations; who did not answer let them expire."""
    chance = random.Random(SEED + 2)  # noqa: S311 - a demo, not a secret
    call, start = scene.stage.calls[CallKey.CLOSED], CLOSED.opens
    run = yield from _run(scene, call, start + 1, publish=True)
    yield from _wishes(scene, run, scene.day(start + 3), chance)
    yield from _release(scene, call, scene.day(start + 6))
    yield from _answers(scene, call, scene.day(start + 9), chance)
    over = scene.day(start + 6, hour=10) + invitations.ANSWER_WITHIN + timedelta(minutes=1)
    yield over
    invitations.expire_due(scene.session, now=over)


def _open_call(scene: Scene) -> Script:
    """A published run with decisions on it, and a newer one that waits to be published."""
    chance = random.Random(SEED + 3)  # noqa: S311 - a demo, not a secret
    call = scene.stage.calls[CallKey.OPEN]
    run = yield from _run(scene, call, -12, publish=True)
    yield from _wishes(scene, run, scene.day(-11), chance)
    yield from _release(scene, call, scene.day(-10))
    yield from _answers(scene, call, scene.day(-8), chance)
    yield from _judge(scene, run, scene.day(-6), chance)
    yield from _release(scene, call, scene.day(-4))
    yield scene.day(-1, hour=15)
    free = [pair for pair in _best(scene, run, 4) if _may(scene, pair, "invite")]
    for pair in free[:WAITING_FOR_RELEASE]:
        _queue(scene, pair, scene.day(-1, hour=15))
    yield from _run(scene, call, -1, publish=False)


def _star(scene: Scene) -> Script:
    """The pair of the demo accounts: wished for, then invited with the second wave."""
    when = scene.day(-7)
    yield when
    pair = Pair(scene.problems.posted[STAR_CHALLENGE], scene.writers[STAR_TEAM].team)
    owner = scene.owner_of(pair.challenge)
    candidacies.shortlist(scene.session, pair, version=_version(scene, pair), actor=owner, now=when)
    yield when + timedelta(days=1)
    _queue(scene, pair, when + timedelta(days=1))


def _run(
    scene: Scene, call: Call, days: int, *, publish: bool
) -> Generator[datetime, None, RecommendationRun]:
    """Have the pairs computed; returns the run."""
    when, manager = scene.day(days, hour=16), scene.stage.manager
    yield when
    run = service.request_run(
        scene.session, call, service.Parameters(seed=SEED), actor=manager, now=when
    )
    state = execution.compute_within(scene.session, run, now=when)
    if state is not RunState.COMPLETED:
        raise RuntimeError(f"the demo's run ended as {state}")
    if publish:
        yield when + timedelta(minutes=40)
        service.publish_run(scene.session, run, actor=manager, now=when + timedelta(minutes=40))
    return run


def _wishes(scene: Scene, run: RecommendationRun, when: datetime, chance: random.Random) -> Script:
    """Owners wish for one of their first three teams, or put one aside; the office follows."""
    yield when
    for pair in _best(scene, run, 3):
        owner, drawn = scene.owner_of(pair.challenge), chance.random()
        if drawn < WISHED / 2:
            candidacies.shortlist(
                scene.session, pair, version=_version(scene, pair), actor=owner, now=when
            )
            _queue(scene, pair, when + timedelta(hours=1))
        elif drawn > 1 - PUT_ASIDE / 2 and not _is(scene, pair, CandidacyState.CONVERTED):
            _put_aside(scene, pair, Side.OWNER, DismissReason.NO_EXPERIENCE, owner, when)


def _judge(scene: Scene, run: RecommendationRun, when: datetime, chance: random.Random) -> Script:
    """The office pins, puts aside and gathers invitations; some teams come forward themselves."""
    yield when
    manager = scene.stage.manager
    for pair in _best(scene, run, 2):
        drawn = chance.random()
        if drawn < 0.1 and _may(scene, pair, "pin"):
            candidacies.pin(
                scene.session, pair, version=_version(scene, pair), actor=manager, now=when
            )
        elif drawn < 0.16 and _may(scene, pair, "dismiss"):
            _put_aside(scene, pair, Side.PM, DismissReason.WRONG_DOMAIN, manager, when)
        elif drawn < 0.36:
            _queue(scene, pair, when)
        elif drawn < 0.44 and _may(scene, pair, "show_interest"):
            candidacies.show_interest(
                scene.session, pair, actor=scene.lead_of(pair.team.id), now=when
            )


def _release(scene: Scene, call: Call, when: datetime) -> Script:
    yield when
    waiting = invitations.waiting(scene.session, call.id)
    invitations.release(
        scene.session, call, {each.public_id for each in waiting}, actor=scene.stage.manager,
        now=when,
    )  # fmt: skip


def _answers(scene: Scene, call: Call, when: datetime, chance: random.Random) -> Script:
    """Half of the invited teams come, some decline, the others stay silent."""
    yield when
    stmt = (
        select(Candidacy)
        .join(Candidacy.challenge)
        .where(Challenge.call_id == call.id, Candidacy.state == CandidacyState.INVITED)
        .order_by(Candidacy.id)
    )
    for candidacy in scene.session.scalars(stmt).all():
        lead, drawn = scene.lead_of(candidacy.team_id), chance.random()
        if drawn < ACCEPTED:
            invitations.accept(scene.session, candidacy, actor=lead, now=when)
        elif drawn < DECLINED:
            why = Refused(chance.choice(REFUSALS), "同一時段已有兩案在執行。")
            invitations.decline(scene.session, candidacy, why, actor=lead, now=when)


def _best(scene: Scene, run: RecommendationRun, most: int) -> list[Pair]:
    """The first pairs of each public challenge of a run, but not those of the demo accounts."""
    star = scene.writers[STAR_TEAM].team.id
    stmt = (
        select(Recommendation)
        .where(Recommendation.run_id == run.id, Recommendation.rank <= most)
        .order_by(Recommendation.challenge_id, Recommendation.rank)
    )
    return [
        Pair(row.challenge, row.team)
        for row in scene.session.scalars(stmt)
        if row.challenge.is_public and row.team_id != star
    ]


def _queue(scene: Scene, pair: Pair, when: datetime) -> None:
    """Gather an invitation, where one is possible."""
    found = candidacies.find(scene.session, pair)
    if found is not None and found.queued_at is not None:
        return
    if _may(scene, pair, "invite") and pair.challenge.window(when).value == "open":
        invitations.queue(
            scene.session, pair, version=found.version if found else 0,
            actor=scene.stage.manager, now=when,
        )  # fmt: skip


def _put_aside(
    scene: Scene, pair: Pair, side: Side, reason: DismissReason, actor: Actor, when: datetime
) -> None:
    candidacies.dismiss(
        scene.session, pair, Refused(reason), side=side, version=_version(scene, pair),
        actor=actor, now=when,
    )  # fmt: skip


def _version(scene: Scene, pair: Pair) -> int:
    found = candidacies.find(scene.session, pair)
    return found.version if found else 0


def _may(scene: Scene, pair: Pair, verb: str) -> bool:
    found = candidacies.find(scene.session, pair)
    state = found.state if found else CandidacyState.SUGGESTED
    return CANDIDACY.allows(state, verb)


def _is(scene: Scene, pair: Pair, state: CandidacyState) -> bool:
    found = candidacies.find(scene.session, pair)
    return found is not None and found.state is state
