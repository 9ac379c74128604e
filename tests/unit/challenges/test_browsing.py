"""The list: what is found, how it is ordered, and how many fall under each choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from matchmaker.challenges import queries, service
from matchmaker.challenges.browsing import Band, Closing, Filters, Sort, Stage
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge, ChallengeKind
from matchmaker.kernel.actor import PUBLIC
from matchmaker.taxonomy import with_descendants
from tests.factories.challenges import complete_content, retitled

S = ChallengeState
DAY = timedelta(days=1)


@pytest.fixture
def listed(challenges, session):  # type: ignore[no-untyped-def]
    """Ids of the list under some filters."""

    def ids(seen_by=PUBLIC, sort=Sort.CLOSING, **filters):  # type: ignore[no-untyped-def]
        page = queries.listing(
            session, Filters(**filters), seen_by=seen_by, now=challenges.now, sort=sort
        )
        return [row.challenge.id for row in page.rows]

    return ids


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("瑕疵", True), ("良率", True), ("率良", False), ("產線", True), ("片一", False),
        ("image", True), ("Images", True), ("labelling", True), ("CH-26-001", True),
        ("ch-26-001", True), ("ＣＨ－２６－００１", True), ("台中", True), ("臺中", True),
        ("glass supplier", False), ("panel 退貨", True), ("panel 退費", False), ("製造", True),
        ("'; --", True), ('"', True), ("NEAR(", False),
    ],
)  # fmt: skip
def test_words_are_found_in_either_language(challenges, listed, query, is_found):
    challenge = challenges.make(S.PUBLISHED)

    assert listed(query=query) == ([challenge.id] if is_found else [])


def test_an_edited_text_is_found_by_its_new_words_only(challenges, listed, session):
    challenge = challenges.make(S.CHANGES_REQUESTED)
    need = replace(complete_content().need, title_zh="木瓜熟度", wanted_zh="判斷木瓜")
    service.edit(
        session, challenge, need, version=challenge.version, actor=challenges.lead,
        now=challenges.now,
    )  # fmt: skip
    challenges._submit(challenge)
    challenges._approve(challenge)
    challenges._publish(challenge)

    assert (listed(query="木瓜"), listed(query="自動檢測")) == ([challenge.id], [])


def test_the_soonest_closing_comes_first_and_the_closed_last(challenges, listed, people, session):
    call = people.call()
    closes = call.closes_at
    late = challenges.make(S.PUBLISHED, call=call)
    soon = challenges.make(S.PUBLISHED, call=call, closes_at=closes - 5 * DAY)
    paused = challenges.make(S.PAUSED, call=call, closes_at=closes - 2 * DAY)
    long_closed = challenges.make(S.EVALUATING, call=call)
    just_closed = challenges.make(S.EVALUATING, call=call)
    long_closed.closes_at = challenges.now - 9 * DAY
    just_closed.closes_at = challenges.now - DAY
    session.flush()

    order = [soon.id, paused.id, late.id, just_closed.id, long_closed.id]
    assert listed() == order
    assert listed(stages=(Stage.OPEN,)) == [soon.id, late.id]
    assert listed(closing=Closing.WEEK) == []
    assert listed(sort=Sort.NEWEST) == sorted(order, reverse=True)


@pytest.mark.parametrize("sort", list(Sort))
def test_paging_shows_every_challenge_once_in_the_order_of_the_list(challenges, session, sort):
    budgets = [None, 300_000, 300_000, 2_000_000, 900_000, None, 0]
    for place, budget in enumerate(budgets):
        made = challenges.make(S.EVALUATING if place % 3 == 0 else S.PUBLISHED)
        made.budget_twd = budget
        made.closes_at = challenges.now + (place % 2 + 1 if place % 3 else -place - 1) * DAY
        made.published_at = challenges.now - (place % 3) * DAY
    session.flush()
    whole = queries.listing(session, seen_by=PUBLIC, now=challenges.now, sort=sort, size=50)

    pages, after = [], None
    while True:
        page = queries.listing(
            session, seen_by=PUBLIC, now=challenges.now, sort=sort, after=after, size=2
        )
        pages.append([row.challenge.id for row in page.rows])
        after = page.older
        if after is None:
            break

    assert sum(pages, []) == [row.challenge.id for row in whole.rows]
    assert [len(page) for page in pages] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    "key", ["", "x", "closing.0.x.1", "newest.0.20260101T000000000000.1", "closing.9.9.9.9",
            "closing." + "9" * 30 + ".20260101T000000000000.1",
            "closing.٣.20260101T000000000000.1"],
)  # fmt: skip
def test_a_key_of_nobody_begins_at_the_start(challenges, session, key):
    challenge = challenges.make(S.PUBLISHED)

    page = queries.listing(session, seen_by=PUBLIC, now=challenges.now, after=key)

    assert [row.challenge.id for row in page.rows] in ([challenge.id], [])


def test_a_wide_term_holds_the_narrow_ones(challenges, listed, session):
    narrow = complete_content()
    narrow = replace(narrow, data=replace(narrow.data, modalities=("endoscopy",)))
    inner = challenges.make(S.PUBLISHED, content=narrow)
    outer = challenges.make(S.PUBLISHED)

    assert "endoscopy" in with_descendants("modalities", "image")
    assert sorted(listed(modalities=("image",))) == sorted([inner.id, outer.id])
    assert listed(modalities=("endoscopy",)) == [inner.id]
    counts = queries.counts(session, Filters(), seen_by=PUBLIC, now=challenges.now)
    assert counts.facets["modalities"] == {"image": 2, "endoscopy": 1}


def test_counts_equal_the_lists_they_lead_to(challenges, listed, session):
    """Each number beside a choice is the length of the list after choosing it alone there."""
    kinds = [ChallengeKind.INDUSTRY, ChallengeKind.SOCIAL, ChallengeKind.INDUSTRY]
    budgets = [None, 499_999, 500_000]
    states = [S.PUBLISHED, S.PAUSED, S.EVALUATING]
    for kind, budget, state in zip(kinds, budgets, states, strict=True):
        content = complete_content(budget_twd=budget)
        content = replace(content, need=replace(content.need, kind=kind))
        challenges.make(state, content=content)
    challenges.make(S.APPROVED)
    chosen = {"kinds": (ChallengeKind.INDUSTRY,), "technologies": ("defect_detection",)}
    counts = queries.counts(session, Filters(**chosen), seen_by=PUBLIC, now=challenges.now)

    for facet, field, choices in (
        ("kind", "kinds", ChallengeKind), ("stage", "stages", Stage), ("budget", "bands", Band),
    ):  # fmt: skip
        expected = {c: len(listed(**{**chosen, field: (c,)})) for c in choices}
        assert counts.facets[facet] == expected
    assert counts.facets["domains"] == {"manufacturing": 2}
    assert counts.total == len(listed(**chosen)) == 2
    assert (counts.open, counts.closing_soon) == (1, 0)


def test_following_narrows_the_list_to_ones_own(challenges, listed, people, session):
    mine, other = challenges.make(S.PUBLISHED), challenges.make(S.PUBLISHED)
    fan = people.actor(people.user())
    service.follow(session, mine, actor=fan, now=challenges.now)

    rows = queries.listing(session, seen_by=fan, now=challenges.now).rows
    assert {row.challenge.id: row.is_saved for row in rows} == {mine.id: True, other.id: False}
    assert listed(seen_by=fan, is_saved=True) == [mine.id]
    assert listed(is_saved=True) == []


def test_an_upcoming_call_is_not_open(challenges, listed, people, session):
    call = people.call()
    challenge = challenges.make(S.PUBLISHED, call=call)
    call.opens_at = challenges.now + DAY
    session.flush()

    assert listed(stages=(Stage.OPEN,)) == []
    assert listed(stages=(Stage.UPCOMING,)) == [challenge.id]


def test_similar_challenges_share_words_of_the_title(challenges, session):
    def titled(zh, en):  # type: ignore[no-untyped-def]
        content = retitled(complete_content(), title_zh=zh, title_en=en)
        return challenges.make(S.PUBLISHED, content=content)

    mine = titled("打頭機沖模崩角警示", "Alarm for a chipped punch")
    near = titled("沖模崩角檢測", "Finding chipped dies")
    titled("木瓜熟度判斷", "Ripeness of papaya")
    hidden = challenges.make(
        S.DRAFT, content=retitled(complete_content(), title_zh="沖模崩角", title_en="x")
    )

    found = queries.similar(session, mine, seen_by=PUBLIC)

    assert [each.id for each in found] == [near.id]
    assert hidden.id not in [each.id for each in found]


def test_words_that_many_challenges_hold_make_none_similar(challenges, session):
    call, organization = challenges.people.call(), challenges.people.organization()

    def titled(title):  # type: ignore[no-untyped-def]
        content = retitled(complete_content(title), title_zh="")
        return challenges.make(content=content, call=call, organization=organization)

    for place in ("harbour", "forest", "kitchen", "school", "tunnel", "market"):
        titled(f"Automatic warning from the {place}")
    near = titled("Finding chipped punches by sound")
    mine = titled("Automatic warning from chipped punches")

    assert [each.id for each in queries.similar(session, mine, seen_by=PUBLIC)] == [near.id]


def test_the_list_asks_as_often_for_many_rows_as_for_one(challenges, database, session):
    asked = []
    for many in (1, 3):
        while session.query(Challenge).count() < many:
            challenges.make(S.PUBLISHED)
        session.commit()
        session.expire_all()
        session.query(Challenge.id).count()  # the transaction has begun
        database.statements.reset()
        queries.listing(session, seen_by=PUBLIC, now=challenges.now)
        queries.counts(session, Filters(), seen_by=PUBLIC, now=challenges.now)
        asked.append(database.statements.count)

    assert asked == [4, 4]


def test_the_queue_shows_first_what_waits_for_approval(challenges, people, session):
    call = people.call()
    made = {
        state: challenges.make(state, call=call)
        for state in (S.PUBLISHED, S.DRAFT, S.APPROVED, S.SUBMITTED)
    }
    challenges.make(S.SUBMITTED)
    pm = challenges.actor(people.pm(call.program))
    programs = [call.program_id]

    page = queries.queue(session, programs, seen_by=pm)
    first = queries.queue(session, programs, seen_by=pm, size=3)
    second = queries.queue(session, programs, seen_by=pm, size=3, after=first.older)

    assert [each.state for each in page.rows] == [S.SUBMITTED, S.APPROVED, S.PUBLISHED, S.DRAFT]
    assert [each.id for each in (*first.rows, *second.rows)] == [each.id for each in page.rows]
    assert queries.count_states(session, programs, seen_by=pm) == [
        (S.SUBMITTED, 1), (S.APPROVED, 1), (S.PUBLISHED, 1), (S.DRAFT, 1),
    ]  # fmt: skip
    assert queries.queue(session, programs, seen_by=pm, state=S.DRAFT).rows == [made[S.DRAFT]]
    assert queries.queue(session, programs, seen_by=pm, query="面板").rows == page.rows
    assert session.execute(update(Challenge).values(k_poc=1)).rowcount == 5
