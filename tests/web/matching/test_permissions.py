"""Every door of matching for every role, as the permission table says."""

from __future__ import annotations

import pytest

from matchmaker.kernel.actor import Role, Scope
from matchmaker.matching import invitations

YES = {200, 302, 422}
DENY = {403, 409}
HIDE = {404}
STRANGERS = {
    "reviewer": (Role.REVIEWER, Scope.PROGRAM),
    "chair": (Role.REVIEW_CHAIR, Scope.PROGRAM),
    "finance": (Role.FINANCE, Scope.PROGRAM),
    "coordinator": (Role.COORDINATOR, Scope.PROGRAM),
    "mentor": (Role.MENTOR, Scope.PROGRAM),
    "investor": (Role.INVESTOR, Scope.PLATFORM),
    "admin": (Role.ADMIN, Scope.PLATFORM),
    "auditor": (Role.AUDITOR, Scope.PLATFORM),
}
ROLES = [
    "pm", "pm_other", "owner_lead", "owner_member", "owner_other", "team_lead", "team_member",
    "team_other", *STRANGERS, "nobody",
]  # fmt: skip


@pytest.fixture
def as_role(cast, people, browse_as):
    """A browser of somebody in a role."""

    def of(role):
        organization = cast.challenges[0].organization_id
        team = cast.teams[0].id
        known = {
            "pm": cast.pm,
            "owner_lead": cast.owners[0],
            "owner_other": cast.owners[1],
            "team_lead": cast.leads[0],
            "team_other": cast.leads[1],
        }
        hats = {
            "owner_member": (Role.OWNER_MEMBER, Scope.ORGANIZATION, organization),
            "team_member": (Role.TEAM_MEMBER, Scope.TEAM, team),
            "nobody": (Role.OWNER_LEAD, Scope.ORGANIZATION, people.organization().id),
        }
        if role == "pm_other":
            return browse_as(people.pm(people.program()))
        if role in STRANGERS:
            kind, scope = STRANGERS[role]
            scope_id = cast.call.program_id if scope is Scope.PROGRAM else 0
            return browse_as(people.user("", (kind, scope, scope_id)))
        return browse_as(known.get(role) or people.user("", hats[role]))

    return of


def outcome(status: int) -> str:
    for word, statuses in (("yes", YES), ("deny", DENY), ("hide", HIDE)):
        if status in statuses:
            return word
    return str(status)


def outcomes(as_role, attempt, roles=ROLES) -> dict[str, str]:
    return {role: outcome(attempt(as_role(role)).status_code) for role in roles}


def expected(**words: str) -> dict[str, str]:
    """Roles by outcome; those not named are hidden."""
    named = {role: word for word, roles in words.items() for role in roles.split()}
    return {role: named.get(role, "hide") for role in ROLES}


def test_who_asks_for_a_run(cast, as_role):
    found = {}
    for role in ROLES:
        answer = as_role(role).post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0})
        found[role] = outcome(answer.status_code)

    # another programme's manager gets the form of the own calls back; see the test below
    assert {role for role, word in found.items() if word == "yes"} == {"pm", "pm_other"}
    assert {found[role] for role in ("owner_lead", "team_lead", "reviewer", "admin")} == {"deny"}


def test_a_manager_of_another_programme_cannot_ask_for_a_run_of_this_one(cast, as_role, session):
    from sqlalchemy import func, select

    from matchmaker.matching.models import RecommendationRun

    as_role("pm_other").post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0})

    assert session.scalar(select(func.count(RecommendationRun.id))) == 0


def test_who_reads_board_and_runs(cast, as_role):
    run = cast.run()
    for address in ("/matching/runs/" + run.public_id, f"/matching/runs/{run.public_id}/progress"):
        found = {role: as_role(role).get(address).status_code for role in ROLES}
        assert {role for role, status in found.items() if status in {200, 204}} == {"pm", "auditor"}
        assert found["reviewer"] == 403
        assert found["owner_lead"] == found["team_lead"] == 404


def test_an_auditor_changes_nothing(cast, as_role, session):
    run = cast.run()
    auditor = as_role("auditor")

    assert auditor.get("/matching").status_code == 200
    assert "/pin" not in auditor.get("/matching").get_data(as_text=True)
    for address in (
        f"/matching/runs/{run.public_id}/publish",
        f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}/pin",
        "/matching/invitations",
        "/matching/runs/new",
    ):
        assert auditor.post(address, data={"version": 0}).status_code in {403, 404}


def test_who_publishes(cast, as_role, session):
    run = cast.run()
    address = f"/matching/runs/{run.public_id}/publish"

    found = outcomes(as_role, lambda b: b.post(address), [r for r in ROLES if r != "pm"])

    assert set(found.values()) == {"deny", "hide"}
    assert as_role("pm").post(address).status_code == 302


def test_who_reads_the_matches_of_a_challenge_once_published(cast, as_role):
    cast.run(published=True)
    address = f"/challenges/{cast.challenges[0].ref}/matches"

    assert outcomes(as_role, lambda b: b.get(address)) == expected(
        yes="pm owner_lead owner_member",
        deny="pm_other reviewer chair finance admin auditor",
    )
    pair = f"{address}/{cast.teams[0].ref}"
    assert outcomes(as_role, lambda b: b.get(pair)) == expected(
        yes="pm owner_lead owner_member",
        deny="pm_other reviewer chair finance admin auditor",
    )


def test_who_reads_an_unpublished_pair(cast, as_role):
    cast.run()
    pair = f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}"

    assert outcomes(as_role, lambda b: b.get(pair)) == expected(yes="pm auditor", deny="reviewer")


def test_who_pins(cast, as_role):
    cast.run(published=True)
    address = f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}/pin"

    found = outcomes(
        as_role, lambda b: b.post(address, data={"version": 0}), [r for r in ROLES if r != "pm"]
    )

    assert found["owner_lead"] == found["owner_member"] == "deny"
    assert "yes" not in found.values()
    assert as_role("pm").post(address, data={"version": 0}).status_code == 302


def test_who_puts_aside(cast, as_role):
    cast.run(published=True)
    pair = f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}/dismiss"

    assert outcomes(as_role, lambda b: b.get(pair)) == expected(
        yes="pm owner_lead team_lead",
        deny="pm_other owner_member team_member reviewer chair finance admin auditor",
    )


def test_who_answers_for_a_team(cast, as_role):
    cast.run(published=True)
    address = f"/recommendations/{cast.challenges[0].ref}"
    team = {"team": cast.teams[0].ref}

    found = outcomes(as_role, lambda b: b.post(f"{address}/interested", data=team))

    assert found == expected(yes="team_lead", deny="team_member")


def test_who_reads_the_recommendations_of_a_team(cast, as_role):
    cast.run(published=True)
    address = f"/recommendations/{cast.challenges[0].ref}?team={cast.teams[0].ref}"

    assert outcomes(as_role, lambda b: b.get(address)) == expected(yes="team_lead team_member")


def test_who_answers_an_invitation(cast, as_role):
    pm = cast.actor(cast.pm)
    queued = invitations.queue(cast.session, cast.pair(), version=0, actor=pm, now=cast.now)
    invitations.release(cast.session, cast.call, [queued.public_id], actor=pm, now=cast.now)
    cast.session.commit()
    address = f"/recommendations/invitations/{queued.public_id}"

    found = outcomes(
        as_role, lambda b: b.post(f"{address}/accept"), [r for r in ROLES if r != "team_lead"]
    )
    read = outcomes(as_role, lambda b: b.get(address))

    assert {role for role, word in found.items() if word != "hide"} == {"team_member"}
    assert found["team_member"] == "deny"
    assert read == expected(yes="team_lead team_member")
    assert as_role("team_lead").post(f"{address}/accept").status_code == 302


def test_an_invitation_that_waits_for_release_does_not_exist_for_the_team(cast, as_role):
    queued = invitations.queue(
        cast.session, cast.pair(), version=0, actor=cast.actor(cast.pm), now=cast.now
    )
    cast.session.commit()
    address = f"/recommendations/invitations/{queued.public_id}"

    assert as_role("team_lead").get(address).status_code == 404
    assert as_role("team_lead").post(f"{address}/accept").status_code == 404
    assert "invited" not in as_role("team_lead").get("/recommendations").get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["/matching", "/matching/runs", "/matching/evaluation", "/matching/invitations",
     "/recommendations", "/matching/runs/new"],
)  # fmt: skip
def test_a_visitor_is_asked_to_sign_in(client, cast, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"] or "sign" in answer.headers["Location"]


def test_a_missing_pair_and_a_hidden_one_look_alike(cast, as_role):
    cast.run(published=True)
    stranger = as_role("nobody")

    def bare(address):
        import re

        page = stranger.get(address).get_data(as_text=True)
        return re.sub(r'value="[^"]*"|[0-9a-f]{12}|next=\S+|CH-\S+|TM-\S+', "", page)

    hidden = bare(f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}")
    missing = bare("/challenges/CH-26-999/matches/TM-9999")

    assert hidden == missing


@pytest.mark.parametrize("query", ["from=999999999999999999999", "after=-1", "run=9e9", "only=x"])
def test_odd_numbers_in_addresses_break_nothing(cast, as_role, query):
    cast.run()

    assert as_role("pm").get(f"/matching?{query}").status_code == 200
    assert as_role("pm").get("/matching/runs?before=999999999999999999999").status_code == 200


def test_who_reads_the_list_of_a_team_by_its_name(cast, as_role):
    cast.run(published=True)
    address = f"/recommendations?team={cast.teams[0].ref}"

    assert outcomes(as_role, lambda b: b.get(address)) == expected(
        yes="pm pm_other team_lead team_member",
        deny="reviewer chair finance admin auditor",
    )


def test_a_manager_reads_of_a_team_what_concerns_the_own_programmes(cast, as_role, session):
    cast.run(published=True)
    address = f"/recommendations?team={cast.teams[0].ref}"

    own = as_role("pm").get(address).get_data(as_text=True)
    other = as_role("pm_other").get(address).get_data(as_text=True)

    assert all(challenge.title.en in own for challenge in cast.challenges)
    assert "/interested" not in own
    assert not any(challenge.title.en in other for challenge in cast.challenges)
    assert "Nothing is recommended to this team." in other


def test_a_manager_does_not_read_there_what_is_a_conflict_of_interest(cast, as_role, session):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM

    cast.run(published=True)
    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[0].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    session.commit()

    page = as_role("pm").get(f"/recommendations?team={cast.teams[0].ref}").get_data(as_text=True)

    assert cast.challenges[0].title.en not in page
    assert cast.challenges[1].title.en in page
