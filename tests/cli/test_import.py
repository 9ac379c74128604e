"""``matchmaker import``: files become a programme, all of them or none."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from matchmaker.accounts import queries as account_queries
from matchmaker.accounts import service as accounts
from matchmaker.accounts import sessions
from matchmaker.app import create_app
from matchmaker.audit.models import AuditEntry
from matchmaker.audit.service import first_broken
from matchmaker.challenges.models import Challenge, ChallengeKind
from matchmaker.cli.import_ import import_
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.database import Database
from matchmaker.matching.models import RecommendationRun
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call, Program
from matchmaker.teams.models import Team

RECORDS = Path(__file__).parent / "records"
EMAIL = "mei@example.org"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "real_records"
    shutil.copytree(RECORDS, place)
    return place


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def run(home):
    def run(*options, **env):
        known = {"MATCHMAKER_HOME": str(home), "DATABASE_URL": "", "LC_ALL": "en_US.UTF-8"}
        return CliRunner().invoke(import_, [str(each) for each in options], env=known | env)

    return run


@pytest.fixture
def look(home):
    """Runs a function on the database as it stands."""

    def look(question):
        database = Database(f"sqlite:///{home / 'matchmaker.db'}")
        with database.reading() as session:
            found = question(session)
        database.close()
        return found

    return look


def count(kind):
    return lambda session: session.scalar(select(func.count(kind.id)))


def change(file, row_id, **values):
    """Change one record of a file in place."""
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for record in records:
        if record["id"] == row_id:
            record |= values
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")


def save(file, *records):
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    file.write_text(text, encoding="utf-8")
    return file


def line_of(result, word):
    return next(line for line in result.stdout.splitlines() if line.startswith(word))


def make_account(home, email=EMAIL):
    """An account on a database that the first load has made."""
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.transaction() as session:
        accounts.create_user(
            session, email=email, name="Mei Lin", password_hash=None, actor=SYSTEM,
            now=clock.now(), active=True,
        )  # fmt: skip
    database.close()


def test_records_become_a_programme_with_its_call(run, look, folder):
    result = run(folder)

    assert result.exit_code == 0, result.stderr
    assert line_of(result, "Challenges:").startswith("Challenges: 4 new, 0 changed")
    assert line_of(result, "Teams:").startswith("Teams: 7 new")
    assert look(count(Program)) == look(count(Call)) == 1
    assert look(count(Challenge)) == 4
    assert look(lambda s: set(s.scalars(select(Challenge.state)))) == {"published"}
    assert look(lambda s: set(s.scalars(select(Challenge.provenance)))) == {"imported"}
    assert look(first_broken) is None


def test_what_records_do_not_say_is_not_invented(run, look, folder):
    run(folder)

    def unsaid(session):
        owner = session.scalars(select(Organization)).one()
        challenge = session.scalars(select(Challenge).order_by(Challenge.id)).first()
        team = session.scalars(select(Team).order_by(Team.id)).first()
        return (
            owner.type, owner.name.en, challenge.budget_twd, challenge.data_sensitivity,
            list(challenge.kpis), challenge.terms_accepted_at, challenge.submitted_at,
            team.capacity, team.organization, team.members,
        )  # fmt: skip

    assert look(unsaid) == (
        None, "Owner not stated (real records)", None, None, [], None, None, None, None, [],
    )  # fmt: skip


def test_what_was_left_out_or_assumed_is_said(run, folder):
    change(folder / "challenges.jsonl", "T0383", tech=["OCR", "phlogiston"])

    said = run(folder).stdout

    assert "4 challenges name no owner" in said
    assert "left out: phlogiston (1 records)" in said
    assert "OCR" not in said
    assert "Columns that have no place here, left out: year." in said
    assert "taken as: industry" in said


def test_loading_again_changes_nothing(run, look, folder):
    run(folder)
    entries = look(count(AuditEntry))

    again = run(folder)

    assert line_of(again, "Challenges:").startswith("Challenges: 0 new, 0 changed, 4 unchanged")
    assert line_of(again, "Teams:").startswith("Teams: 0 new, 0 changed, 7 unchanged")
    assert look(count(Challenge)) == 4
    assert look(count(Team)) == 7
    assert look(count(AuditEntry)) == entries + 1  # that somebody loaded it again


def test_loading_again_follows_what_changed_in_the_files(run, look, folder):
    run(folder)
    first = json.loads((folder / "teams.jsonl").read_text("utf-8").splitlines()[0])
    change(folder / "challenges.jsonl", "T0383", title="Adaptive optics, again")
    change(folder / "teams.jsonl", first["id"], name="Renamed Inc.", projects=[])

    again = run(folder)

    assert line_of(again, "Challenges:").startswith("Challenges: 0 new, 1 changed, 3 unchanged")
    assert line_of(again, "Teams:").startswith("Teams: 0 new, 1 changed, 6 unchanged")
    titles = look(lambda s: [title.en for title in s.scalars(select(Challenge.title))])
    assert "Adaptive optics, again" in titles
    renamed = look(
        lambda s: next(
            len(team.projects) for team in s.scalars(select(Team)) if team.name.en == "Renamed Inc."
        )
    )
    assert renamed == 0


def test_what_people_edited_since_is_kept(run, look, home, folder):
    run(folder)
    make_account(home)
    first = json.loads((folder / "teams.jsonl").read_text("utf-8").splitlines()[0])
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.transaction() as session:
        user = account_queries.user_by_email(session, EMAIL)
        team = session.scalars(select(Team).order_by(Team.id)).first()
        team.edited_by = user.id
    database.close()
    change(folder / "teams.jsonl", first["id"], name="Renamed Inc.")

    again = run(folder)

    assert line_of(again, "Teams:").endswith("6 unchanged, 1 kept as people left them.")
    assert "Renamed Inc." not in look(lambda s: [n.en for n in s.scalars(select(Team.name))])


def test_every_bad_row_is_named_and_nothing_is_kept(run, look, folder):
    change(folder / "challenges.jsonl", "T0383", title="x" * 201, budget_twd="a lot")
    change(folder / "challenges.jsonl", "T0658", k_poc=9)
    change(folder / "teams.jsonl", "Fb2ae1ad361", projects=[{"title": "Done", "year": 3000}])

    result = run(folder)

    assert result.exit_code == 2
    assert "challenges.jsonl, line 1, column budget_twd: A whole number" in result.stderr
    assert "challenges.jsonl, line 2, column k_poc: Give a number" in result.stderr
    assert "column projects[0].year: Give a year" in result.stderr
    assert look(count(Program)) == look(count(Team)) == look(count(AuditEntry)) == 0


def test_problems_of_all_files_are_named_at_once(run, tmp_path):
    (tmp_path / "challenges.csv").write_text("id,title\nc1,One\nc1,Two\n", "utf-8")
    (tmp_path / "teams.csv").write_text("name\nKeen Eye\n", "utf-8")

    result = run(tmp_path)

    assert result.exit_code == 2
    assert "challenges.csv, line 3, column id: This id stands twice." in result.stderr
    assert "teams.csv, line 1, column id: This column is missing." in result.stderr


def test_a_table_names_its_own_columns(run, tmp_path):
    header = "id,name_zh,project_1_title_zh,project_1_year\n"
    (tmp_path / "teams.csv").write_text(header + "t1,稜鏡,面板檢測,3000\n", "utf-8")

    result = run(tmp_path)

    assert "teams.csv, line 2, column project_1_year: Give a year" in result.stderr


def test_a_dry_run_keeps_nothing(run, look, folder):
    result = run(folder, "--dry-run", "--match")

    assert result.exit_code == 0, result.stderr
    assert line_of(result, "Challenges:").startswith("Challenges: 4 new")
    assert "nothing was kept" in result.stdout
    assert look(count(Program)) == look(count(Team)) == look(count(RecommendationRun)) == 0


def test_a_dry_run_over_earlier_records_says_what_would_change(run, look, folder):
    run(folder)
    change(folder / "challenges.jsonl", "T0383", title="Another title")

    result = run(folder, "--dry-run")

    assert line_of(result, "Challenges:").startswith("Challenges: 0 new, 1 changed, 3 unchanged")
    assert "Another title" not in look(lambda s: [t.en for t in s.scalars(select(Challenge.title))])


def test_owners_that_are_named_become_organisations(run, look, tmp_path):
    save(
        tmp_path / "challenges.jsonl",
        {"id": "c1", "title": "One", "agency": "Harbour Office"},
        {"id": "c2", "title": "Two", "agency": "harbour office"},
        {"id": "c3", "title": "Three", "owner": "o1", "kind": "social"},
        {"id": "c4", "title": "Four"},
    )
    save(tmp_path / "owners.jsonl", {"id": "o1", "name": {"zh_TW": "望汐紡織"}, "type": "company"})

    result = run(tmp_path)

    assert result.exit_code == 0, result.stderr
    owners = look(
        lambda s: [
            (c.organization.name.en or c.organization.name.zh_TW, c.organization.type, c.kind)
            for c in s.scalars(select(Challenge).order_by(Challenge.id))
        ]
    )
    industry = ChallengeKind.INDUSTRY
    assert owners == [
        ("Harbour Office", "public_agency", industry),
        ("Harbour Office", "public_agency", industry),
        ("望汐紡織", "company", ChallengeKind.SOCIAL),
        (f"Owner not stated ({tmp_path.name.replace('_', ' ')})", None, industry),
    ]


def test_the_cohort_loads_with_owners_and_kpis(run, look):
    place = Path(__file__).parent.parent.parent / "data" / "cohort"
    result = run(
        "--challenges", place / "challenges.jsonl", "--organizations", place / "owners.json",
        "--program-name", "隊伍", "--call-name", "第一梯次",
    )  # fmt: skip

    assert result.exit_code == 0, result.stderr
    assert line_of(result, "Organisations:").startswith("Organisations: 74 new")
    assert line_of(result, "Challenges:").startswith("Challenges: 77 new")
    kpis, sensitivity = look(
        lambda s: next(
            (len(c.kpis), c.data_sensitivity)
            for c in s.scalars(select(Challenge).order_by(Challenge.id))
        )
    )
    assert (kpis, sensitivity) == (3, "internal")


def test_what_the_site_exports_can_be_loaded(run, look, home, folder, tmp_path):
    run(folder)
    app = create_app(Settings(MATCHMAKER_HOME=home, limits_on=False))
    browser = app.test_client()
    again = tmp_path / "again"
    again.mkdir()
    for name in ("challenges.json", "teams.csv"):
        (again / name).write_bytes(browser.get(f"/{name}").data)
    app.extensions["matchmaker.database"].close()

    result = run(again)

    assert result.exit_code == 0, result.stderr
    assert line_of(result, "Challenges:").startswith("Challenges: 4 new")
    assert line_of(result, "Teams:").startswith("Teams: 7 new")
    names = look(lambda s: [o.name.en for o in s.scalars(select(Organization))])
    assert names == ["Owner not stated (real records)"] * 2


def test_a_manager_reads_the_board_with_the_matching(run, look, home, folder):
    run(folder)
    make_account(home)

    result = run(folder, "--manager", EMAIL, "--match")

    assert result.exit_code == 0, result.stderr
    assert f"Managers of the programme: {EMAIL}." in result.stdout
    assert "Matched 28 of 28 pairs." in result.stderr
    assert "/matching?call=real-records" in result.stdout
    app = create_app(
        Settings(MATCHMAKER_HOME=home, limits_on=False, staff_second_factor="optional")
    )
    database = app.extensions["matchmaker.database"]
    with database.transaction() as session:
        user = account_queries.user_by_email(session, EMAIL)
        held = account_queries.actor_of(session, user)
        program = session.scalars(select(Program)).one()
        now = clock.now()
        _row, token = sessions.start(session, user, now=now, address="127.0.0.1", agent="test")
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    browser.set_cookie("lang", "en")
    board = browser.get("/matching?call=real-records").get_data(as_text=True)
    call = browser.get("/calls/real-records").get_data(as_text=True)
    challenges = browser.get("/challenges?call=real-records").get_data(as_text=True)
    teams = browser.get("/teams").get_data(as_text=True)
    database.close()

    assert held.holds(Role.PM, program.id)
    assert "Non-linear Adaptive Optics" in board
    assert "MZA Associates Corporation" in board
    assert "Imported" in board
    assert "The imported files state no terms" in call
    assert challenges.count("Imported") >= 4
    assert teams.count("Room for PoCs not stated") == 7


def test_matching_is_not_computed_twice_for_nothing(run, look, folder):
    run(folder, "--match")

    again = run(folder, "--match")

    assert "The matching is up to date (run 1)." in again.stdout
    assert look(count(RecommendationRun)) == 1


def test_without_a_manager_it_says_how_somebody_becomes_one(run, folder):
    said = run(folder).stdout

    assert "--manager ADDRESS" in said
    assert "/admin/invitations/staff" in said


def test_an_unknown_manager_stops_everything(run, look, folder):
    result = run(folder, "--manager", "nobody@example.org")

    assert result.exit_code == 2
    assert "nobody@example.org" in result.stderr
    assert look(count(Program)) == 0


def test_a_closed_call_takes_no_new_challenges(run, home, folder):
    run(folder)
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.transaction() as session:
        call = session.scalars(select(Call)).one()
        call.opens_at, call.closes_at = (clock.now() - timedelta(days=d) for d in (9, 1))
    database.close()
    with (folder / "challenges.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "new", "title": "Too late"}\n')

    result = run(folder)

    assert result.exit_code == 2
    assert "has closed. Give another --call-name." in result.stderr


def test_a_name_that_says_nothing_is_refused(run, tmp_path):
    place = save(tmp_path / "records.jsonl", {"id": "c1", "title": "One"})

    assert "Use --challenges, --teams or --organizations." in run(place).stderr
    assert run("--challenges", place).exit_code == 0
    assert run(tmp_path / "nothing").exit_code == 2
    assert run().exit_code == 2


def test_it_speaks_chinese_to_a_chinese_terminal(run, folder):
    result = run(folder, LC_ALL="zh_TW.UTF-8")

    assert line_of(result, "題目：").startswith("題目：新增 4")


def test_the_role_is_given_in_the_new_programme_only(run, look, home, folder):
    run(folder)
    make_account(home)
    run(folder, "--manager", EMAIL)

    hats = look(lambda s: account_queries.actor_of(s, account_queries.user_by_email(s, EMAIL)).hats)
    assert {(hat.role, hat.scope) for hat in hats} == {(Role.PM, Scope.PROGRAM)}
