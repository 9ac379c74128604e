"""Hand-worked dates, amounts and lists in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import Lang

ZH, EN = Lang.ZH_TW, Lang.EN
NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("twd", "zh", "en"),
    [
        (0, "新臺幣 0 元", "NT$0"),
        (1_500_000, "新臺幣 1,500,000 元", "NT$1,500,000"),
        (-300, "新臺幣 -300 元", "-NT$300"),
        (Decimal("0.5"), "新臺幣 0.5 元", "NT$0.5"),
    ],
)
def test_money_in_full_names_its_currency(twd, zh, en):
    assert (formats.money(twd, ZH), formats.money(twd, EN)) == (zh, en)


@pytest.mark.parametrize(
    ("twd", "zh", "en"),
    [
        (0, "0 元", "NT$0"),
        (999, "999 元", "NT$999"),
        (9_800, "9,800 元", "NT$9.8K"),
        (10_000, "1 萬元", "NT$10K"),
        (1_500_000, "150 萬元", "NT$1.5M"),
        (1_234_567, "123 萬元", "NT$1.23M"),
        (12_345_678, "1,230 萬元", "NT$12.3M"),
        (99_999_999, "1 億元", "NT$100M"),
        (3_630_000_000, "36.3 億元", "NT$3.63B"),
        (1_200_000_000_000, "1.2 兆元", "NT$1.2T"),
        (-1_500_000, "-150 萬元", "-NT$1.5M"),
    ],
)
def test_compact_money_keeps_three_figures(twd, zh, en):
    assert (formats.money(twd, ZH, compact=True), formats.money(twd, EN, compact=True)) == (zh, en)


@given(st.integers(min_value=10_000, max_value=10**14))
def test_compact_money_is_never_off_by_more_than_half_a_percent(twd):
    figure, unit = formats.money(twd, ZH, compact=True).removesuffix("元").split(" ")
    shown = Decimal(figure.replace(",", "")) * {"萬": 10**4, "億": 10**8, "兆": 10**12}[unit]

    assert abs(shown - twd) * 200 <= twd


def test_numbers_mark_thousands_and_keep_the_places_asked_for():
    assert formats.number(12_728, ZH) == "12,728"
    assert formats.number(0.81, EN) == "0.81"
    assert formats.number(3.14159, EN) == "3.1416"
    assert formats.number(3, EN, decimals=2) == "3.00"
    assert formats.number(2.5, EN, decimals=0) == "2"


def test_percent_shows_a_share_without_needless_places():
    assert formats.percent(0.032, ZH) == "3.2%"
    assert formats.percent(1, EN) == "100%"
    assert formats.percent(Decimal("0.81234"), EN, decimals=2) == "81.23%"
    assert formats.percent(0.417, EN, decimals=0) == "42%"


def test_a_day_stands_with_its_weekday_where_asked():
    tuesday = date(2026, 11, 24)

    assert formats.day(tuesday, ZH) == "2026/11/24"
    assert formats.day(tuesday, ZH, weekday=True) == "2026/11/24（二）"
    assert formats.day(tuesday, EN) == "24 Nov 2026"
    assert formats.day(tuesday, EN, weekday=True) == "24 Nov 2026 (Tue)"
    assert formats.day(date(2026, 1, 4), ZH, weekday=True) == "2026/01/04（日）"


def test_an_instant_is_read_in_taipei_on_a_24_hour_clock():
    ten_utc = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    late_utc = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)

    assert formats.instant(ten_utc, ZH) == "2026/11/24（二）18:00"
    assert formats.instant(ten_utc, EN) == "24 Nov 2026 (Tue) 18:00"
    assert formats.instant(late_utc, ZH) == "2027/01/01（五）00:30"


@pytest.mark.parametrize(
    ("away", "zh", "en"),
    [
        (timedelta(days=11, hours=8), "剩 11 天", "11 days left"),
        (timedelta(days=1, hours=23), "剩 1 天", "1 day left"),
        (timedelta(hours=23, minutes=59), "剩 23 小時", "23 hours left"),
        (timedelta(minutes=1), "剩 1 分鐘", "1 minute left"),
        (timedelta(days=400), "剩 400 天", "400 days left"),
        (timedelta(0), "剛剛", "just now"),
        (timedelta(minutes=-40), "40 分鐘前", "40 minutes ago"),
        (timedelta(days=-3), "3 天前", "3 days ago"),
    ],
)
def test_the_time_left_is_rounded_down_and_the_past_says_how_long_ago(away, zh, en):
    assert (formats.relative(NOW + away, NOW, ZH), formats.relative(NOW + away, NOW, EN)) == (
        zh,
        en,
    )


def test_under_a_minute_is_not_shown_as_zero():
    soon = NOW + timedelta(seconds=20)

    assert formats.relative(soon, NOW, ZH) == "剩不到一分鐘"
    assert formats.relative(soon, NOW, EN) == "less than a minute left"


def test_roc_years_begin_in_1912_and_are_refused_before():
    assert formats.roc_year(1912) == 1
    assert formats.roc_year(2026) == 115
    with pytest.raises(ValueError, match="1911 lies before"):
        formats.roc_year(1911)
    with pytest.raises(ValueError, match="1911 lies before"):
        formats.roc_day(date(1911, 12, 31), ZH)


def test_official_papers_and_budgets_name_the_roc_year():
    assert formats.roc_day(date(2026, 11, 24), ZH) == "中華民國115年11月24日"
    assert formats.roc_day(date(2026, 11, 24), EN) == "24 November 2026 (ROC year 115)"
    assert formats.fiscal_year(2026, ZH) == "115 年度（2026）"
    assert formats.fiscal_year(2026, EN) == "FY 2026 (ROC 115)"


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "115/11/24",
        "115.11.24",
        " 115-11-24 ",
        "１１５／１１／２４",
        "2026年11月24日",
        "民國115年11月24日",
        "中華民國 115年11月24日",
    ],
)
def test_a_day_is_understood_in_either_calendar(typed):
    assert formats.parse_day(typed) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "26/11/24", "2026/13/01", "2026/02/30", "11/24/2026", "0/1/1", "民國2026/1/1"],
)
def test_what_is_no_clear_day_is_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        formats.parse_day(typed)


def test_a_short_year_counts_as_roc_only_with_its_era():
    assert formats.parse_day("民國99年1月2日") == date(2010, 1, 2)


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2200, 12, 31)))
def test_a_day_that_is_shown_can_be_typed_again(day):
    assert formats.parse_day(formats.day(day, ZH)) == day
    assert formats.parse_day(formats.roc_day(day, ZH)) == day


def test_several_things_are_joined_the_way_each_language_does():
    assert formats.join(["甲", "乙", "丙"], ZH) == "甲、乙和丙"
    assert formats.join(["A", "B", "C"], EN) == "A, B, and C"
    assert formats.join(["甲"], ZH) == "甲"
    assert formats.join([], EN) == ""


def test_weeks_stay_weeks_however_many():
    assert (formats.weeks(16, ZH), formats.weeks(16, EN)) == ("16 週", "16 weeks")
    assert (formats.weeks(1, EN), formats.weeks(60, EN)) == ("1 week", "60 weeks")


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (1_234, "1.2 kB"),
        (999_600, "1 MB"),
        (20_000_000, "20 MB"),
        (123_456_789, "123 MB"),
        (5_000_000_000_000, "5 TB"),
    ],
)
def test_file_sizes_use_the_unit_that_reads_best(size, shown):
    assert formats.file_size(size, ZH) == formats.file_size(size, EN) == shown
