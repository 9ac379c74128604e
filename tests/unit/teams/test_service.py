"""Verbs on teams: what they check, change, record and tell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.audit import queries as audit
from matchmaker.kernel import search
from matchmaker.kernel.actor import PUBLIC, SYSTEM, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.kernel.events import _LISTENERS
from matchmaker.teams import queries, service
from matchmaker.teams.entries import (
    MOST_PROJECTS,
    Capabilities,
    Capacity,
    Check,
    Credential,
    Profile,
    Project,
)
from matchmaker.teams.events import TeamCreated, TeamProfileChanged
from matchmaker.teams.models import EvidenceKind
from tests.conftest import NOON, actor_of
from tests.factories.teams import make_full_team, make_team

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def lead(people):
    return people.user("王小明")


@pytest.fixture
def actor(session, lead, team):
    return actor_of(session, lead)


@pytest.fixture
def team(session, lead):
    return make_full_team(session, NOON, lead)


@pytest.fixture
def told(monkeypatch):
    """Every fact that is published while the test runs."""
    heard = []
    for kind in (TeamCreated, TeamProfileChanged):
        monkeypatch.setitem(_LISTENERS, kind, [lambda _session, fact: heard.append(fact)])
    return heard


def found(session, query):
    return set(session.scalars(search.matching(session, "team", query)))


VERBS = {
    "edit_profile": lambda s, t, **k: service.edit_profile(s, t, Profile(name_en="New"), **k),
    "set_organization": lambda s, t, **k: service.set_organization(s, t, None, **k),
    "set_capabilities": lambda s, t, **k: service.set_capabilities(
        s, t, Capabilities(domains=["finance"]), **k
    ),
    "set_capacity": lambda s, t, **k: service.set_capacity(s, t, Capacity(5), **k),
    "set_listed": lambda s, t, **k: service.set_listed(s, t, False, **k),
    "add_project": lambda s, t, **k: service.add_project(s, t, Project(title_en="P"), **k),
    "edit_project": lambda s, t, **k: service.edit_project(
        s, t.projects[0], Project(title_en="P"), **k
    ),
    "move_project": lambda s, t, **k: service.move_project(s, t.projects[0], 1, **k),
    "remove_project": lambda s, t, **k: service.remove_project(s, t.projects[0], **k),
    "add_certificate": lambda s, t, **k: service.add_certificate(
        s, t, Credential(name="ISO 9001"), **k
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_outside_the_team_changes_it(session, people, team, verb):
    refused = {
        PUBLIC: NotFound,
        people.actor(people.owner_lead(people.organization())): NotFound,
        people.actor(people.user("", (Role.TEAM_LEAD, Scope.TEAM, team.id + 1))): NotFound,
        people.actor(people.user("", (Role.REVIEWER, Scope.PANEL, team.id))): NotFound,
        people.actor(people.user("", (Role.FINANCE, Scope.PROGRAM, team.id))): NotFound,
        people.actor(people.user("", (Role.INVESTOR, Scope.PLATFORM, 0))): NotFound,
        people.actor(people.pm(people.program())): NotAllowed,
        people.actor(people.auditor()): NotAllowed,
        people.actor(people.admin()): NotAllowed,
        SYSTEM: NotFound,
    }
    before = team.version
    for stranger, refusal in refused.items():
        with pytest.raises(refusal):
            VERBS[verb](session, team, version=team.version, actor=stranger, now=LATER)
    assert team.version == before


@pytest.mark.parametrize("verb", VERBS)
def test_an_old_version_changes_nothing(session, team, actor, verb):
    with pytest.raises(Stale):
        VERBS[verb](session, team, version=team.version - 1, actor=actor, now=LATER)


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - {"set_organization", "move_project"}))
def test_a_change_counts_is_recorded_and_is_told(session, team, actor, told, verb):
    before = team.version

    VERBS[verb](session, team, version=before, actor=actor, now=LATER)

    entry = audit.of_object(session, "team", team.id)[0]
    assert (team.version, team.edited_at, team.edited_by) == (before + 1, LATER, actor.user_id)
    assert (entry.action, entry.actor_id, entry.at) == (f"team.{verb}", actor.user_id, LATER)
    assert told == [TeamProfileChanged(team.id, before + 1, LATER)]


def test_saving_what_stands_there_already_is_no_change(session, team, actor, told):
    before = team.version

    service.set_capacity(
        session, team, Capacity(2, None, ["central"], ["en", "zh-TW"]),
        version=before, actor=actor, now=LATER,
    )  # fmt: skip

    assert (team.version, told) == (before, [])


def test_founding_makes_the_person_lead_by_role_and_by_name(session, people, told):
    founder = people.user("林佳慧")

    team = service.create(session, Profile(name_zh="新團隊"), actor=people.actor(founder), now=NOON)

    (member,) = queries.people(session, team.id)
    assert (member.name, member.user_id, member.role.value) == ("林佳慧", founder.id, "lead")
    assert member.joined_on == date(2026, 11, 24)
    assert people.actor(founder).holds(Role.TEAM_LEAD, team.id)
    assert queries.teams_of_person(session, founder.id) == [team]
    assert (team.version, team.ref[:3]) == (1, "TM-")
    assert told == [TeamCreated(team.id, founder.id, NOON)]


def test_a_visitor_founds_nothing(session):
    with pytest.raises(NotAllowed):
        service.create(session, Profile(name_en="X"), actor=PUBLIC, now=NOON)


def test_a_team_for_an_organisation_is_founded_by_its_people(session, people):
    own, foreign = people.organization(), people.organization()
    actor = people.actor(people.owner_member(own))

    team = service.create(session, Profile(name_en="X"), actor=actor, now=NOON, organization=own)

    assert team.organization is own
    with pytest.raises(NotAllowed):
        service.create(session, Profile(name_en="Y"), actor=actor, now=NOON, organization=foreign)


def test_a_team_is_found_by_what_it_says_and_not_by_what_it_keeps(session, team, actor):
    service.edit_profile(
        session, team, Profile(name_zh="新名", profile_zh="毫米波雷達", wishes_zh="不接國防案"),
        version=team.version, actor=actor, now=LATER,
    )  # fmt: skip

    assert found(session, "毫米波") == {team.id}
    assert found(session, "假警報") == {team.id}
    assert found(session, "半導體") == {team.id}
    assert found(session, "視覺智造") == set()
    assert found(session, "國防") == set()
    assert found(session, "王小明") == set()


def test_wider_terms_are_counted_with_the_narrow_ones(session, team, actor):
    service.set_capabilities(
        session, team, Capabilities(modalities=["pathology_slide"], domains=["insurance"]),
        version=team.version, actor=actor, now=LATER,
    )  # fmt: skip

    tags = {(tag.kind, tag.term) for tag in team.tags}
    assert tags == {
        ("domains", "insurance"), ("domains", "finance"), ("modalities", "pathology_slide"),
        ("modalities", "medical_image"), ("modalities", "image"), ("regions", "central"),
        ("languages", "zh-TW"), ("languages", "en"),
    }  # fmt: skip
    assert team.domains == ["insurance"]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (Profile(), {"name_zh"}),
        (Profile(name_en="\u202e \u200f"), {"name_zh"}),
        (Profile(name_en="x" * 121), {"name_en"}),
        (Profile(name_en="x", profile_zh="字" * 301), {"profile_zh"}),
        (Profile(name_en="x", profile_en="🤖" * 601), {"profile_en"}),
        (Profile(name_en="x", founded=3026), {"founded"}),
        (Profile(name_en="x", founded=-1), {"founded"}),
        (Profile(name_en="x", website="ftp://x"), {"website"}),
        (Profile(name_en="x" * 121, founded=1, city="c" * 41), {"name_en", "founded", "city"}),
    ],
)
def test_a_wrong_profile_names_each_wrong_field(session, team, actor, content, fields):
    with pytest.raises(Invalid) as refusal:
        service.edit_profile(session, team, content, version=team.version, actor=actor, now=LATER)
    assert set(refusal.value.fields) == fields


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Capacity(-1), "capacity"),
        (Capacity(21), "capacity"),
        (Capacity(1, date(3026, 1, 1)), "free_from"),
        (Capacity(1, date(1026, 1, 1)), "free_from"),
        (Capacity(1, None, ["mars"]), "regions"),
        (Capacity(1, None, [], ["tlh"]), "languages"),
    ],
)
def test_a_wrong_capacity_names_its_field(session, team, actor, content, field):
    with pytest.raises(Invalid) as refusal:
        service.set_capacity(session, team, content, version=team.version, actor=actor, now=LATER)
    assert set(refusal.value.fields) == {field}
    assert team.capacity == 2


def test_a_term_that_is_none_is_refused(session, team, actor):
    with pytest.raises(Invalid) as refusal:
        service.set_capabilities(
            session, team, Capabilities(technologies=["defect_detection", "'; DROP TABLE"]),
            version=team.version, actor=actor, now=LATER,
        )  # fmt: skip
    assert set(refusal.value.fields) == {"technologies"}


def test_terms_are_kept_once_and_in_the_order_of_the_list(session, team, actor):
    service.set_capabilities(
        session, team, Capabilities(domains=["finance", "manufacturing", "finance"]),
        version=team.version, actor=actor, now=LATER,
    )  # fmt: skip

    assert team.domains == ["manufacturing", "finance"]


def test_the_other_language_is_out_of_date_after_the_original_changed(session, team, actor):
    service.edit_profile(
        session, team,
        Profile(name_zh="視覺智造", profile_zh="改寫過。", profile_en=team.profile.en or ""),
        version=team.version, actor=actor, now=LATER,
    )  # fmt: skip

    assert team.profile.out_of_date is not None


def test_projects_keep_their_order_when_moved_beyond_the_ends(session, team, actor):
    second, third = (
        service.add_project(
            session, team, Project(title_en=title), version=team.version, actor=actor, now=NOON
        )
        for title in ("second", "third")
    )
    first = team.projects[0]
    for project, by, order in (
        (third, -1, [first, third, second]),
        (third, -5, [third, first, second]),
        (third, -1, [third, first, second]),
        (third, 9, [first, second, third]),
    ):
        service.move_project(session, project, by, version=team.version, actor=actor, now=LATER)
        assert team.projects == order
        session.expire(team)
        assert team.projects == order


def test_a_profile_has_an_end(session, team, actor):
    for _ in range(MOST_PROJECTS - 1):
        service.add_project(
            session, team, Project(title_en="x"), version=team.version, actor=actor, now=NOON
        )
    with pytest.raises(Invalid):
        service.add_project(
            session, team, Project(title_en="x"), version=team.version, actor=actor, now=NOON
        )


def test_only_the_system_calls_a_result_verified_and_then_it_stands(session, team, actor):
    project = team.projects[0]
    claim = Project(title_en="P", evidence=EvidenceKind.VERIFIED)
    with pytest.raises(Invalid):
        service.edit_project(session, project, claim, version=team.version, actor=actor, now=LATER)
    project.evidence = EvidenceKind.VERIFIED
    with pytest.raises(WrongState):
        service.edit_project(
            session, project, Project(title_en="P"), version=team.version, actor=actor, now=LATER
        )


def test_a_certificate_needs_a_name_and_a_believable_end(session, team, actor):
    for content, field in (
        (Credential(), "name"),
        (Credential(name="ISO", expires_on=date(3026, 1, 1)), "expires_on"),
        (Credential(name="ISO", year=2027), "year"),
    ):
        with pytest.raises(Invalid) as refusal:
            service.add_certificate(
                session, team, content, version=team.version, actor=actor, now=LATER
            )
        assert set(refusal.value.fields) == {field}


def test_a_year_begins_in_taipei(session, team, actor):
    new_year = NOON.replace(month=12, day=31, hour=16)  # midnight in Taipei

    service.add_certificate(
        session, team, Credential(name="ISO", year=2027),
        version=team.version, actor=actor, now=new_year,
    )  # fmt: skip

    assert team.certificates[0].year == 2027


def test_the_record_holds_only_what_differs(session, team, actor):
    service.edit_profile(
        session, team,
        Profile(
            name_zh="視覺智造", name_en="Visionwright", profile_zh=team.profile.zh_TW or "",
            profile_en=team.profile.en or "", wishes_en=team.wishes.en or "", city="臺南市",
            founded=2019,
        ),
        version=team.version, actor=actor, now=LATER,
    )  # fmt: skip

    entry = audit.of_object(session, "team", team.id)[0]
    assert (entry.before, entry.after) == ({"city": "臺中市"}, {"city": "臺南市"})


def test_references_count_up(session):
    first, second = make_team(session, NOON), make_team(session, NOON)

    assert int(second.ref[3:]) > int(first.ref[3:])


@given(st.text(max_size=300))
def test_a_checked_line_is_clean_whatever_was_typed(text):
    check = Check(NOON)

    line = check.line("name", text, 120)

    assert "\n" not in line
    assert line == line.strip()
    assert not set(line) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00"
    )
    assert ("name" in check.problems) == (len(line) > 120)
