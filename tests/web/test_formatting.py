"""What templates print: in the reader's language, escaped, and never computed for somebody else."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, g, render_template_string

from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.localized import Localized
from matchmaker.web import formatting
from matchmaker.web.formatting import Piece, in_order, marked, on_scale, paragraphs, stacked

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def page():
    """Show a template to a reader of one language."""
    app = Flask(__name__)
    formatting.init_app(app)

    def show(source: str, lang: Lang = Lang.EN, **values: object) -> str:
        with app.test_request_context():
            g.lang, g.now = lang, NOW
            return render_template_string(source, **values)

    return show


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{{ 1500000 | money }}", "新臺幣 1,500,000 元", "NT$1,500,000"),
        ("{{ 1500000 | money(compact=true) }}", "150 萬元", "NT$1.5M"),
        ("{{ none | money }}", "", ""),
        ("{{ 12.5 | number(1) }}", "12.5", "12.5"),
        ("{{ 0.5 | percent }}", "50%", "50%"),
        ("{{ at | when }}", "2026/11/24（二）12:00", "24 Nov 2026 (Tue) 12:00"),
        ("{{ on | day(weekday=true) }}", "2026/11/30（一）", "30 Nov 2026 (Mon)"),
        ("{{ late | day }}", "2026/11/25", "25 Nov 2026"),
        ("{{ ['A', 'B'] | listed }}", "A和B", "A and B"),
        ("{{ 16 | weeks }}", "16 週", "16 weeks"),
        ("{{ late | is_past }} {{ at | is_past }}", "False True", "False True"),
    ],
)
def test_the_same_template_reads_right_in_both_languages(page, source, zh, en):
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    values = {"at": NOW, "on": date(2026, 11, 30), "late": late}

    assert page(source, Lang.ZH_TW, **values) == zh
    assert page(source, Lang.EN, **values) == en
    assert page(source, Lang.ZH_TW, **values) == zh


def test_a_bilingual_text_falls_back_to_its_other_side_and_says_so(page):
    only_zh = Localized(zh_TW="瑕疵檢測")
    source = "{% set s = shown(text) %}{{ s.text }}|{{ s.tag }}|{{ s.is_own }}"

    assert page(source, Lang.ZH_TW, text=only_zh) == "瑕疵檢測|zh-Hant-TW|True"
    assert page(source, Lang.EN, text=only_zh) == "瑕疵檢測|zh-Hant-TW|False"
    assert page(source, Lang.EN, text=Localized()) == "|en|True"
    assert page("{{ text | localized }}", Lang.EN, text=only_zh) == "瑕疵檢測"


def test_a_sentence_of_a_room_is_said_with_its_values_escaped(page):
    sentence = msg("No team called %(name)s.", name="<b>")

    assert page("{{ sentence | say }}", sentence=sentence) == "No team called &lt;b&gt;."
    assert page("{{ none | say }}") == ""


def test_text_becomes_paragraphs_without_becoming_markup():
    assert str(paragraphs("one\ntwo\n\n \n<i>three</i>")) == (
        "<p>one<br>two</p>\n<p>&lt;i&gt;three&lt;/i&gt;</p>"
    )
    assert str(paragraphs(None)) == ""


def test_marks_are_laid_over_escaped_text():
    assert str(marked("a<b>cd", [(4, 6), (0, 2)])) == "<mark>a&lt;</mark>b&gt;<mark>cd</mark>"
    assert str(marked("abcdef", [(0, 3), (2, 5)])) == "<mark>abc</mark><mark>de</mark>f"
    assert str(marked("abc", [(1, 99)])) == "a<mark>bc</mark>"
    assert str(marked("abc")) == "abc"


def test_rows_are_gathered_in_the_order_of_first_appearance():
    rows = [{"g": "b", "n": 1}, {"g": "a", "n": 2}, {"g": "b", "n": 3}]

    assert in_order(rows, "g") == [("b", [rows[0], rows[2]]), ("a", [rows[1]])]


def test_parts_of_a_score_lie_end_to_end_and_inside_the_bar():
    assert stacked([("text", 0.5), ("domain", 0.25)]) == [
        Piece("text", 0.5, 0.0, 50.0, 1),
        Piece("domain", 0.25, 50.0, 25.0, 2),
    ]
    assert [piece.width for piece in stacked([("a", 0.9), ("b", 0.4), ("c", -0.1)])] == [90, 10, 0]


def test_values_of_a_kpi_share_one_scale():
    assert on_scale({"baseline": 3.0, "target": 1.0, "actual": None}) == {
        "baseline": 92.0,
        "target": 8.0,
    }
    assert on_scale({"baseline": None}) == {}
    assert on_scale({"baseline": 5.0}) == {"baseline": 8.0}
