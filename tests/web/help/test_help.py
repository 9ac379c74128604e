"""Help pages, the words of the field, and the answers for machines that watch."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from matchmaker.kernel import schema
from matchmaker.web.help import TOPICS, glossary_words


@pytest.mark.parametrize("name", TOPICS)
@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_every_topic_exists_in_both_languages(client, name, lang):
    answer = client.get(f"/help/{name}?lang={lang}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{"en" if lang == "en" else "zh-Hant-TW"}"' in page
    assert page.count("<h1>") == 1


def test_no_sentence_of_a_chinese_help_page_stays_english(client):
    """Of two pages in two languages, no paragraph is the same."""
    for name in TOPICS:
        pages = [
            client.get(f"/help/{name}?lang={lang}").get_data(as_text=True) for lang in ("en", "zh")
        ]
        paragraphs = [
            {part.split("</p>")[0] for part in page.split("<article")[1].split("<p>")[1:]}
            for page in pages
        ]
        assert paragraphs[0] & paragraphs[1] == set(), name


def test_the_first_help_page_leads_to_all_others(client):
    page = client.get("/help").get_data(as_text=True)
    assert [name for name in TOPICS if f'href="/help/{name}"' not in page] == []
    assert 'href="/glossary"' in page


@pytest.mark.parametrize("name", ["nothing", "../owners", "_topic", "index", "🚀"])
def test_a_topic_that_does_not_exist_is_not_found(client, name):
    assert client.get(f"/help/{name}").status_code == 404


def test_the_glossary_holds_every_term_of_the_data(client):
    page = client.get("/glossary?lang=en").get_data(as_text=True)
    assert "108 terms" in page
    assert len(glossary_words()) == 108


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("推薦執行", {"推薦執行"}),
        ("ＲＥＣＯＭＭＥＮＤＡＴＩＯＮ run", {"推薦執行"}),
        ("business registration", {"統一編號"}),
        ("zzz", set()),
    ],
)
def test_a_term_is_found_in_either_language(client, query, terms):
    page = client.get("/glossary", query_string={"q": query, "lang": "en"}).get_data(as_text=True)
    found = {part.split("<")[0] for part in page.split('<span lang="zh-Hant-TW">')[1:]}
    assert {word for word in found if word in {w.zh for w in glossary_words()}} == terms
    assert ("No term fits this search." in page) == (not terms)


def test_a_live_process_says_so_without_asking_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert answer.headers["X-Statements"] == "0"


@pytest.fixture
def migrated(database, session):
    """The database as migrations leave it."""

    def at(revision):
        session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
        session.commit()

    return at


def test_a_database_at_the_newest_revision_is_ready(client, migrated):
    migrated(schema.expected())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")


def test_a_database_of_another_revision_is_not_ready(client, migrated):
    migrated("19990101_0000")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "database": "reachable", "schema": "not current"},
    )


def test_a_database_out_of_reach_is_told_without_internals(client, monkeypatch):
    def broken(_database):
        raise OperationalError("SELECT secret", {}, Exception("disk I/O error"))

    monkeypatch.setattr(schema, "is_current", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "database": "out of reach"},
    )


def test_the_expected_revision_is_the_one_that_no_other_follows():
    from matchmaker.cli import migrate

    assert (schema.expected() or "") == migrate.newest()
