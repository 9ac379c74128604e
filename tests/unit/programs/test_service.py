"""Verbs on programmes and calls."""

from datetime import timedelta

import pytest

from matchmaker.audit import queries as audit
from matchmaker.kernel.actor import PUBLIC, SYSTEM, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.kernel.events import _LISTENERS, subscribe
from matchmaker.kernel.localized import Localized
from matchmaker.programs import queries, service
from matchmaker.programs.events import CallExtended, CallPublished
from matchmaker.programs.models import Window
from matchmaker.programs.rules import CallRules, ChecklistItem
from tests.conftest import NOON
from tests.factories.programs import call_content, program_content

DAY = timedelta(days=1)


@pytest.fixture
def program(people):
    return people.program()


@pytest.fixture
def pm(people, program):
    return people.actor(people.pm(program))


@pytest.fixture
def draft(session, program, pm):
    return service.create_call(session, program, call_content(NOON), actor=pm, now=NOON)


@pytest.fixture
def published(session, draft, pm):
    service.publish_call(session, draft, version=1, actor=pm, now=NOON)
    return draft


@pytest.fixture
def heard():
    """Facts about calls that were told while the test ran."""
    facts = []
    for kind in (CallPublished, CallExtended):
        subscribe(kind)(lambda _session, fact: facts.append(fact))
    yield facts
    for kind in (CallPublished, CallExtended):
        _LISTENERS[kind].pop()


def refusals(call_it):
    with pytest.raises(Invalid) as refused:
        call_it()
    return {name: str(message) for name, message in refused.value.fields.items()}


def everybody_else(people, program):
    """One of each role that manages no programme, and the manager of another one."""
    organization = people.organization()
    return {
        "public": PUBLIC,
        "signed_in": people.actor(people.user()),
        "owner_lead": people.actor(people.owner_lead(organization)),
        "owner_member": people.actor(people.owner_member(organization)),
        "team_lead": people.actor(people.user("", (Role.TEAM_LEAD, Scope.TEAM, 1))),
        "team_member": people.actor(people.user("", (Role.TEAM_MEMBER, Scope.TEAM, 1))),
        "reviewer": people.actor(people.user("", (Role.REVIEWER, Scope.PANEL, program.id))),
        "finance": people.actor(people.user("", (Role.FINANCE, Scope.PROGRAM, program.id))),
        "investor": people.actor(people.user("", (Role.INVESTOR, Scope.PLATFORM, 0))),
        "auditor": people.actor(people.auditor()),
        "admin": people.actor(people.admin()),
        "other_pm": people.actor(people.pm(people.program())),
    }


# programmes


def test_an_administrator_sets_a_programme_up(session, people):
    admin = people.actor(people.admin())
    made = service.create_program(session, program_content(), actor=admin, now=NOON)

    assert (made.slug, made.name.zh_TW, made.name.en) == (
        "ai-startup-pilot", "AI 新創領航計畫", "AI Startup Pilot",
    )  # fmt: skip
    [entry] = audit.of_object(session, "program", made.id)
    assert (entry.action, entry.actor_id, entry.program_id) == (
        "program.create", admin.user_id, made.id,
    )  # fmt: skip


def test_nobody_but_an_administrator_sets_a_programme_up(session, people, program, pm):
    others = {**everybody_else(people, program), "pm": pm}
    del others["admin"]
    for actor in others.values():
        with pytest.raises(NotAllowed):
            service.create_program(session, program_content(), actor=actor, now=NOON)


def test_a_programme_without_a_name_is_refused(session):
    assert refusals(
        lambda: service.create_program(
            session, program_content(name_zh=" ", name_en="\u202e"), actor=SYSTEM, now=NOON
        )
    ) == {"name_zh": "Give the name in at least one language."}


def test_a_second_programme_of_the_same_name_gets_its_own_address(session):
    slugs = [
        service.create_program(session, program_content(), actor=SYSTEM, now=NOON).slug
        for _ in range(3)
    ]
    assert slugs == ["ai-startup-pilot", "ai-startup-pilot-2", "ai-startup-pilot-3"]


def test_an_address_that_is_taken_is_refused(session, program):
    content = program_content(slug=program.slug)
    assert refusals(lambda: service.create_program(session, content, actor=SYSTEM, now=NOON)) == {
        "slug": "This address is taken already. Choose another."
    }


@pytest.mark.parametrize("slug", ["Big", "a b", "-a", "a-", "a--b", "徵件", "a/b", "a" * 61, "ａ"])
def test_an_address_of_other_characters_is_refused(session, slug):
    content = program_content(slug=slug)
    assert list(
        refusals(lambda: service.create_program(session, content, actor=SYSTEM, now=NOON))
    ) == ["slug"]


def test_the_manager_changes_the_programme_and_the_address_stays(session, program, pm):
    slug = program.slug
    content = program_content(name_en="New name", slug="other")
    service.edit_program(session, program, content, version=1, actor=pm, now=NOON)

    assert (program.slug, program.name.en, program.version) == (slug, "New name", 2)
    with pytest.raises(Stale):
        service.edit_program(session, program, content, version=1, actor=pm, now=NOON)


def test_only_its_manager_and_administrators_change_a_programme(session, people, program):
    others = everybody_else(people, program)
    service.edit_program(
        session, program, program_content(), version=1, actor=others.pop("admin"), now=NOON
    )
    for name, actor in others.items():
        with pytest.raises(NotAllowed if name == "auditor" else NotFound):
            service.edit_program(
                session, program, program_content(), version=2, actor=actor, now=NOON
            )


# calls


def test_a_manager_drafts_a_call(session, program, pm, draft):
    assert (draft.slug, draft.window(NOON), draft.program_id) == (
        "call-2026", Window.DRAFT, program.id,
    )  # fmt: skip
    assert [item["id"] for item in draft.checklist] == ["doc1"]
    [entry] = audit.of_object(session, "call", draft.id)
    assert (entry.action, entry.program_id, entry.after["budget_twd"]) == (
        "call.create", program.id, 20_000_000,
    )  # fmt: skip


def test_nobody_but_the_manager_of_the_programme_drafts_a_call(session, people, program):
    for name, actor in everybody_else(people, program).items():
        with pytest.raises(NotAllowed if name in {"admin", "auditor"} else NotFound):
            service.create_call(session, program, call_content(NOON), actor=actor, now=NOON)


def test_a_chinese_call_gets_its_address_from_the_programme_and_the_year(session, program, pm):
    content = call_content(NOON, name_en="", name_zh="一一五年度徵件")
    made = service.create_call(session, program, content, actor=pm, now=NOON)
    assert made.slug == f"{program.slug}-2026"


CONTRADICTIONS = {
    "reversed dates": ({"closes_at": NOON - 20 * DAY}, {"closes_on"}),
    "equal dates": ({"opens_at": NOON, "closes_at": NOON}, {"closes_on"}),
    "review before closing": ({"review_from": NOON.date()}, {"review_from"}),
    "decision before review": ({"decision_on": (NOON + 30 * DAY).date()}, {"decision_on"}),
    "ceiling above budget": ({"ceiling_twd": 20_000_001}, {"ceiling_twd"}),
    "no money": ({"budget_twd": 0, "ceiling_twd": -1}, {"budget_twd", "ceiling_twd"}),
    "huge money": ({"budget_twd": 10**12 + 1}, {"budget_twd"}),
    "endless PoC": ({"poc_weeks_max": 105}, {"poc_weeks_max"}),
    "no name": ({"name_zh": "", "name_en": "  "}, {"name_zh"}),
    "rules": ({"rules": CallRules(team_min=0)}, {"team_min"}),
    "nameless document": ({"checklist": (ChecklistItem("", Localized()),)}, {"checklist"}),
    "too many documents": (
        {"checklist": tuple(ChecklistItem("", Localized(en=str(n))) for n in range(21))},
        {"checklist"},
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_call_that_contradicts_itself_is_refused(session, program, pm, name):
    changes, fields = CONTRADICTIONS[name]
    content = call_content(NOON, **changes)
    assert (
        set(refusals(lambda: service.create_call(session, program, content, actor=pm, now=NOON)))
        == fields
    )
    assert queries.calls_of(session, [program.id]) == []


def test_a_draft_can_be_changed_in_everything(session, draft, pm):
    content = call_content(
        NOON, slug="autumn", opens_at=NOON + DAY, budget_twd=5_000_000, terms_en="Other terms.",
        rules=CallRules(team_min=3),
    )  # fmt: skip
    service.edit_call(session, draft, content, version=1, actor=pm, now=NOON)

    assert (draft.slug, draft.opens_at, draft.budget_twd, draft.terms.en, draft.version) == (
        "autumn", NOON + DAY, 5_000_000, "Other terms.", 2,
    )  # fmt: skip
    assert CallRules.of(draft.rules).team_min == 3


def test_a_draft_saved_from_an_old_page_is_refused(session, draft, pm):
    service.edit_call(session, draft, call_content(NOON), version=1, actor=pm, now=NOON)
    with pytest.raises(Stale):
        service.edit_call(session, draft, call_content(NOON), version=1, actor=pm, now=NOON)


def test_others_do_not_even_learn_of_a_draft(session, people, program, draft):
    for name, actor in everybody_else(people, program).items():
        refusal = NotAllowed if name in {"admin", "auditor"} else NotFound
        with pytest.raises(refusal):
            service.edit_call(session, draft, call_content(NOON), version=1, actor=actor, now=NOON)
        with pytest.raises(refusal):
            service.publish_call(session, draft, version=1, actor=actor, now=NOON)


def test_a_published_call_may_be_known_but_not_changed_by_others(
    session, people, program, published
):
    for actor in everybody_else(people, program).values():
        with pytest.raises(NotAllowed):
            service.edit_call(
                session, published, call_content(NOON), version=2, actor=actor, now=NOON
            )
        with pytest.raises(NotAllowed):
            service.extend_call(
                session, published, closes_at=NOON + 40 * DAY, notice_zh="", notice_en="More time.",
                version=2, actor=actor, now=NOON,
            )  # fmt: skip


def test_publishing_tells_others_once(session, draft, pm, heard):
    service.publish_call(session, draft, version=1, actor=pm, now=NOON)

    assert (draft.published_at, draft.window(NOON)) == (NOON, Window.OPEN)
    assert heard == [CallPublished(draft.id, pm.user_id, NOON)]
    with pytest.raises(WrongState):
        service.publish_call(session, draft, version=2, actor=pm, now=NOON)
    assert len(heard) == 1


def test_a_call_without_text_terms_or_future_is_not_published(session, program, pm):
    content = call_content(
        NOON - 60 * DAY, about_zh="", about_en="", terms_zh="", terms_en="", review_from=None,
        decision_on=None,
    )  # fmt: skip
    call = service.create_call(session, program, content, actor=pm, now=NOON)
    assert set(
        refusals(lambda: service.publish_call(session, call, version=1, actor=pm, now=NOON))
    ) == {"about_zh", "terms_zh", "closes_on"}
    assert call.published_at is None


PROMISES = {
    "opens_on": {"opens_at": NOON - 9 * DAY},
    "closes_on": {"closes_at": NOON + 29 * DAY},
    "budget_twd": {"budget_twd": 30_000_000},
    "ceiling_twd": {"ceiling_twd": 1_000_000},
    "poc_weeks_max": {"poc_weeks_max": 20},
    "terms_en": {"terms_en": "Whoever takes part may talk."},
    "ip_terms_zh": {"ip_terms_zh": "成果歸企業所有。"},
    "rules": {"rules": CallRules(team_max=3)},
    "checklist": {"checklist": ()},
    "slug": {"slug": "elsewhere"},
}


@pytest.mark.parametrize("field", PROMISES)
def test_what_was_announced_stays(session, published, pm, field):
    content = call_content(NOON, checklist=(_plan("doc1"),))
    service.edit_call(session, published, content, version=2, actor=pm, now=NOON)
    before = (published.slug, published.closes_at, published.budget_twd, published.terms)

    changed = call_content(NOON, **{"checklist": (_plan("doc1"),), **PROMISES[field]})
    assert list(
        refusals(
            lambda: service.edit_call(session, published, changed, version=3, actor=pm, now=NOON)
        )
    ) == [field]
    assert before == (
        published.slug, published.closes_at, published.budget_twd, published.terms,
    )  # fmt: skip


def test_the_words_of_a_published_call_can_still_be_improved(session, published, pm):
    content = call_content(NOON, checklist=(_plan("doc1"),), about_en="Better said.")
    service.edit_call(session, published, content, version=2, actor=pm, now=NOON)
    assert published.about.en == "Better said."


def _plan(key):
    return ChecklistItem(key, Localized(zh_TW="計畫書", en="Plan"))


def test_an_extension_is_later_public_and_recorded(session, published, pm, heard):
    was, later = published.closes_at, published.closes_at + DAY - timedelta(hours=4)
    service.extend_call(
        session, published, closes_at=later, notice_zh="颱風停班，順延一天。", notice_en="",
        version=2, actor=pm, now=NOON,
    )  # fmt: skip

    assert (published.closes_at, published.version) == (later, 3)
    [notice] = published.notices
    assert (notice["was"], notice["closes_at"]) == (was.isoformat(), later.isoformat())
    assert Localized.from_json(notice["text"]).zh_TW == "颱風停班，順延一天。"
    assert heard == [CallExtended(published.id, was, later, pm.user_id, NOON)]
    assert audit.of_object(session, "call", published.id)[0].action == "call.extend"


@pytest.mark.parametrize("shift", [timedelta(0), -timedelta(microseconds=1), -DAY])
def test_a_closing_time_is_never_moved_earlier(session, published, pm, shift):
    was = published.closes_at
    assert list(
        refusals(
            lambda: service.extend_call(
                session,
                published,
                closes_at=was + shift,
                notice_zh="提前",
                notice_en="",
                version=2,
                actor=pm,
                now=NOON,
            )  # fmt: skip
        )
    ) == ["closes_on"]
    assert published.closes_at == was


def test_an_extension_without_a_public_reason_is_refused(session, published, pm):
    assert list(
        refusals(
            lambda: service.extend_call(
                session,
                published,
                closes_at=NOON + 30 * DAY + timedelta(hours=1),
                notice_zh=" ",
                notice_en="",
                version=2,
                actor=pm,
                now=NOON,
            )  # fmt: skip
        )
    ) == ["notice_zh"]


def test_a_call_does_not_stay_open_into_its_review(session, published, pm):
    assert list(
        refusals(
            lambda: service.extend_call(
                session,
                published,
                closes_at=NOON + 32 * DAY,
                notice_zh="順延",
                notice_en="",
                version=2,
                actor=pm,
                now=NOON,
            )  # fmt: skip
        )
    ) == ["closes_on"]


def test_a_closed_call_is_not_opened_again(session, published, pm):
    with pytest.raises(WrongState):
        service.extend_call(
            session, published, closes_at=NOON + 90 * DAY, notice_zh="再開放", notice_en="",
            version=2, actor=pm, now=published.closes_at,
        )  # fmt: skip


def test_a_draft_is_edited_not_extended(session, draft, pm):
    with pytest.raises(WrongState):
        service.extend_call(
            session, draft, closes_at=NOON + 40 * DAY, notice_zh="順延", notice_en="",
            version=1, actor=pm, now=NOON,
        )  # fmt: skip


def test_the_window_of_a_call_follows_the_clock_to_the_instant(published):
    tick = timedelta(microseconds=1)
    assert [
        published.window(at)
        for at in (
            published.opens_at - tick, published.opens_at,
            published.closes_at - tick, published.closes_at,
        )
    ] == [Window.UPCOMING, Window.OPEN, Window.OPEN, Window.CLOSED]  # fmt: skip
