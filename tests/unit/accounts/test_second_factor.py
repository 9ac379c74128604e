"""Codes and seeds, without a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import segno

from matchmaker.accounts.second_factor import Authenticator, bare, in_groups
from matchmaker.web.settings import qr

KEY = Authenticator("the key of an installation", is_duty_of_staff=True)
AT = datetime(2026, 11, 24, 4, 0, 10, tzinfo=UTC)


def test_codes_are_those_of_the_standard(monkeypatch):
    """RFC 6238, appendix B: the last six digits for SHA-1."""
    monkeypatch.setattr(KEY, "seed", lambda _salt: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", raising=True)
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert KEY.fitting("salt", code, now=at) == seconds // 30


@pytest.mark.parametrize(("seconds", "fits"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_a_code_fits_for_one_step_on_each_side(seconds, fits):
    code = pyotp.TOTP(KEY.seed("salt")).at(AT + timedelta(seconds=seconds))
    assert (KEY.fitting("salt", code, now=AT) is not None) is fits


def test_every_salt_and_every_key_has_a_seed_of_its_own():
    other = Authenticator("the key of another one", is_duty_of_staff=True)
    seeds = {KEY.seed("one"), KEY.seed("two"), other.seed("one"), other.seed("two")}
    assert len(seeds) == 4
    assert {len(seed) for seed in seeds} == {32}


def test_typed_codes_are_read_generously():
    assert bare(" １２３ ４５６ ") == bare("123-456") == "123456"
    assert bare("ABCD-efgh\u200e") == "abcdefgh"
    assert in_groups("abcdefghij", "-") == "abcd-efgh-ij"


def test_the_path_draws_every_dark_module_and_no_other():
    text = KEY.address("salt", "mei@example.org")
    matrix = segno.make_qr(text, error="m").matrix
    picture = qr.picture(text)
    drawn = {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture.path)}
    dark = {(x, y) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}
    assert drawn == dark
    assert picture.size == len(matrix) + 8
