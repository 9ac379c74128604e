"""Lifecycles, permissions, bilingual text, identifiers, sentences, events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel import permissions
from matchmaker.kernel.actor import PUBLIC, SYSTEM, Actor, Hat, Role, Scope
from matchmaker.kernel.errors import NotAllowed, NotFound, WrongState
from matchmaker.kernel.events import publish, subscribe
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.identifiers import (
    ALPHABET,
    fingerprint,
    public_id,
    reference,
    secret_token,
)
from matchmaker.kernel.lifecycle import Lifecycle, move
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import DENY, HIDE, YES, can, deny, require, rule

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


# lifecycles


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


DOOR = Lifecycle(
    move("shut", of={Door.OPEN}, to=Door.SHUT),
    move("open", of={Door.SHUT}, to=Door.OPEN),
    move("lock", of={Door.SHUT}, to=Door.LOCKED),
)


def test_exactly_the_moves_of_the_table_are_possible():
    possible = {}
    for state in Door:
        for verb in ("shut", "open", "lock", "break"):
            try:
                possible[state, verb] = DOOR.after(state, verb)
            except WrongState:
                assert not DOOR.allows(state, verb)
    assert possible == {
        (Door.OPEN, "shut"): Door.SHUT,
        (Door.SHUT, "open"): Door.OPEN,
        (Door.SHUT, "lock"): Door.LOCKED,
    }
    assert DOOR.verbs_from(Door.SHUT) == ["open", "lock"]


def test_a_verb_that_leads_two_ways_from_one_state_is_a_fault_of_the_table():
    with pytest.raises(ValueError, match="one state to two"):
        Lifecycle(
            move("go", of={Door.OPEN}, to=Door.SHUT), move("go", of={Door.OPEN}, to=Door.LOCKED)
        )


# permissions


@pytest.fixture
def rules():
    known = dict(permissions._RULES)
    yield
    permissions._RULES.clear()
    permissions._RULES.update(known)


def test_what_no_rule_allows_is_denied():
    assert can(SYSTEM, "nothing.of_the_kind", None) is DENY


def test_each_answer_of_a_rule_has_its_refusal(rules):
    reason = msg("Not on Sundays.")
    for name, verdict in (("yes", YES), ("deny", deny(reason)), ("hide", HIDE)):
        rule(f"test.{name}")(lambda _actor, _thing, verdict=verdict: verdict)

    require(PUBLIC, "test.yes", None)
    with pytest.raises(NotAllowed) as denied:
        require(PUBLIC, "test.deny", None)
    assert denied.value.message is reason
    with pytest.raises(NotFound):
        require(PUBLIC, "test.hide", None)


def test_a_suspended_person_is_shown_nothing(rules):
    rule("test.always")(lambda _actor, _thing: YES)
    assert bool(can(Actor(user_id=1), "test.always", None)) is True
    assert can(Actor(user_id=1, is_suspended=True), "test.always", None) is HIDE


def test_two_rules_for_one_action_are_a_fault(rules):
    rule("test.twice")(lambda _actor, _thing: YES)
    with pytest.raises(ValueError, match="two rules"):
        rule("test.twice")(lambda _actor, _thing: YES)


def test_a_role_counts_in_its_own_thing_only():
    actor = Actor(user_id=1, hats=frozenset({Hat(Role.PM, Scope.PROGRAM, 3)}))
    assert [actor.holds(Role.PM, n) for n in (3, 4)] == [True, False]
    assert (actor.holds(Role.PM), actor.holds(Role.ADMIN)) == (True, False)
    assert actor.scopes(Role.PM, Role.FINANCE) == frozenset({3})
    assert (actor.role_words(), PUBLIC.role_words(), SYSTEM.role_words()) == (
        "pm", "public", "system",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "initials"), [("Mei Lin", "ML"), ("王小明", "王"), ("Ada", "A"), ("", "")]
)
def test_initials_stand_for_the_person(name, initials):
    assert Actor(name=name).initials == initials


# bilingual text

sides = st.none() | st.text(min_size=1, max_size=20)
instants = st.integers(0, 10**9).map(lambda seconds: NOON - timedelta(seconds=seconds))
contents = st.builds(
    Localized,
    zh_TW=sides,
    en=sides,
    original=st.none() | st.sampled_from(Lang),
    zh_at=st.none() | instants,
    en_at=st.none() | instants,
    zh_by=st.none() | st.integers(1, 99),
    en_by=st.none() | st.integers(1, 99),
)


@given(contents)
def test_bilingual_text_comes_back_from_storage_as_it_went_in(content):
    assert Localized.from_json(content.to_json()) == content


@given(contents, st.sampled_from(Lang))
def test_the_reader_gets_the_own_language_where_it_exists(content, lang):
    text, shown = content.best(lang)
    expected = content.side(lang) or content.side(lang.other) or ""
    assert text == expected
    assert shown is (lang if content.side(lang) or not content.side(lang.other) else lang.other)


@given(contents, sides, sides, instants)
def test_a_side_that_stays_keeps_its_author_and_time(content, zh, en, at):
    after = content.edited(zh, en, by=7, at=at)
    assert (after.zh_TW, after.en) == (zh, en)
    if zh == content.zh_TW:
        assert (after.zh_at, after.zh_by) == (content.zh_at, content.zh_by)
    else:
        assert (after.zh_at, after.zh_by) == ((at, 7) if zh else (None, None))
    assert after.original is None or after.side(after.original)
    assert after.edited(zh, en, by=8, at=at) == after


def test_a_translation_is_out_of_date_once_the_original_changed_later():
    first = Localized().edited("原文", None, by=1, at=NOON)
    both = first.edited("原文", "Original", by=2, at=NOON + timedelta(hours=1))
    changed = both.edited("新的原文", "Original", by=1, at=NOON + timedelta(hours=2))
    followed = changed.edited("新的原文", "New original", by=2, at=NOON + timedelta(hours=3))
    assert [text.out_of_date for text in (first, both, changed, followed)] == [
        None, None, Lang.EN, None,
    ]  # fmt: skip


def test_when_the_original_is_taken_away_the_other_side_takes_its_place():
    both = Localized().edited("原文", "Text", by=1, at=NOON)
    assert (both.original, both.edited(None, "Text", by=1, at=NOON).original) == (
        Lang.ZH_TW, Lang.EN,
    )  # fmt: skip
    assert both.edited(None, None, by=1, at=NOON) == Localized()
    assert replace(both, original=None).is_empty is False


# identifiers


def test_public_names_are_random_and_readable():
    names = {public_id() for _ in range(200)}
    assert len(names) == 200
    assert {len(name) for name in names} == {16}
    assert set("".join(names)) <= set(ALPHABET)
    assert len(ALPHABET) ** 16 > 2**64
    assert not set(ALPHABET) & set("ilou")  # looked at twice or read aloud, these mislead


def test_tokens_are_stored_as_fingerprints_only():
    token = secret_token()
    assert fingerprint(token) == fingerprint(token) != token
    assert len(fingerprint(token)) == 64
    assert fingerprint("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_references_carry_the_year_of_taipei():
    eve = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Taipei
    before = eve - timedelta(seconds=1)
    assert [reference("CH", 14, at) for at in (before, eve)] == ["CH-26-014", "CH-27-014"]
    assert (reference("TM", 172), reference("TM", 12345)) == ("TM-0172", "TM-12345")


# sentences


def test_a_sentence_without_translation_is_said_in_english():
    assert translate(msg("Nobody ever translated this, 5%% sure."), Lang.ZH_TW) == (
        "Nobody ever translated this, 5% sure."
    )


def test_a_sentence_inside_a_sentence_is_translated_too():
    inside = msg("Draft")
    whole = Message("«%(state)s»", {"state": inside})
    assert (translate(whole, Lang.EN), translate(whole, Lang.ZH_TW)) == ("«Draft»", "«草稿»")


@pytest.mark.parametrize(
    ("tag", "lang"),
    [("zh-TW", Lang.ZH_TW), ("zh_Hant_TW", Lang.ZH_TW), ("ZH", Lang.ZH_TW), ("en-GB", Lang.EN),
     ("fr", None), ("", None), (None, None), ("x" * 9999, None)],
)  # fmt: skip
def test_language_tags_are_understood(tag, lang):
    assert Lang.parse(tag) is lang


# events


def test_listeners_hear_in_the_order_in_which_they_subscribed():
    class Fact:
        pass

    heard = []
    subscribe(Fact)(lambda _session, _fact: heard.append("first"))
    subscribe(Fact)(lambda _session, _fact: heard.append("second"))
    publish(None, Fact())
    assert heard == ["first", "second"]
