"""Verbs on organisations."""

from __future__ import annotations

import re

import pytest

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Grant
from matchmaker.audit import queries as audit
from matchmaker.audit.service import first_broken
from matchmaker.kernel.actor import PUBLIC, SYSTEM, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from matchmaker.kernel.events import _LISTENERS, subscribe
from matchmaker.organizations import queries, service
from matchmaker.organizations.events import OrganizationRegistered
from matchmaker.organizations.models import Organization, OrgType, Sector, TieKind
from tests.conftest import NOON


def profile(**changes):
    return service.Profile(
        **{"type": OrgType.COMPANY, "name_zh": "甲公司", "name_en": "A Ltd."} | changes
    )


def refusals(call_it):
    with pytest.raises(Invalid) as refused:
        call_it()
    return {name: str(message) for name, message in refused.value.fields.items()}


@pytest.fixture
def organization(people):
    return people.organization()


@pytest.fixture
def lead(people, organization):
    return people.owner_lead(organization)


def actors(people, organization):
    """One of each role that does not lead the organisation."""
    return {
        "public": PUBLIC,
        "signed_in": people.actor(people.user()),
        "owner_member": people.actor(people.owner_member(organization)),
        "owner_lead:other": people.actor(people.owner_lead(people.organization())),
        "team_lead": people.actor(people.user("", (Role.TEAM_LEAD, Scope.TEAM, organization.id))),
        "pm": people.actor(people.pm(people.program())),
        "admin": people.actor(people.admin()),
        "auditor": people.actor(people.auditor()),
        "reviewer": people.actor(people.user("", (Role.REVIEWER, Scope.PANEL, 1))),
        "investor": people.actor(people.user("", (Role.INVESTOR, Scope.PLATFORM, 0))),
        "finance": people.actor(people.user("", (Role.FINANCE, Scope.PROGRAM, 1))),
    }


KNOWING = {"owner_member", "pm", "admin", "auditor"}


def refusal_for(name):
    return NotAllowed if name in KNOWING else NotFound


def test_who_registers_becomes_the_lead(session, people):
    facts = []
    subscribe(OrganizationRegistered)(lambda _session, fact: facts.append(fact))
    person = people.actor(people.user())

    made = service.register(session, profile(), actor=person, now=NOON)

    _LISTENERS[OrganizationRegistered].pop()
    assert re.fullmatch(r"OR-\d{4}", made.ref)
    assert (made.name.zh_TW, made.name.en, made.provenance) == ("甲公司", "A Ltd.", "own")
    [member] = queries.members(session, made.id)
    assert (member.user.id, member.role) == (person.user_id, Role.OWNER_LEAD)
    assert facts == [OrganizationRegistered(made.id, NOON)]
    assert [e.action for e in audit.of_object(session, "organization", made.id)] == [
        "organization.register"
    ]
    assert first_broken(session) is None


def test_visitors_register_nothing(session):
    with pytest.raises(NotAllowed):
        service.register(session, profile(), actor=PUBLIC, now=NOON)
    assert queries.count(session) == 0


def test_the_system_registers_without_becoming_a_lead(session):
    made = service.register(session, profile(), actor=SYSTEM, now=NOON, provenance="report")
    assert (queries.members(session, made.id), made.provenance) == ([], "report")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_zh": " ", "name_en": "\t"}, "name_zh"),
        ({"business_number": "12345678"}, "business_number"),
        ({"business_number": "0459525"}, "business_number"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "example.org"}, "website"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field(session, changes, field):
    assert list(
        refusals(lambda: service.register(session, profile(**changes), actor=SYSTEM, now=NOON))
    ) == [field]
    assert queries.count(session) == 0


@pytest.mark.parametrize("name", ["\u202e", "\u200f\u2066", "\x00"])
def test_a_name_of_nothing_but_signs_that_nobody_sees_is_no_name(session, name):
    changes = {"name_zh": "", "name_en": name}
    assert list(
        refusals(lambda: service.register(session, profile(**changes), actor=SYSTEM, now=NOON))
    ) == ["name_zh"]


def test_a_business_number_belongs_to_one_organisation(session):
    first = service.register(session, profile(business_number="04595257"), actor=SYSTEM, now=NOON)
    assert refusals(
        lambda: service.register(
            session, profile(business_number="０４５９-５２５７"), actor=SYSTEM, now=NOON
        )
    ) == {"business_number": "An organisation with this number is registered already."}
    assert queries.by_business_number(session, "04595257") is first


def test_an_organisation_keeps_its_own_number_when_it_is_edited(session, people, organization):
    lead = people.actor(people.owner_lead(organization))
    for version in (1, 2):
        service.edit(
            session, organization, profile(business_number="04595257"), version=version,
            actor=lead, now=NOON,
        )  # fmt: skip
    assert (organization.business_number, organization.version) == ("04595257", 3)


def test_an_edit_from_an_old_page_changes_nothing(session, people, organization, lead):
    actor = people.actor(lead)
    service.edit(session, organization, profile(name_en="First"), version=1, actor=actor, now=NOON)
    with pytest.raises(Stale):
        service.edit(
            session, organization, profile(name_en="Second"), version=1, actor=actor, now=NOON
        )
    assert organization.name.en == "First"


def test_a_refused_edit_leaves_everything_as_it_was(session, people, organization, lead):
    before = (organization.name, organization.type, organization.version)
    with pytest.raises(Invalid):
        service.edit(
            session, organization, profile(type=OrgType.STARTUP, business_number="1"), version=1,
            actor=people.actor(lead), now=NOON,
        )  # fmt: skip
    assert (organization.name, organization.type, organization.version) == before


def test_the_record_tells_before_and_after(session, people, organization, lead):
    service.edit(
        session, organization, profile(name_en="New"), version=1, actor=people.actor(lead), now=NOON
    )
    entry = audit.of_object(session, "organization", organization.id)[0]
    assert (entry.action, entry.actor_id, entry.after["name_en"]) == (
        "organization.edit", lead.id, "New",
    )  # fmt: skip
    assert entry.before["name_en"].startswith("Acme")


def test_only_a_lead_edits_invites_and_ends_roles(session, people, organization, lead):
    held = lead.grants[0]
    people.owner_lead(organization)
    for name, actor in actors(people, organization).items():
        with pytest.raises(refusal_for(name)):
            service.edit(session, organization, profile(), version=1, actor=actor, now=NOON)
        with pytest.raises(refusal_for(name)):
            service.end_membership(session, organization, held, actor=actor, now=NOON)
    assert session.get(Grant, held.id) is held


def test_the_last_lead_stays_and_others_go(session, people, organization, lead):
    actor, member = people.actor(lead), people.owner_member(organization)
    service.end_membership(session, organization, member.grants[0], actor=actor, now=NOON)
    assert refusals(
        lambda: service.end_membership(session, organization, lead.grants[0], actor=actor, now=NOON)
    ) == {"": "This is the last lead. Name another lead first."}

    people.owner_lead(organization)
    service.end_membership(session, organization, lead.grants[0], actor=actor, now=NOON)
    assert len(queries.members(session, organization.id)) == 1


def test_a_role_held_elsewhere_is_not_found_here(session, people, organization):
    other = people.owner_lead(people.organization())
    with pytest.raises(NotFound):
        queries.grant(session, organization.id, other.grants[0].id)


def test_a_tie_is_declared_once_and_never_with_oneself(session, people, organization, lead):
    actor, supplier = people.actor(lead), people.organization()

    def declare(target, kind=TieKind.SUPPLIER):
        return service.declare_tie(
            session, organization, target, kind, source="Annual report", actor=actor, now=NOON
        )

    tie = declare(supplier)
    assert (tie.declared_by, tie.source) == (lead.id, "Annual report")
    assert list(refusals(lambda: declare(supplier))) == ["target"]
    assert list(refusals(lambda: declare(organization))) == ["target"]
    declare(supplier, TieKind.INVESTMENT)
    assert queries.tied_pairs(session) == {frozenset({organization.id, supplier.id})}
    assert [len(queries.ties(session, o.id)) for o in (organization, supplier)] == [2, 2]


def test_leads_managers_and_administrators_declare_ties(session, people, organization):
    for name, actor in actors(people, organization).items():
        target = people.organization()
        if name in {"pm", "admin"}:
            service.declare_tie(
                session, organization, target, TieKind.PARENT, source="", actor=actor, now=NOON
            )
        else:
            with pytest.raises(refusal_for(name)):
                service.declare_tie(
                    session, organization, target, TieKind.PARENT, source="", actor=actor, now=NOON
                )
    assert len(queries.ties(session, organization.id)) == 2


@pytest.mark.parametrize("type", OrgType)
def test_only_agencies_are_public(type):
    expected = Sector.PUBLIC if type is OrgType.PUBLIC_AGENCY else Sector.PRIVATE
    assert Organization(type=type).sector is expected


def test_pages_of_the_list_join_without_gap_or_repetition(session, people):
    made = [people.organization() for _ in range(7)]
    seen, before = [], None
    while True:
        page = queries.listing(session, before_id=before, size=3)
        seen += page.rows
        if page.older is None:
            break
        before = int(page.older)
    assert seen == made[::-1]


def test_what_was_renamed_is_found_under_its_new_name_only(session, people):
    person = people.actor(people.user())
    made = service.register(session, profile(name_zh="鉅濂扣件"), actor=person, now=NOON)
    lead = people.actor(session.get(type(people.user()), person.user_id))
    service.edit(session, made, profile(name_zh="大同電機"), version=1, actor=lead, now=NOON)

    found = {q: queries.listing(session, query=q).rows for q in ("扣件", "電機", made.ref)}
    assert found == {"扣件": [], "電機": [made], made.ref: [made]}


def test_a_suspended_lead_is_told_of_nothing(session, people, organization, lead):
    from dataclasses import replace

    suspended = replace(people.actor(lead), is_suspended=True)
    with pytest.raises(NotFound):
        service.edit(session, organization, profile(), version=1, actor=suspended, now=NOON)


def test_an_organisation_is_found_by_reference_however_it_is_typed(session, organization):
    assert queries.get(session, organization.ref.lower()) is organization
    assert queries.get(session, organization.public_id) is organization
    with pytest.raises(NotFound):
        queries.get(session, "OR-999999")


def test_roles_given_twice_count_once(session, people, organization):
    user = people.user()
    for _ in range(2):
        accounts.give_role(
            session, user, Role.OWNER_MEMBER, Scope.ORGANIZATION, organization.id, actor=SYSTEM,
            now=NOON,
        )  # fmt: skip
    assert len(queries.members(session, organization.id)) == 1
