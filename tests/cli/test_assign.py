"""``matchmaker assign``: files in, one plan for all challenges out, or the reasons why none."""

import csv
import io
import json
import subprocess
import sys

import openpyxl
import pytest
from click.testing import CliRunner

from matchmaker.cli.assign import assign_command

SCORES = "id,t1,t2,t3\nc1,0.9,0.8,0.1\nc2,0.8,0.1,\n"


@pytest.fixture
def scores(tmp_path):
    return save(tmp_path / "scores.csv", SCORES)


def save(path, text):
    path.write_text(text, "utf8")
    return path


def run(*args, **env):
    return CliRunner().invoke(
        assign_command, [str(a) for a in args], env={"LANG": "en_US.UTF-8", "LC_ALL": ""} | env
    )


def planned(result):
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return [(r["challenge_id"], r["team_id"]) for r in rows if r["role"] == "planned"]


def test_a_pipe_gets_the_plan_as_json_lines_and_figures_beside(scores):
    result = run("--scores", scores, "--per-challenge", "1")

    assert result.exit_code == 0
    assert planned(result) == [("c1", "t2"), ("c2", "t1")]
    assert result.stderr.splitlines()[-3:] == [
        "The best plan there is; this is proven.",
        "Total 1.600 of at most 1.600.",
        "Lowest score: 0.800, c1; that is 89% of what it would get choosing alone.",
    ]


def test_reserves_follow_the_plan(scores):
    result = run("--scores", scores, "--per-challenge", "1")
    first = [json.loads(line) for line in result.stdout.splitlines()]

    assert [(r["role"], r["rank"], r["team_id"], r["score"]) for r in first[:2]] == [
        ("planned", 1, "t2", 0.8),
        ("reserve", 1, "t3", 0.1),
    ]
    assert "reserve" not in run("--scores", scores, "--per-challenge", 1, "--reserves", 0).stdout


def test_fairness_is_chosen_by_an_option(tmp_path):
    table = save(tmp_path / "scores.csv", "id,t1,t2\nc1,0.9,0.3\nc2,0.6,0.2\n")

    assert planned(run("--scores", table, "--per-challenge", 1)) == [("c1", "t1"), ("c2", "t2")]
    assert planned(run("--scores", table, "--per-challenge", 1, "--objective", "fair")) == [
        ("c1", "t2"),
        ("c2", "t1"),
    ]


def test_files_of_rules_are_kept(scores, tmp_path):
    result = run(
        "--scores", scores, "--per-challenge", "1-2",
        "--demands", save(tmp_path / "d.csv", "challenge_id,min,max\nc2,2,2\n"),
        "--capacities", save(tmp_path / "r.csv", "team_id,capacity\nt1,2\n"),
        "--forbidden", save(tmp_path / "f.csv", "challenge_id,team_id\nc1,t2\n"),
        "--pinned", save(tmp_path / "p.csv", "challenge_id,team_id\nc1,t3\n"),
    )  # fmt: skip

    assert planned(result) == [("c1", "t1"), ("c1", "t3"), ("c2", "t1"), ("c2", "t2")]
    assert [json.loads(line)["fixed"] for line in result.stdout.splitlines()] == [
        False, True, False, False,
    ]  # fmt: skip


def test_challenges_and_teams_are_scored_from_their_texts(tmp_path):
    challenges = save(
        tmp_path / "challenges.jsonl",
        '{"id": "c1", "title": {"zh_TW": "水龍頭鍍鉻瑕疵檢測", "en": "Flaws on chrome taps"}}\n'
        '{"id": "c2", "title": {"en": "Forecasting hospital beds"}}\n',
    )
    teams = save(
        tmp_path / "teams.jsonl",
        '{"id": "t1", "name": "稜鏡", "profile": {"zh_TW": "鍍鉻水龍頭的瑕疵檢測。"}}\n'
        '{"id": "t2", "name": "Bedcast", "profile": {"en": "Forecasts hospital beds."}}\n'
        '{"id": "t3", "name": "沒空", "profile": {"zh_TW": "瑕疵檢測"}, "capacity": 0}\n',
    )
    result = run("--challenges", challenges, "--teams", teams, "--per-challenge", 1)
    table = run(
        "--challenges", challenges, "--teams", teams, "--per-challenge", 1,
        "--format", "table", "--lang", "zh-TW",
    )  # fmt: skip

    assert planned(result) == [("c1", "t1"), ("c2", "t2")]
    assert "c1  水龍頭鍍鉻瑕疵檢測" in table.stdout
    assert "稜鏡" in table.stdout
    assert "這是最佳的分配方案" in table.stderr


def test_what_was_written_is_read_again_as_the_earlier_plan(scores, tmp_path):
    plan = tmp_path / "plan.csv"
    first = run("--scores", scores, "--per-challenge", 1, "--out", plan)
    rows = list(csv.DictReader(io.StringIO(plan.read_text("utf-8-sig"))))
    fewer = save(tmp_path / "fewer.csv", "id,t1,t3\nc1,0.9,0.1\nc2,0.8,0.7\n")
    second = run("--scores", fewer, "--per-challenge", 1, "--previous", plan)

    assert first.stdout == ""
    assert [row["role"] for row in rows] == ["planned", "reserve", "planned"]
    assert "Of the earlier plan 0 of 1 pairs are kept." in second.stderr
    assert "Pairs of the earlier plan that name nobody who takes part: 1." in second.stderr


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.json", "plan.tsv"])
def test_the_ending_of_the_file_chooses_its_form(scores, tmp_path, name):
    out = tmp_path / name
    assert run("--scores", scores, "--per-challenge", 1, "--out", out).exit_code == 0

    if name.endswith("xlsx"):
        assert openpyxl.load_workbook(out).active["E2"].value == "t2"
    elif name.endswith("json"):
        assert json.loads(out.read_text("utf8"))[0]["team_id"] == "t2"
    else:
        assert out.read_text("utf8").splitlines()[1].split("\t")[4] == "t2"


def test_a_pair_is_explained_on_request(scores):
    result = run("--scores", scores, "--per-challenge", 1, "--why", "c1", "t1", "--why", "c2", "t3")

    assert result.stderr.splitlines()[-2:] == [
        "Not in the plan: the team adds more elsewhere (c2). The pair would cost 0.600 in total.",
        "Not in the plan: there is no score for this pair.",
    ]


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "No plan can keep all rules.",
                "1. All challenges ask for more places (4) than all teams offer (3).",
                "   What would help: Find more room among the teams: 1.",
                "With these changes there is a plan.",
            ],
        ),
        (
            "zh-TW",
            [
                "沒有任何分配方案能同時符合所有規則。",
                "1. 所有題目共需要 4 個名額，所有團隊合計只能承接 3 個。",
                "   可行的做法：請團隊合計再多承接 1 題。",
                "這樣調整後，就有可行的分配方案。",
            ],
        ),
    ],
)
def test_without_a_plan_the_reason_and_the_way_out_are_said(scores, tmp_path, lang, lines):
    out = tmp_path / "plan.csv"
    result = run("--scores", scores, "--per-challenge", 2, "--lang", lang, "--out", out)

    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert result.stderr.splitlines()[-4:] == lines


def test_a_statutory_pair_is_not_offered_as_a_way_out(tmp_path):
    table = save(tmp_path / "scores.csv", "id,t1,t2\nc1,0.9,0.3\n")
    barred = save(tmp_path / "f.csv", "challenge_id,team_id,statutory\nc1,t1,yes\nc1,t2,no\n")
    fixed = save(tmp_path / "p.csv", "challenge_id,team_id\nc1,t1\n")
    result = run("--scores", table, "--per-challenge", 1, "--forbidden", barred, "--pinned", fixed)

    assert result.exit_code == 1
    assert "t1 is fixed for c1, but this pair is forbidden." in result.stderr
    assert "Allow" not in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("--scores", "id,t1\nc1,high\n", "x.csv, line 2, column t1: A number is expected here."),
        ("--scores", "id,t1\nc1,nan\n", "x.csv, line 2, column t1: A number is expected here."),
        ("--scores", "id,t1\nc1,1\nc1,1\n", "x.csv, line 3, column id: This id stands twice."),
        ("--scores", "id,t1\n,1\n",
         "x.csv, line 2, column id: The id of the challenge is missing."),
        ("--scores", "id\nc1\n", "x.csv: The table holds no scores."),
        ("--demands", "challenge_id,min,max\nc1,-1,2\n",
         "x.csv, line 2, column min: A whole number from 0 on is expected here."),
        ("--demands", "challenge_id,min,max\nc9,1,2\n",
         "x.csv, line 2, column challenge_id: No challenge has the id c9."),
        ("--capacities", "team_id,capacity\nt1,1.5\n",
         "x.csv, line 2, column capacity: A whole number from 0 on is expected here."),
        ("--forbidden", "challenge_id,team_id\nc1,t9\n",
         "x.csv, line 2, column team_id: No team has the id t9."),
        ("--pinned", "challenge_id\nc1\n",
         "x.csv, line 1, column team_id: This column is missing."),
        ("--previous", "team_id\nt1\n",
         "x.csv, line 1, column challenge_id: This column is missing."),
    ],
)  # fmt: skip
def test_bad_input_is_named_by_file_line_and_column(scores, tmp_path, name, text, message):
    bad = save(tmp_path / "x.csv", text)
    rest = [] if name == "--scores" else ["--scores", scores]
    result = run(*rest, name, bad)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Give --challenges and --teams, or --scores alone."),
        (["--per-challenge", "many"], "--per-challenge takes one number or two"),
        (["--why", "c9", "t1"], "No challenge has the id c9."),
        (["--why", "c1", "t9"], "No team has the id t9."),
        (["--out", "plan.doc"], "plan.doc: use one of"),
        (["--out", "nowhere/plan.csv"], "cannot be written there"),
        (["--format", "xlsx"], "An XLSX table needs a file"),
    ],
)
def test_wrong_options_are_refused_in_words(scores, args, message):
    result = run(*args) if not args else run("--scores", scores, *args)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_file_to_read_is_never_written_over(scores):
    assert "is one of the files to read" in run("--scores", scores, "--out", scores).stderr
    assert scores.read_text("utf8") == SCORES


def test_the_command_is_known_by_its_name(scores):
    done = subprocess.run(
        [sys.executable, "-m", "matchmaker", "assign", "--scores", str(scores),
         "--per-challenge", "1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
