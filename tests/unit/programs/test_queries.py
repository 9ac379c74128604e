"""Reading programmes and calls."""

from datetime import timedelta

import pytest

from matchmaker.kernel.actor import PUBLIC, SYSTEM
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.permissions import can
from matchmaker.programs import queries, service
from matchmaker.programs.models import Call, Window
from tests.conftest import NOON
from tests.factories.programs import call_content

DAY = timedelta(days=1)


@pytest.fixture
def calls(session, people):
    """One call in each window, in one programme, by window."""
    program = people.program()
    made = {
        Window.UPCOMING: people.call(program, closes_in=60 * DAY),
        Window.OPEN: people.call(program, closes_in=10 * DAY),
        Window.CLOSED: people.call(program, closes_in=-1 * DAY),
        Window.DRAFT: people.call(program, closes_in=20 * DAY),
    }
    made[Window.UPCOMING].opens_at = NOON + DAY
    made[Window.DRAFT].published_at = None
    session.commit()
    return made


def test_each_window_lists_its_calls(session, calls):
    found = {
        window: queries.listing(session, seen_by=SYSTEM, now=NOON, window=window).rows
        for window in Window
    }
    assert found == {window: [call] for window, call in calls.items()}


def test_the_list_agrees_with_the_clock_at_the_instants_of_opening_and_closing(session, calls):
    for call in calls.values():
        for at in (call.opens_at, call.closes_at, call.closes_at - timedelta(microseconds=1)):
            listed = {
                window
                for window in Window
                if call in queries.listing(session, seen_by=SYSTEM, now=at, window=window).rows
            }
            assert listed == {call.window(at)}


def test_the_list_shows_exactly_the_calls_that_may_be_seen(session, people, calls):
    program = calls[Window.DRAFT].program
    actors = {
        "public": PUBLIC,
        "pm": people.actor(people.pm(program)),
        "other_pm": people.actor(people.pm(people.program())),
        "admin": people.actor(people.admin()),
        "auditor": people.actor(people.auditor()),
        "owner": people.actor(people.owner_lead(people.organization())),
    }
    everything = session.query(Call).all()
    seen = {}
    for name, actor in actors.items():
        rows = queries.listing(session, seen_by=actor, now=NOON).rows
        assert set(rows) == {call for call in everything if can(actor, "call.view", call)}
        seen[name] = len(rows)
    assert seen == {"public": 3, "pm": 4, "other_pm": 3, "admin": 4, "auditor": 4, "owner": 3}


def test_a_draft_looks_to_others_like_a_call_that_does_not_exist(session, people, calls):
    draft = calls[Window.DRAFT]
    answers = []
    for slug in (draft.slug, "no-such-call"):
        with pytest.raises(NotFound) as refused:
            queries.get_call(session, slug, seen_by=PUBLIC)
        answers.append((refused.value.status, str(refused.value)))
    assert answers[0] == answers[1]
    pm = people.actor(people.pm(draft.program))
    assert queries.get_call(session, draft.slug, seen_by=pm) is draft


def test_open_calls_come_closing_soonest_first(session, people, calls):
    sooner = people.call(closes_in=DAY)
    assert queries.open_calls(session, NOON) == [sooner, calls[Window.OPEN]]
    assert queries.calendar(session, NOON) == [
        sooner, calls[Window.OPEN], calls[Window.UPCOMING],
    ]  # fmt: skip


def test_pages_of_the_list_join_without_gap_or_repetition(session, people):
    made = [people.call(closes_in=(n // 3) * DAY) for n in range(1, 12)]
    seen, after = [], None
    while True:
        page = queries.listing(session, seen_by=PUBLIC, now=NOON, after=after, size=4)
        seen += page.rows
        if page.older is None:
            break
        after = page.older
    assert seen == sorted(made, key=lambda call: (call.closes_at, call.id), reverse=True)


@pytest.mark.parametrize("key", ["", ".", "x.1", "20261124T040000000000.", "2026.9", "．１", "🙂"])
def test_a_key_that_is_none_of_ours_shows_the_first_page(session, calls, key):
    first = queries.listing(session, seen_by=PUBLIC, now=NOON)
    assert queries.listing(session, seen_by=PUBLIC, now=NOON, after=key) == first


def test_a_call_is_found_by_two_characters_and_by_another_form_of_an_english_word(session, people):
    program = people.program()
    pm = people.actor(people.pm(program))
    call = service.create_call(
        session, program, call_content(NOON, name_zh="智慧製造徵件", name_en="Smart factories"),
        actor=pm, now=NOON,
    )  # fmt: skip

    def found(text, actor=pm):
        return queries.listing(session, seen_by=actor, now=NOON, query=text).rows

    assert [found(text) for text in ("製造", "factory", "ＦＡＣＴＯＲＹ", "農業")] == [
        [call], [call], [call], [],
    ]  # fmt: skip
    assert found("製造", PUBLIC) == []


def test_many_calls_with_their_programme_are_read_in_one_statement(session, database, people):
    program_id = people.program().id
    for _ in range(3):
        people.call(queries.programs_visible(session, SYSTEM)[0])
    session.expunge_all()
    session.connection()
    database.statements.reset()

    calls = queries.calls_of(session, [program_id])

    assert [call.program.id for call in calls] == [program_id] * 3
    assert database.statements.count == 1
