"""The list as a file: what stands in it, and that a spreadsheet runs nothing of it."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from matchmaker.accounts import sessions
from matchmaker.accounts.models import User
from matchmaker.app import create_app
from matchmaker.audit import queries as audit
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.database import Base, Database
from tests.conftest import NOON
from tests.factories import People
from tests.factories.challenges import complete_content, retitled

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rows_of(answer, kind):
    if kind == "json":
        return json.loads(answer.get_data())
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", list(TYPES))
def test_each_file_holds_the_list_under_its_filter_and_order(client, challenges, kind):
    challenges.make(budget_twd=100)
    one = challenges.make(budget_twd=600_000)
    two = challenges.make(budget_twd=700_000)
    challenges.make(ChallengeState.DRAFT, budget_twd=650_000)

    answer = client.get(f"/challenges.{kind}?budget=500k_1m&sort=budget&lang=en")

    assert answer.content_type == TYPES[kind]
    assert f'filename="Challenges 2026-11-24.{kind}"' in answer.headers["Content-Disposition"]
    rows = rows_of(answer, kind)
    assert [row["id"] for row in rows] == [two.ref, one.ref]
    assert str(rows[0]["budget_twd"]) == "700000"
    assert "Miss rate" in str(rows[0]["kpis"])
    assert "Supplier of the glass" not in str(rows)


@pytest.mark.parametrize("kind", list(TYPES))
def test_the_name_of_the_file_is_chinese_for_chinese_readers(client, kind):
    answer = client.get(f"/challenges.{kind}?lang=zh-TW")

    named = answer.headers["Content-Disposition"]
    assert f"filename=2026-11-24.{kind}" in named
    assert f"filename*=UTF-8''{quote('題目 2026-11-24')}.{kind}" in named
    assert named.isascii()


@pytest.mark.parametrize("kind", list(TYPES))
@pytest.mark.parametrize("name", ["題目", "O'Brien & <b>", "🚀 \u202eevil", "a" * 120])
def test_any_text_comes_out_as_it_went_in(client, challenges, kind, name):
    made = challenges.make(content=complete_content(name))

    row = rows_of(client.get(f"/challenges.{kind}"), kind)[0]

    title = row["title"]["en"] if kind == "json" else row["title_en"]
    assert title == made.title.en


STARTS = pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])


@STARTS
def test_no_cell_of_a_table_of_text_starts_a_formula(client, challenges, start):
    sum_ = f"{start}cmd|'/C calc'!A0"
    challenges.make(content=retitled(complete_content(sum_), pain_en=sum_))

    row = rows_of(client.get("/challenges.csv"), "csv")[0]

    assert row["title_en"].endswith("cmd|'/C calc'!A0")
    for value in row.values():
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@STARTS
def test_no_cell_of_a_workbook_is_a_formula(client, challenges, start):
    sum_ = f"{start}cmd|'/C calc'!A0"
    challenges.make(content=retitled(complete_content(sum_), pain_en=sum_))

    answer = client.get("/challenges.xlsx")

    cells = [cell for row in load_workbook(io.BytesIO(answer.get_data())).active for cell in row]
    assert any("calc" in str(cell.value) for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_text_longer_than_a_cell_is_cut_in_tables_only(client, challenges):
    challenges.make(content=retitled(complete_content(), pain_en="x" * 10_000))

    assert len(rows_of(client.get("/challenges.xlsx"), "xlsx")[0]["pain_en"]) == 10_000
    assert len(rows_of(client.get("/challenges.json"), "json")[0]["pain"]["en"]) == 10_000


def test_who_takes_the_list_away_is_written_down_but_visitors_are_not(settings, tmp_path):
    """Against a database of its own: the entry is committed apart from the reading request."""
    database = Database(f"sqlite:///{tmp_path / 'export.db'}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        reader = People(session, NOON).user("Reader")
    with database.transaction() as session:
        _row, token = sessions.start(
            session, session.get_one(User, reader.id), now=NOON, address="", agent=""
        )
    app = create_app(settings, database)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token

    app.test_client().get("/challenges.csv")
    browser.get("/challenges.xlsx")

    with database.reading() as session:
        entries = audit.newest(session, audit.Filter(action="challenge.export")).rows
    assert [(e.actor_id, e.after) for e in entries] == [(reader.id, {"format": "xlsx", "rows": 0})]
    database.close()


def test_an_empty_file_has_its_head(client):
    lines = client.get("/challenges.csv").get_data().decode("utf-8-sig").splitlines()

    assert len(lines) == 1
    assert lines[0].startswith("id,kind,state,owner_zh,owner_en,call,title_zh,title_en")
