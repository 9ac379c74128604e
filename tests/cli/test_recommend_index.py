"""``matchmaker recommend rebuild|update|query``: an index that is kept, changed and asked."""

import json
import re

import pytest
from click.testing import CliRunner

from matchmaker.cli.migrate import prepared
from matchmaker.cli.recommend import recommend
from matchmaker.config import Settings
from matchmaker.kernel.resources import folder
from matchmaker.recommender import run as running
from tests.cli.test_recommend import CHALLENGES, TEAMS, rows, save
from tests.cli.test_recommend import run as plainly
from tests.conftest import NOON
from tests.factories import People
from tests.factories.matching import make_cast

COHORT = folder("data") / "cohort"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def call(place):
    def called(command, *args, given=None, **env):
        return CliRunner().invoke(
            recommend,
            [command, "--index", str(place), *(str(arg) for arg in args)],
            input=given,
            env={"LANG": "en_US.UTF-8", "LC_ALL": ""} | env,
        )

    return called


@pytest.fixture
def teams(tmp_path):
    return save(tmp_path / "teams.jsonl", TEAMS)


@pytest.fixture
def built(call, teams):
    assert call("rebuild", "--teams", teams).exit_code == 0


def answer(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def found(result):
    return [pair["team_id"] for pair in answer(result)["matches"]]


def test_a_rebuilt_index_says_what_it_holds(call, teams, place):
    facts = answer(call("rebuild", "--teams", teams, "--json"))

    assert (facts["teams"], facts["index"]) == (3, str(place))
    assert facts["bytes"] > 0
    assert "Indexed 3 teams" in call("rebuild", "--teams", teams).stdout


@pytest.mark.usefixtures("built")
def test_a_text_on_standard_input_finds_its_team(call):
    assert found(call("query", "--json", "--top", "1", given="Forecasting free hospital beds")) == [
        "t2"
    ]
    assert found(call("query", "-", "--json", "--top", "1", given="鍍鉻水龍頭的瑕疵")) == ["t1"]


@pytest.mark.usefixtures("built")
def test_a_record_and_a_text_file_are_read_too(call, tmp_path):
    (tmp_path / "need.txt").write_text("鍍鉻水龍頭", "utf8")

    assert found(call("query", "--json", "--top", "1", given=json.dumps(CHALLENGES[1]))) == ["t2"]
    assert found(call("query", tmp_path / "need.txt", "--json", "--top", "1")) == ["t1"]


@pytest.mark.usefixtures("built")
def test_a_file_of_challenges_is_asked_whole_or_one_by_its_id(call, tmp_path):
    challenges = save(tmp_path / "challenges.jsonl", CHALLENGES)

    assert found(call("query", challenges, "--json", "--top", "1")) == ["t1", "t2"]
    assert found(call("query", challenges, "--id", "c2", "--json", "--top", "1")) == ["t2"]
    refused = call("query", challenges, "--id", "c7")
    assert (refused.exit_code, refused.stderr) == (
        2, "challenges.jsonl has no challenge c7.\n"
    )  # fmt: skip


@pytest.mark.usefixtures("built")
def test_scores_and_reasons_are_those_of_the_plain_command(call, tmp_path, teams):
    challenges = save(tmp_path / "challenges.jsonl", CHALLENGES)
    ours = answer(call("query", challenges, "--explain", "--json"))["matches"]
    theirs = rows(plainly("--challenges", challenges, "--teams", teams, "--explain"))

    assert [pair.pop("score") for pair in ours] == pytest.approx(
        [pair.pop("score") for pair in theirs], abs=1e-6
    )
    for pair in (*ours, *theirs):
        pair["parts"] = {name: round(value, 6) for name, value in pair["parts"].items()}
        for reason in pair["reasons"]:
            reason["share"] = round(reason["share"], 5)
    assert ours == theirs


@pytest.mark.usefixtures("built")
def test_people_read_a_table_in_their_language(call):
    shown = call("query", "--lang", "zh-TW", "--explain", given="鍍鉻水龍頭的瑕疵檢測")

    assert "稜鏡面檢" in shown.stdout
    assert "契合" in shown.stdout


@pytest.mark.usefixtures("built")
def test_an_update_adds_changes_and_removes_teams(call, tmp_path):
    later = save(
        tmp_path / "later.jsonl",
        [
            {"id": "t4", "name": "Bedwatch", "profile": "Watches free hospital beds."},
            TEAMS[1] | {"profile": {"en": "Bakes bread."}},
            TEAMS[0],
        ],
    )
    counts = answer(call("update", "--teams", later, "--remove", "t3", "--json"))

    assert {"added": 1, "changed": 1, "unchanged": 1, "removed": 1, "teams": 3} | counts == counts
    assert found(call("query", "--json", "--top", "1", given="free hospital beds")) == ["t4"]
    assert found(call("query", "--json", "--top", "1", given="bread")) == ["t2"]


@pytest.mark.usefixtures("built")
def test_an_update_takes_only_the_teams_that_are_named(call, tmp_path):
    news = [TEAMS[0] | {"profile": "蜘蛛"}, TEAMS[1] | {"profile": "蜘蛛"}]
    later = save(tmp_path / "later.jsonl", news)
    answer(call("update", "t2", "--teams", later, "--json"))

    assert found(call("query", "--json", "--top", "1", given="蜘蛛")) == ["t2"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["t9", "--teams", "teams.jsonl"], "teams.jsonl has no team t9."),
        (["--remove", "t9"], "The index has no team t9."),
        ([], "Say where the teams are: --teams FILE or --from-database."),
        (["--teams", "broken.csv"], "broken.csv, line 2, column capacity: A whole number"),
    ],
)
def test_an_update_that_cannot_be_done_changes_nothing(call, tmp_path, place, args, said):
    (tmp_path / "broken.csv").write_text("id,name,capacity\nt1,a,two\n", "utf8")
    before = (place / "later.index").read_bytes()
    args = [str(tmp_path / arg) if "." in arg else arg for arg in args]
    refused = call("update", *args)

    assert refused.exit_code == 2
    assert refused.stderr.startswith(said)
    assert (place / "later.index").read_bytes() == before


def test_without_an_index_one_is_told_how_to_build_it(call):
    refused = call("query", given="x")

    assert refused.exit_code == 2
    assert "Run: matchmaker recommend rebuild" in refused.stderr
    assert "沒有索引" in call("query", "--lang", "zh-TW", given="x").stderr


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("given", ["", "  ", "{broken", '{"id": "x"}'])
def test_a_challenge_without_a_text_is_refused(call, given):
    refused = call("query", given=given)

    assert refused.exit_code == 2
    assert "Traceback" not in refused.output


@pytest.mark.usefixtures("built")
def test_a_damaged_index_is_named_as_such(call, place):
    content = bytearray((place / "later.index").read_bytes())
    content[-1] ^= 1
    content[30] ^= 1
    (place / "later.index").write_bytes(content)
    refused = call("query", given="x")

    assert refused.exit_code == 2
    assert "damaged" in refused.stderr


def test_options_before_a_command_are_not_overlooked(tmp_path):
    refused = plainly("--top", "3", "query")

    assert refused.exit_code == 2
    assert "--top stands before query" in refused.output


def test_the_plain_command_still_asks_for_both_files(teams):
    assert re.search("Missing option.*--challenges", plainly("--teams", teams).output, re.DOTALL)
    assert plainly().exit_code == 2


def test_a_large_list_gives_the_same_as_a_small_one(monkeypatch, tmp_path):
    args = ["--challenges", COHORT / "challenges.jsonl", "--teams", COHORT / "teams.jsonl",
            "--top", "3", "--out"]  # fmt: skip
    small = plainly(*args, tmp_path / "small.jsonl")
    monkeypatch.setattr(running, "LARGE", 100)
    large = plainly(*args, tmp_path / "large.jsonl")

    def read(name):
        return [json.loads(line) for line in (tmp_path / name).read_text("utf8").splitlines()]

    ours, theirs = read("large.jsonl"), read("small.jsonl")
    assert [(p["challenge_id"], p["team_id"]) for p in ours] == [
        (p["challenge_id"], p["team_id"]) for p in theirs
    ]
    assert [p["score"] for p in ours] == pytest.approx([p["score"] for p in theirs], abs=1e-6)
    assert "Read 172 of 172 teams." in large.stderr
    assert large.stderr.splitlines()[-2:-1] != small.stderr.splitlines()
    digest = re.compile(r", ([0-9a-f]{16})\)")
    assert digest.findall(large.stderr) == digest.findall(small.stderr)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site of its own with the two teams and a challenge of a small call."""
    monkeypatch.setenv("MATCHMAKER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "home").mkdir()
    database = prepared(Settings())
    with database.session(writes=True) as session:
        cast = make_cast(session, People(session, NOON), challenges=1, teams=2)
        yield cast
    database.close()


def test_teams_and_challenges_of_this_site_go_by_their_references(site, call):
    first, second = site.teams
    facts = answer(call("rebuild", "--from-database", "--json"))
    asked = call("query", "--from-database", site.challenges[0].ref, "--json")

    assert facts["teams"] == 2
    assert found(asked)[0] == first.ref
    site.session.delete(second)
    site.session.commit()
    counts = answer(call("update", first.ref.lower(), "--from-database", "--json"))
    assert counts["unchanged"] == 1
    refused = call("update", second.ref, "--from-database")
    assert (refused.exit_code, refused.stderr) == (
        2, f"No listed team is called {second.ref}.\n"
    )  # fmt: skip
    assert "No challenge is called CH-99-999." in call(
        "query", "--from-database", "CH-99-999"
    ).stderr  # fmt: skip
