"""The record: who reads how much of it, searched, checked and exported."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import text

from matchmaker.audit.models import AuditEntry
from matchmaker.audit.service import record
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope


@pytest.fixture
def entry(session):
    """Adds an entry to the record."""

    def add(action="call.publish", name="Thing", actor=SYSTEM, kind="call", now=None, **more):
        added = record(
            session, action, actor=actor, now=now or clock.now(), kind=kind, name=name, **more
        )
        session.commit()
        return added

    return add


@pytest.fixture
def auditor(browse_as, people):
    return browse_as(people.auditor())


def names(browser, query=""):
    page = browser.get(f"/audit?{query}").get_data(as_text=True)
    return [name for name in ("One", "Two", "Three") if f">{name}<div" in page]


def rows(browser, query=""):
    answer = browser.get(f"/audit/record.csv?{query}")
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_everything_is_read_by_auditors_and_administrators(browse_as, people, entry):
    entry(name="One")
    entry(name="Two", program_id=people.program().id)

    for user in (people.auditor(), people.admin()):
        assert names(browse_as(user)) == ["One", "Two"]


def test_a_manager_reads_the_own_programme_only(browse_as, people, entry):
    own, other = people.program(), people.program()
    entry(name="One", program_id=own.id)
    entry(name="Two", program_id=other.id)
    entry(name="Three")
    manager = browse_as(people.pm(own))

    assert names(manager) == ["One"]
    assert [row["object_name"] for row in rows(manager, "kind=call")] == ["One"]
    assert manager.get("/audit/check").status_code == 403


def test_others_do_not_come_here(client, browse_as, people):
    program = people.program()
    finance = people.user("", (Role.FINANCE, Scope.PROGRAM, program.id))
    lead = people.owner_lead(people.organization())

    for path in ("/audit", "/audit/record.csv", "/audit/check"):
        assert browse_as(finance).get(path).status_code == 403
        assert browse_as(lead).get(path).status_code == 404
        assert client.get(path).headers["Location"].startswith("/login")


def test_codes_are_said_in_words(auditor, entry):
    person = Actor(user_id=7, name="Mei Lin", address="203.0.113.5")
    entry("challenge.request_changes", "One", person, "challenge")
    entry("account.sign_in", "Two", Actor(address="203.0.113.6"), "account")

    page = auditor.get("/audit").get_data(as_text=True)

    assert "Challenge: changes asked for" in page
    assert "challenge.<wbr>request_changes" in page
    assert "Signed in" in page
    assert "Visitor" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=challenge.", ["One"]),
        ("action=publish", []),
        ("action=%25", []),
        ("kind=team", ["Two"]),
        ("actor=mei", ["Two"]),
        ("thing=hre", ["Three"]),
        ("since=2026-11-20", ["Three"]),
        ("until=2026-11-19", ["One", "Two"]),
        ("since=2026-11-10&until=2026-11-10", ["Two"]),
        ("since=115/11/10&until=115/11/10", ["Two"]),
        ("since=yesterday", ["One", "Two", "Three"]),
        ("kind=nothing", []),
    ],
)
def test_the_record_is_searched(auditor, people, entry, query, found):
    def on(month, day):
        return people.now.replace(month=month, day=day)

    entry("challenge.publish", "One", kind="challenge", now=on(11, 9))
    entry("team.create", "Two", Actor(user_id=7, name="Mei Lin"), "team", now=on(11, 10))
    entry("call.publish", "Three", now=on(11, 20))

    exported = {row["object_name"] for row in rows(auditor, query)}
    assert names(auditor, query) == found
    assert sorted(exported & {"One", "Two", "Three"}) == sorted(found)


def test_a_day_begins_and_ends_in_taipei(auditor, people, entry):
    entry(name="One", now=people.now.replace(day=9, hour=15, minute=59))
    entry(name="Two", now=people.now.replace(day=9, hour=16, minute=0))

    assert names(auditor, "until=2026-11-09") == ["One"]
    assert names(auditor, "since=2026-11-10") == ["Two"]


def test_the_chain_fits_until_somebody_changes_an_entry(auditor, session, entry):
    entry(name="One")
    changed = entry(name="Two", reason="the true one")
    entry(name="Three")
    assert "Nothing was changed or removed" in auditor.get("/audit/check").get_data(as_text=True)

    of_table = "" if session.bind.dialect.name == "sqlite" else " ON audit_entry"
    session.execute(text(f"DROP TRIGGER audit_entry_never_changed{of_table}"))
    session.execute(
        text("UPDATE audit_entry SET reason = 'another' WHERE id = :id"), {"id": changed.id}
    )
    session.commit()

    page = auditor.get("/audit/check").get_data(as_text=True)
    assert "An entry does not fit" in page
    assert f">{changed.id}<" in page


def test_the_database_itself_refuses_changes(session, entry):
    added = entry(name="One")

    for statement in ("UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(Exception, match="append-only"), session.begin_nested():
            session.execute(text(statement))
    assert session.get(AuditEntry, added.id).reason is None


def test_the_export_holds_all_rows_and_no_formula(auditor, entry):
    names = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "＝1", "plain", 'a, "b"\nc']
    for name in names:
        entry(name=name, after={"title": name}, reason=name)

    found = rows(auditor, "kind=call")[::-1]

    assert len(found) == len(names)
    for row in found:
        for column in ("object_name", "reason"):
            assert row[column][:1] not in {"=", "+", "-", "@", "\t", "＝"}
    assert found[6]["object_name"] == "plain"
    assert found[7]["object_name"] == 'a, "b"\nc'


def test_an_export_is_an_entry_of_its_own(auditor, session, entry):
    entry(name="One")
    answer = auditor.get("/audit/record.csv?thing=One")
    answer.get_data()

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    last = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.after) == ("audit_log.export", {"thing": "One"})


def test_a_long_record_is_exported_whole_and_read_page_by_page(auditor, entry):
    for number in range(1, 521):
        entry(name=f"N{number}")

    assert [row["object_name"] for row in rows(auditor, "kind=call")] == [
        f"N{number}" for number in range(520, 0, -1)
    ]
    first = auditor.get("/audit?kind=call").get_data(as_text=True)
    older = first.split("before=")[1].split('"')[0].split("&")[0]
    second = auditor.get(f"/audit?kind=call&before={older}").get_data(as_text=True)
    assert ("N520" in first, "N471" in first, "N470" in first) == (True, True, False)
    assert "N470" in second
    assert "kind=call" in second.split("Newest entries")[0].rsplit("<a", 1)[1]


@pytest.mark.parametrize(
    "query",
    [
        "before=x", "before=-1", f"before={'9' * 30}", "since=0000-00-00", "until=9999-12-31",
        "since=0001-01-01", "since=99999/99/99",
        "actor=%F0%9F%A6%89", f"thing={'x' * 5_000}", "kind='--",
    ],
)  # fmt: skip
def test_odd_questions_are_no_failure(auditor, query):
    assert auditor.get(f"/audit?{query}").status_code in {200, 404}
    assert auditor.get(f"/audit/record.csv?{query}").status_code == 200
