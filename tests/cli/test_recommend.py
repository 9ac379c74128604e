"""``matchmaker recommend``: files in, recommendations out, nothing half done."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from matchmaker.cli.match_report import plain
from matchmaker.cli.recommend import recommend
from matchmaker.kernel.resources import folder

COHORT = folder("data") / "cohort"
CHALLENGES = [
    {"id": "c1", "title": {"zh_TW": "水龍頭鍍鉻瑕疵檢測", "en": "Flaws on chrome taps"}},
    {"id": "c2", "title": {"zh_TW": "急診病床預測", "en": "Forecasting hospital beds"}},
]
TEAMS = [
    {"id": "t1", "name": {"zh_TW": "稜鏡面檢"}, "profile": {"zh_TW": "鍍鉻水龍頭的瑕疵檢測。"}},
    {"id": "t2", "name": {"en": "Bedcast"}, "profile": {"en": "Forecasts free hospital beds."}},
    {"id": "t3", "name": {"zh_TW": "沒空"}, "profile": {"zh_TW": "瑕疵檢測"}, "capacity": 0},
]
HEADER = ["challenge_id", "challenge_title", "rank", "team_id", "team_name", "score", "fit"]


def save(path, records):
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf8")
    return path


@pytest.fixture
def files(tmp_path):
    return [
        "--challenges",
        str(save(tmp_path / "challenges.jsonl", CHALLENGES)),
        "--teams",
        str(save(tmp_path / "teams.jsonl", TEAMS)),
    ]


def run(*args, **env):
    return CliRunner().invoke(
        recommend, [str(a) for a in args], env={"LANG": "en_US.UTF-8", "LC_ALL": ""} | env
    )


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_pipe_gets_json_lines_best_team_first(files):
    result = run(*files)

    assert result.exit_code == 0
    assert [(r["challenge_id"], r["rank"], r["team_id"]) for r in rows(result)] == [
        ("c1", 1, "t1"),
        ("c2", 1, "t2"),
        ("c2", 2, "t1"),
    ]
    assert [r["fit"] for r in rows(result)] == ["strong", "strong", "weak"]
    assert "3 recommendations, 2 pairs held back" in result.stderr


def test_an_explanation_carries_sentences_codes_and_quotes(files):
    first = rows(run(*files, "--explain", "--lang", "zh-TW"))[0]

    assert first["team_name"] == "稜鏡面檢"
    assert [r["sentence"] for r in first["reasons"] if r["code"] == "text.profile"] == [
        "團隊檔案提到相同的內容：瑕疵檢測、水龍頭、鍍鉻。"
    ]
    assert {e["side"] for e in first["reasons"][0]["evidence"]} == {"challenge", "team"}
    assert [gap["code"] for gap in first["gaps"]] == ["gap.projects", "gap.capacity_unknown"]


@pytest.mark.parametrize(
    ("env", "title"),
    [
        ({"LANG": "zh_TW.UTF-8"}, "水龍頭鍍鉻瑕疵檢測"),
        ({"LANG": "en_GB.UTF-8"}, "Flaws on chrome taps"),
        ({"LANG": "de_DE.UTF-8"}, "Flaws on chrome taps"),
        ({"LC_ALL": "zh_TW.UTF-8", "LANG": "en_GB"}, "水龍頭鍍鉻瑕疵檢測"),
    ],
)
def test_the_language_is_that_of_the_terminal(files, env, title):
    assert rows(run(*files, **env))[0]["challenge_title"] == title


def test_a_csv_file_holds_one_row_for_each_recommendation(files, tmp_path):
    out = tmp_path / "out.csv"
    result = run(*files, "--explain", "--out", out)
    read = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))

    assert (result.exit_code, result.stdout) == (0, "")
    assert list(read[0])[:7] == HEADER
    assert list(read[0])[-2:] == ["reasons", "missing"]
    parts = sum(float(value) for name, value in read[0].items() if name.startswith("part_"))
    assert parts == pytest.approx(float(read[0]["score"]), abs=1e-9)


def test_an_xlsx_file_keeps_scores_as_numbers(files, tmp_path):
    run(*files, "--out", tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active

    assert [cell.value for cell in page[1]][:7] == HEADER
    assert isinstance(page["F2"].value, float)


def test_a_json_file_is_a_list(files, tmp_path):
    run(*files, "--out", tmp_path / "out.json", "--top", "1")

    assert len(json.loads((tmp_path / "out.json").read_text("utf8"))) == 2


def test_a_table_in_a_file_has_no_terminal_codes(files, tmp_path):
    run(*files, "--format", "table", "--lang", "zh-TW", "--out", tmp_path / "out.txt")
    text = (tmp_path / "out.txt").read_text("utf8")

    assert "\x1b" not in text
    assert text.splitlines()[0] == "c1  水龍頭鍍鉻瑕疵檢測"
    assert "契合" in text.splitlines()[1]


def test_columns_of_a_table_line_up_whatever_the_script(files):
    from rich.cells import cell_len

    lines = run(*files, "--format", "table", "--lang", "zh-TW").stdout.splitlines()
    team_lines = [line for line in lines if " t1 " in line or " t2 " in line]
    columns = {cell_len(line[: line.index(" t")]) for line in team_lines}

    assert len(team_lines) == 3
    assert len(columns) == 1


def test_a_challenge_without_any_team_says_so(files, tmp_path):
    save(tmp_path / "challenges.jsonl", [{"id": "c9", "title": "zzz qqq"}])

    assert "No team shares anything with this challenge." in run(*files, "--format", "table").stdout


def test_the_flat_form_gives_the_same_scores_as_records(files, tmp_path):
    flat = tmp_path / "teams.csv"
    flat.write_bytes(
        "id,name_zh,name_en,profile_zh,profile_en,capacity\n"
        "t1,稜鏡面檢,,鍍鉻水龍頭的瑕疵檢測。,,\n"
        "t2,,Bedcast,,Forecasts free hospital beds.,\n"
        "t3,沒空,,瑕疵檢測,,0\n".encode("cp950")
    )

    assert rows(run(*files[:3], flat)) == rows(run(*files))


def test_every_problem_is_named_by_file_line_and_column(files, tmp_path):
    teams = tmp_path / "teams.csv"
    teams.write_text("id,name,capacity,projects\nt1,a,two,\nt1,b,1,[1]\n,c,1,\n", "utf8")
    result = run(*files[:3], teams)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "teams.csv, line 2, column capacity: A whole number is expected here.",
        "teams.csv, line 3, column projects: A JSON list of projects is expected here.",
        "teams.csv, line 3, column id: This id stands twice.",
        "teams.csv, line 4, column id: A value is needed here.",
    ]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({"id": "c1"}, "line 1: The challenge has no text to match."),
        (
            {"id": "c1", "title": "x", "technologies": [1]},
            "line 1, column technologies: A list of texts is expected here.",
        ),
        (
            {"id": "c1", "title": "x", "domains": {"a": 1}},
            "line 1, column domains: A list of texts is expected here.",
        ),
    ],
)
def test_a_record_that_cannot_be_matched_is_named(files, tmp_path, record, line):
    save(tmp_path / "challenges.jsonl", [record])
    result = run(*files)

    assert (result.exit_code, result.stderr) == (2, f"challenges.jsonl, {line}\n")


def test_a_project_that_is_no_object_is_named(files, tmp_path):
    save(tmp_path / "teams.jsonl", [{"id": "t1", "name": "x", "projects": ["p"]}])

    assert "line 1, column projects: A list of projects" in run(*files).stderr


def test_problems_are_told_in_chinese_to_chinese_readers(files, tmp_path):
    save(tmp_path / "challenges.jsonl", [])
    result = run(*files, "--lang", "zh-TW")

    assert result.exit_code == 2
    assert result.stderr == "challenges.jsonl：檔案是空的。\n"


@pytest.mark.parametrize("out", ["missing/out.csv", ".", "out.pdf", "teams.jsonl"])
def test_a_place_that_cannot_be_written_is_refused_before_any_work(files, tmp_path, out):
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    result = run(*files, "--out", tmp_path / out)

    assert result.exit_code == 2
    assert "Matched" not in result.stderr
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_xlsx_into_a_pipe_is_refused(files):
    assert run(*files, "--format", "xlsx").exit_code == 2


@pytest.mark.parametrize("top", ["0", "-1", "x"])
def test_a_number_of_teams_out_of_range_is_refused(files, top):
    assert run(*files, "--top", top).exit_code == 2


def test_a_pipe_gets_a_few_plain_lines_of_progress():
    result = run(
        "--challenges", COHORT / "challenges.jsonl", "--teams", COHORT / "teams.jsonl", "--top", 1
    )
    told = [line for line in result.stderr.splitlines() if line.startswith("Matched")]

    assert told[0] == "Matched 8 of 77 challenges."
    assert told[-1] == "Matched 77 of 77 challenges."
    assert len(told) == 10


def test_names_cannot_steer_the_terminal(files, tmp_path):
    save(tmp_path / "teams.jsonl", [TEAMS[0] | {"name": "red\x1b[31m [bold]x[/bold] \u202eabc"}])
    table = run(*files, "--format", "table").stdout

    assert "\x1b" not in table
    assert "\u202e" not in table
    assert "[bold]x[/bold]" in table
    assert plain("a\nb\tc") == "a b c"


def test_ctrl_c_leaves_neither_a_result_nor_a_part_of_one(tmp_path):
    many = [
        {"id": f"c{n}", "title": "瑕疵檢測 " + "產線影像辨識與品質控管 " * 20} for n in range(3_000)
    ]
    command = [sys.executable, "-m", "matchmaker", "recommend", "--explain", "--top", "50"]
    command += ["--challenges", save(tmp_path / "challenges.jsonl", many)]
    command += ["--teams", COHORT / "teams.jsonl", "--out", tmp_path / "out.csv"]
    before = {"challenges.jsonl"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode != 0
    assert b"Traceback" not in err
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_terminal_gets_a_table_and_a_bar(files):
    command = [sys.executable, "-m", "matchmaker", "recommend", *files, "--lang", "en"]
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm"}
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            chunk = os.read(master, 65_536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    process.wait(timeout=20)
    os.close(master)

    assert process.returncode == 0
    assert "Matching challenges" in shown.decode()
    assert "strong fit" in shown.decode()
    assert '{"challenge_id"' not in shown.decode()


def test_the_command_needs_neither_web_nor_database_packages():
    code = (
        "import sys, matchmaker.cli.recommend\n"
        "print(sorted({'flask','sqlalchemy','wtforms','pandas','sklearn'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )

    assert done.stdout == "[]\n"


def test_equal_calls_give_equal_bytes(files, tmp_path):
    for name in ("a.csv", "b.csv"):
        run(*files, "--explain", "--seed", "7", "--out", tmp_path / name)

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
