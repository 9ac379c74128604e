"""One record: what it says is taken over, what it does not say stays unsaid, the rest is named."""

from __future__ import annotations

import pytest

from matchmaker.challenges.models import Better, ChallengeKind
from matchmaker.organizations.models import OrgType
from matchmaker.teams.models import EvidenceKind
from matchmaker.transfer import records
from matchmaker.transfer.entries import Entry, Left, term_of
from matchmaker.transfer.files import Files, Kind, Row, kind_of


def entry(record, columns=()):
    record = {"id": "x1"} | record
    return Entry(Row("file.jsonl", 7, record, frozenset(columns or record)), Left())


def challenge(**record):
    made = entry(record)
    return records.challenge(made, kind=ChallengeKind.INDUSTRY), made


def problems(made):
    return [(problem.line, problem.column) for problem in made.problems]


def test_a_short_record_fills_what_it_can():
    said, made = challenge(lang="en", title="One", body="Why", domain="retail", tech=["ocr"])

    assert made.problems == []
    assert (said.need.title_en, said.background.background_en) == ("One", "Why")
    assert (said.background.domains, said.background.technologies) == (["retail"], ["ocr"])
    assert said.dates.budget_twd is said.data.data_sensitivity is None


@pytest.mark.parametrize(
    ("lang", "text", "side"),
    [
        ("zh", "OCR", "title_zh"),
        ("en", "瑕疵", "title_en"),
        (None, "瑕疵", "title_zh"),
        (None, "Flaw", "title_en"),
    ],
)
def test_plain_text_joins_the_language_of_the_record(lang, text, side):
    said, _made = challenge(title=text, **({"lang": lang} if lang else {}))

    assert getattr(said.need, side) == text


@pytest.mark.parametrize(
    ("kind", "word", "term"),
    [
        ("domains", "public-safety", "public_safety"),
        ("domains", "Manufacturing", "manufacturing"),
        ("domains", "工具機", "manufacturing"),
        ("technologies", "瑕疵檢測", "defect_detection"),
        ("technologies", "phlogiston", None),
    ],
)
def test_terms_are_known_by_id_label_and_synonym(kind, word, term):
    assert term_of(kind, word) == term


def test_words_of_no_list_are_counted_and_left_out():
    said, made = challenge(title="One", tech=["ocr", "phlogiston"])

    assert said.background.technologies == ["ocr"]
    assert dict(made.left.words) == {("technologies", "phlogiston"): 1}


def test_columns_without_a_place_are_counted():
    _said, made = challenge(title="One", year=2017, data={"rows": 3, "colour": "red"})

    assert dict(made.left.columns) == {"year": 1, "data.colour": 1}


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"title": 5}, "title"),
        ({"title": "One", "body": ["a"]}, "body"),
        ({"title": "One", "k_poc": "many"}, "k_poc"),
        ({"title": "One", "k_poc": True}, "k_poc"),
        ({"title": "One", "poc_weeks": 1.5}, "poc_weeks"),
        ({"title": "One", "kind": "weird"}, "kind"),
        ({"title": "One", "tech": [1]}, "tech"),
        ({"title": "One", "data": "much"}, "data"),
        ({"title": "One", "data": {"rows": "much"}}, "data.rows"),
        ({"title": "One", "kpis": "none"}, "kpis"),
        ({"title": "One", "kpis": [{"name": "Yield"}]}, "kpis[0].better"),
        ({"title": "One", "readiness": {"data": "yes"}}, "readiness.data"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(record, place):
    _said, made = challenge(**record)

    assert problems(made) == [(7, place)]


def test_the_better_way_follows_from_baseline_and_target():
    said, made = challenge(title="One", kpis=[{"name": "Scrap", "baseline": 9, "target": 3}])

    assert made.problems == []
    assert said.kpi.rows[0].better is Better.LOWER


def test_a_refusal_stands_at_the_column_it_came_from():
    _said, made = challenge(title="One", body="Why", lang="en")
    table = entry({"title": {"en": "One"}}, columns=["id", "title_en"])
    records.challenge(table, kind=ChallengeKind.INDUSTRY)

    named = [made.place("background_en"), made.place("rows-1-name_zh"), table.place("title_en")]
    assert named == ["body", "kpis[1].name", "title_en"]


@pytest.mark.parametrize(
    ("record", "word", "kind"),
    [
        ({"agency": "Harbour Office"}, "Harbour Office", OrgType.PUBLIC_AGENCY),
        ({"company": "Acme"}, "Acme", OrgType.COMPANY),
        ({"owner": {"zh_TW": "望汐", "en": "Wangxi"}}, "望汐", None),
        ({}, "", None),
    ],
)
def test_the_owner_is_who_the_record_names(record, word, kind):
    said = records.owner(entry(record))

    assert (said.word, said.type) == (word, kind)


def test_a_team_that_states_no_capacity_has_none():
    said = records.team(entry({"name": "Keen Eye"}))

    assert said.capacity.capacity is None
    assert records.organization_of_team(entry({"name": "Keen Eye"})) is None


def test_a_reference_of_another_installation_names_nobody():
    exported = {"name": "Keen Eye", "organization": "OR-0012", "type": "startup"}

    behind = records.organization_of_team(entry(exported))

    assert (behind.name_en, behind.type) == ("Keen Eye", OrgType.STARTUP)


def test_a_claim_to_be_verified_is_kept_in_words_only():
    said = records.team(
        entry({"name": "Keen Eye", "projects": [{"title": "P", "evidence": "verified"}]})
    )

    project = said.projects[0][0]
    assert (project.evidence, project.evidence_note) == (EvidenceKind.SELF, "verified")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("challenges.jsonl", Kind.CHALLENGE),
        ("2026-Teams.XLSX", Kind.TEAM),
        ("owners.json", Kind.ORGANIZATION),
        ("qrels.jsonl", None),
        ("teams.pdf", None),
    ],
)
def test_a_file_says_by_its_name_what_it_holds(tmp_path, name, kind):
    files = Files()
    files.add(tmp_path / name)

    assert kind_of(tmp_path / name) is kind
    assert [found for found, _path in files] == ([kind] if kind else [])
    assert bool(files.passed_over) is (kind is None)
