"""Which passwords are refused, and how they are kept."""

from __future__ import annotations

import pytest

from matchmaker.accounts.passwords import MAX_LENGTH, Passwords, common_passwords
from matchmaker.kernel.text import fold

ABOUT = ("林美玲", "Mei-Ling Lin", "meiling.lin@bestmetal.example")
COMMON = "among the first that anybody would try"
CLOSE = "too close to a name"


@pytest.fixture(scope="module")
def passwords():
    return Passwords("low")


def refusal(passwords, password):
    return str(passwords.problem(password, about=ABOUT) or "")


@pytest.mark.parametrize(
    "password",
    [
        "我每天早上七點走路去上班順便買豆漿",
        "three grey herons at noon",
        "🦉 sees the moon at 3 o’clock 🌕",
        "a" * 5 + "plain long sentence" + "z" * 100,
        "Lin likes long walks in the rain",
    ],
)
def test_long_sentences_of_any_script_are_accepted(passwords, password):
    assert refusal(passwords, password) == ""


@pytest.mark.parametrize(
    "password",
    [
        "1qaz2wsx3edc4rfv",
        "passwordpassword",
        "PASSWORDpassword",
        "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
        "qwertyuiopasdfghjkl",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcdeabcdeabcdeabcde",
        "letmein letmein letmein ",
        "ji32k7au4a83ji32k7au4a83",
        "su3cl3su3cl3su3cl3",
    ],
)
def test_what_everybody_tries_is_refused(passwords, password):
    assert COMMON in refusal(passwords, password)


@pytest.mark.parametrize(
    "password",
    [
        "matchmaker 2026",
        "Matchmaker-Matchmaker!",
        "mei ling lin 2026",
        "MEI_LING_LIN_12345",
        "meiling.lin@bestmetal.example",
        "bestmetalbestmetal1",
        "產業出題產業出題產業出題產業出題",
        "林美玲林美玲林美玲林美玲林美玲",
    ],
)
def test_names_of_the_person_and_the_service_are_refused(passwords, password):
    assert CLOSE in refusal(passwords, password)


def test_length_is_counted_in_characters_and_has_an_upper_end(passwords):
    assert "at least 15" in refusal(passwords, "天地玄黃宇宙洪荒日月盈昃辰宿")
    assert refusal(passwords, "天地玄黃宇宙洪荒日月盈昃辰宿列") == ""
    assert f"at most {MAX_LENGTH}" in refusal(passwords, "xy z" * MAX_LENGTH)


def test_sequences_of_the_zhuyin_keyboard_are_known():
    """我的密碼, 我愛你, 你好, 密碼 as they come out of a keyboard without its input method."""
    assert {"ji32k7au4a83", "ji394su3"} <= common_passwords()


def test_the_lists_are_kept_folded_and_long_enough():
    words = common_passwords()

    assert len(words) > 14_000
    assert [word for word in words if word != fold(word)] == []
    assert {"1qaz2wsx", "iloveyou", "football"} <= words


def test_a_password_is_kept_as_argon2id_and_found_again(passwords):
    stored = passwords.hash("three grey herons at noon")

    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "three grey herons at noon")
    assert not passwords.matches(stored, "three grey herons at noo")
    assert not passwords.matches(None, "nobody knows this account")
    assert not passwords.matches("not a hash", "three grey herons at noon")
