"""Record files of every kind, sound and unsound."""

import codecs
import io
import json
import stat
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.tabular import (
    BadTable,
    Findings,
    Limits,
    guarded,
    nested,
    read_rows,
    replacing,
    write_rows,
)

TRADITIONAL = "id,title\nc1,鍍鉻件瑕疵檢測\nc2,救護車待命位置安排，縮短抵達時間\n"
ROWS = [
    (2, {"id": "c1", "title": "鍍鉻件瑕疵檢測"}),
    (3, {"id": "c2", "title": "救護車待命位置安排，縮短抵達時間"}),
]


def read(content, name="a.csv", **options):
    data = content.encode() if isinstance(content, str) else content
    return list(read_rows(data, name=name, **options))


def refused(content, name="a.csv", **options):
    with pytest.raises(BadTable) as caught:
        read(content, name, **options)
    return [(p.line, p.column, str(p.reason)) for p in caught.value.problems]


def workbook(*rows, title="Sheet", more=()):
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    for name in more:
        book.create_sheet(name).append(["id"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return file.getvalue()


# encodings


@pytest.mark.parametrize(
    "content",
    [
        TRADITIONAL.encode(),
        codecs.BOM_UTF8 + TRADITIONAL.encode(),
        TRADITIONAL.encode("utf-16"),
        codecs.BOM_UTF16_BE + TRADITIONAL.encode("utf-16-be"),
        TRADITIONAL.encode("cp950"),
        TRADITIONAL.replace("\n", "\r\n").encode("cp950"),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-le", "utf-16-be", "big5", "big5-crlf"],
)
def test_every_encoding_of_taiwan_gives_the_same_rows(content):
    assert read(content) == ROWS


@pytest.mark.parametrize(
    "content",
    [
        "id,title\nc1,镀铬件瑕疵检测与生产线质量控制\n".encode("gbk"),
        "id,title\nc1,café à la crème, naïve\n".encode("latin-1"),
        "id,title\nc1,検査の自動化をしたい\n".encode("shift-jis"),
        "id,title\nc1,품질 검사\n".encode("euc-kr"),
        codecs.BOM_UTF16_LE + TRADITIONAL.encode("utf-16-le")[:-1],
    ],
    ids=["gbk", "latin-1", "shift-jis", "euc-kr", "broken-utf-16"],
)
def test_an_encoding_that_is_not_certain_is_refused(content):
    assert refused(content) == [
        (
            None,
            None,
            "The encoding is neither UTF-8, UTF-16 with a mark nor Big5. Save it as UTF-8.",
        )
    ]


def test_nul_is_refused_with_its_line():
    assert refused("id,title\nc1,a\0b\n") == [(2, None, "There is a NUL character in the file.")]


# whole files


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json", "a.xlsx"])
def test_an_empty_file_is_refused(content, name):
    assert refused(content, name) == [(None, None, "The file is empty.")]


@pytest.mark.parametrize(
    ("content", "name"), [("id,title\n", "a.csv"), ("[]", "a.json"), (workbook(["id"]), "a.xlsx")]
)
def test_a_file_without_rows_is_refused(content, name):
    assert refused(content, name) == [(None, None, "The file has no rows.")]


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(BadTable) as caught:
        list(read_rows(tmp_path / "gone.csv"))

    assert str(caught.value) == "gone.csv: The file cannot be opened: No such file or directory."


def test_a_folder_is_refused(tmp_path):
    folder = tmp_path / "rows.csv"
    folder.mkdir()

    with pytest.raises(BadTable, match=r"rows\.csv: The file cannot be opened"):
        list(read_rows(folder))


def test_another_kind_of_file_is_refused():
    [(line, column, reason)] = refused("x", "a.pdf")

    assert (line, column) == (None, None)
    assert reason.startswith("This kind of file is not read.")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(size=10), "The file is larger than 0 MB."),
        (Limits(rows=1), "The file has more than 1 rows or 3000000 cells."),
        (Limits(cells=3), "The file has more than 100000 rows or 3 cells."),
        (Limits(columns=1), "There are more than 1 columns."),
        (Limits(text=7), "The text is longer than 7 characters."),
    ],
)
def test_a_file_beyond_a_limit_is_refused(limits, reason):
    assert refused(TRADITIONAL, limits=limits)[0][2] == reason


def test_problems_are_counted_no_further_than_fifty():
    content = "\n".join(["{"] * 80)

    assert len(refused(content, "a.jsonl")) == 50


# CSV


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_taken_from_the_header(mark):
    assert read(f"id{mark}title\nc1{mark}a, b\n".replace("a, b", '"a, b"')) == [
        (2, {"id": "c1", "title": "a, b"})
    ]


def test_a_delimiter_inside_a_quoted_name_does_not_count():
    assert read('id;"a,b,c"\n1;2\n') == [(2, {"id": "1", "a,b,c": "2"})]


def test_lines_are_counted_over_cells_with_line_breaks_and_blank_lines():
    content = 'id,title\nc1,"two\nlines"\n\nc2,x\n'

    assert read(content) == [
        (2, {"id": "c1", "title": "two\nlines"}),
        (5, {"id": "c2", "title": "x"}),
    ]


def test_short_rows_are_filled_and_long_ones_refused():
    assert read("id,title,site\nc1,a\n") == [(2, {"id": "c1", "title": "a", "site": ""})]
    assert refused("id,title\nc1,a,b\nc2,d\n") == [
        (2, None, "The row has 3 cells, the header only 2.")
    ]


def test_everything_wrong_with_a_header_is_named_at_once():
    assert refused("id,,title,id,x\n1,2,3,4,5\n", required=["body"], known={"id", "title"}) == [
        (1, None, "Column 2 has no name."),
        (1, "id", "This column stands twice."),
        (1, "x", "This column is not known."),
        (1, "body", "This column is missing."),
    ]


def test_a_required_cell_left_empty_is_named_by_line_and_column():
    assert refused("id,title\nc1,\n,b\n", required=["id", "title"]) == [
        (2, "title", "A value is needed here."),
        (3, "id", "A value is needed here."),
    ]


def test_an_open_quotation_mark_is_refused_where_its_row_begins():
    [(line, _, reason)] = refused('id,title\nc1,"open\nc2,b\n')

    assert (line, reason) == (2, "A quotation mark is not closed or stands in the wrong place.")


def test_sound_rows_come_before_the_refusal():
    rows = read_rows(b'{"id": 1}\nnot json\n{"id": 3}\n', name="a.jsonl")
    seen = [next(rows), next(rows)]

    with pytest.raises(BadTable):
        next(rows)
    assert seen == [(1, {"id": 1}), (3, {"id": 3})]


# JSON


def test_json_lines_keep_their_numbers_over_blank_lines():
    assert read('{"id": "a"}\n\n{"id": "b"}\r\n', "a.jsonl") == [
        (1, {"id": "a"}),
        (3, {"id": "b"}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": }', "This is not valid JSON (at character 8)."),
        ("[1]", "A JSON object is expected here."),
        ('{"id": 1, "id": 2}', "The key id stands twice in one object."),
        ('{"id": NaN}', "This is not valid JSON."),
        ('{"id": ' + "[" * 100_000, "This is not valid JSON."),
        ('{"id": ' + "9" * 5_000 + "}", "This is not valid JSON."),
    ],
    ids=["syntax", "list", "twice", "nan", "deep", "long-number"],
)
def test_a_bad_line_of_json_is_named(line, reason):
    assert refused(f'{{"id": "a"}}\n{line}\n', "a.jsonl") == [(2, None, reason)]


def test_objects_of_a_json_list_stand_on_the_line_they_begin():
    content = '[\n  {"id": "a",\n   "x": 1},\n  {"id": "b"}\n]\n'

    assert read(content, "a.json") == [(2, {"id": "a", "x": 1}), (4, {"id": "b"})]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"id": "a"}', (1, None, "A list of JSON objects is expected.")),
        ('[\n{"id": "a"}\n{"id": "b"}]', (3, None, "This is not valid JSON.")),
        ('[\n{"id": "a"},\n3]', (3, None, "A JSON object is expected here.")),
        ('[\n{"id": "a"}', (2, None, "This is not valid JSON.")),
        ('[{"id": "a"}] more', (1, None, "This is not valid JSON.")),
        ('[\n{"id": "a"},\n]', (3, None, "This is not valid JSON (at character 1).")),
    ],
)
def test_a_bad_json_list_is_named_by_line(content, problem):
    assert refused(content, "a.json") == [problem]


@pytest.mark.parametrize("broken", ["\\ud800", "\\u0000"])
def test_broken_characters_are_refused_however_deep_they_stand(broken):
    content = f'{{"id": "a", "projects": [{{"title": {{"en": "x{broken}"}}}}]}}'

    assert refused(content, "a.jsonl") == [
        (1, "projects", "The text holds a broken character (NUL or half of a pair).")
    ]


# XLSX


def test_typed_cells_keep_their_type():
    content = workbook(
        ["id", "rows", "share", "open", "on", "note"],
        ["c1", 42, 0.5, True, date(2026, 11, 24), None],
    )

    [(line, row)] = read(content, "a.xlsx")

    assert (line, row.pop("on").isoformat()) == (2, "2026-11-24T00:00:00")
    assert row == {"id": "c1", "rows": 42, "share": 0.5, "open": True, "note": ""}


def test_blank_rows_of_a_sheet_are_skipped_and_counted():
    assert read(workbook(["id"], [None], ["c1"]), "a.xlsx") == [(3, {"id": "c1"})]


def test_a_formula_is_refused_by_cell():
    content = workbook(["id", "rows"], ["c1", "=1+1"], ["c2", 3])

    assert refused(content, "a.xlsx") == [
        (2, "rows", "There is a formula here. Paste its value instead.")
    ]


def test_an_error_value_is_refused_by_cell():
    book = openpyxl.Workbook()
    book.active.append(["id", "rows"])
    book.active.append(["c1", "#DIV/0!"])
    book.active["B2"].data_type = "e"
    file = io.BytesIO()
    book.save(file)

    assert refused(file.getvalue(), "a.xlsx") == [(2, "rows", "The cell shows an error value.")]


def test_a_sheet_is_chosen_by_name():
    content = workbook(["id"], ["c1"], more=["second"])

    assert read(content, "a.xlsx", sheet="Sheet") == [(2, {"id": "c1"})]
    assert refused(content, "a.xlsx", sheet="third") == [(None, None, "There is no sheet third.")]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 not a zip", b"id,title\nc1,a\n", archive({"a.txt": "x"}), workbook(["id"])[:400]],
    ids=["torn", "text", "other-archive", "cut-off"],
)
def test_a_damaged_workbook_is_refused(content):
    assert refused(content, "a.xlsx") == [(None, None, "The file is damaged or no XLSX file.")]


def test_a_locked_workbook_says_so():
    [(_, _, reason)] = refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xlsx")

    assert reason.startswith("The file is locked by a password")


@pytest.mark.parametrize(
    ("entries", "limits"),
    [
        ({"xl/sheet.xml": b"0" * 30_000_000}, Limits()),
        ({f"f{n}.xml": "x" for n in range(20)}, Limits(archive_entries=10)),
        ({"xl/sheet.xml": b"abc" * 1_000}, Limits(archive_size=100)),
    ],
    ids=["ratio", "entries", "size"],
)
def test_an_archive_that_swells_is_refused_before_it_is_unpacked(entries, limits):
    assert refused(archive(entries), "a.xlsx", limits=limits) == [
        (None, None, "The file is too large once unpacked.")
    ]


def test_a_workbook_with_entity_declarations_is_refused():
    content = archive({"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})

    assert refused(content, "a.xlsx") == [
        (None, None, "The file holds declarations that are not allowed.")
    ]


# records


def test_flat_columns_become_texts_in_two_languages_lists_and_projects():
    findings = Findings("t.csv")
    row = {
        "id": "t1",
        "name": "稜鏡",
        "profile_zh": "瑕疵檢測",
        "profile_en": "",
        "technologies": "ocr; segmentation；rag;",
        "project_2_title": "Second",
        "project_1_title_zh": "第一",
        "project_1_body_en": "First",
        "project_3_title": "",
    }

    assert nested(row, lists={"technologies"}, findings=findings, line=2) == {
        "id": "t1",
        "name": "稜鏡",
        "profile": {"zh_TW": "瑕疵檢測", "en": None},
        "technologies": ["ocr", "segmentation", "rag"],
        "projects": [
            {"title": {"zh_TW": "第一", "en": None}, "body": {"zh_TW": None, "en": "First"}},
            {"title": "Second"},
        ],
    }
    assert findings.problems == []


def test_projects_may_stand_as_json_in_one_cell():
    findings = Findings("t.csv")

    record = nested({"projects": '[{"title": "a"}]'}, lists=(), findings=findings, line=2)

    assert record == {"projects": [{"title": "a"}]}


@pytest.mark.parametrize("cell", ["{}", "[1]", "not json"])
def test_a_projects_cell_that_is_no_list_of_objects_is_named(cell):
    findings = Findings("t.csv")
    nested({"projects": cell}, lists=(), findings=findings, line=7)

    assert [str(problem) for problem in findings.problems] == [
        "t.csv, line 7, column projects: A JSON list of projects is expected here."
    ]


def test_a_nested_record_stays_as_it_is():
    record = {"id": "c1", "title": {"zh_TW": "x", "en": None}, "projects": [{"title": "p"}]}

    assert nested(record, lists={"technologies"}, findings=Findings("x"), line=1) == record


# writing


COLUMNS = ["id", "title", "score", "tags"]
OUT = [
    {"id": "c1", "title": "鍍鉻", "score": 0.5, "tags": ["a", "b"]},
    {"id": "=1+1", "title": "'-x", "score": -3, "tags": []},
]


def test_json_lines_are_written_as_they_are(tmp_path):
    write_rows(tmp_path / "a.jsonl", OUT, COLUMNS)

    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == OUT


def test_a_json_list_is_read_again_as_it_was_written(tmp_path):
    write_rows(tmp_path / "a.json", OUT, COLUMNS)

    assert [row for _, row in read_rows(tmp_path / "a.json")] == OUT


def test_csv_opens_in_excel_and_runs_no_formula(tmp_path):
    write_rows(tmp_path / "a.csv", OUT, COLUMNS)

    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    assert content.decode("utf-8-sig").splitlines() == [
        "id,title,score,tags",
        "c1,鍍鉻,0.5,a;b",
        "'=1+1,'-x,-3,",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_every_beginning_of_a_formula_is_guarded(start):
    assert guarded(f"{start}cmd") == f"'{start}cmd"


def test_numbers_and_plain_texts_are_not_guarded():
    assert [guarded(value) for value in (-3, "a=b", None, "'")] == [-3, "a=b", None, "'"]


def test_xlsx_holds_texts_as_texts_and_numbers_as_numbers(tmp_path):
    write_rows(tmp_path / "a.xlsx", OUT, COLUMNS)

    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    cells = [[(cell.value, cell.data_type) for cell in row] for row in page.iter_rows(min_row=2)]
    assert cells == [
        [("c1", "s"), ("鍍鉻", "s"), (0.5, "n"), ("a;b", "s")],
        [("=1+1", "s"), ("'-x", "s"), (-3, "n"), (None, "n")],
    ]


def test_an_aware_time_can_be_written_to_xlsx(tmp_path):
    write_rows(tmp_path / "a.xlsx", [{"at": datetime(2026, 11, 24, 4, tzinfo=UTC)}], ["at"])

    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert page["A2"].value.isoformat() == "2026-11-24T04:00:00"


def test_a_text_too_long_for_xlsx_leaves_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match="row 2"):
        write_rows(tmp_path / "a.xlsx", [{"id": "x" * 40_000}], ["id"])

    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file_whole(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old", encoding="utf-8")

    def rows():
        yield {"id": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(path, rows(), ["id"])

    assert [(f.name, f.read_text(encoding="utf-8")) for f in tmp_path.iterdir()] == [
        ("a.csv", "old")
    ]


def test_a_new_file_can_be_read_by_others_as_usual(tmp_path):
    with replacing(tmp_path / "a") as temporary:
        temporary.write_text("x", encoding="utf-8")

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


def test_problems_can_be_read_in_chinese():
    from matchmaker.kernel.i18n import translate

    with pytest.raises(BadTable) as caught:
        read("id,title\nc1,\n", required=["title"])

    assert "title" in translate(caught.value.problems[0].message, Lang.ZH_TW)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda t: t.strip() == t and not t.startswith("'")
)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))
def test_what_is_written_as_csv_is_read_again_the_same(tmp_path_factory, pairs):
    path = Path(tmp_path_factory.mktemp("csv")) / "a.csv"
    rows = [{"id": a, "title": b} for a, b in pairs]
    write_rows(path, rows, ["id", "title"])

    assert [row for _, row in read_rows(path)] == rows
