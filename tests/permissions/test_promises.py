"""Rows of the permission table that no rule answers, and conditions that no route can show.

What does not exist, what a form never takes, what a right is worth once it ended.
"""

from __future__ import annotations

import dataclasses
import re

import pytest
from sqlalchemy import select

from matchmaker.accounts import queries as accounts
from matchmaker.accounts import service as account_service
from matchmaker.accounts import sessions
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit import service as audit
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.permissions import Answer, can
from matchmaker.notifications import notices
from matchmaker.notifications.models import Notice
from matchmaker.proposals import queries as proposals
from matchmaker.web import door
from tests.factories.world import PASSWORD, VISITOR
from tests.permissions.asking import everything
from tests.permissions.crawling import text_of
from tests.permissions.walking import WALKERS

pytestmark = pytest.mark.xdist_group("table")

GIVEN_AWAY = {
    "role": "admin", "roles": "admin", "is_admin": "1", "hats": "admin", "state": "active",
    "grants-0-role": "admin", "scope": "platform", "scope_id": "0", "email": "other@example.org",
    "email_confirmed_at": "2020-01-01", "organization_id": "1", "organization": "1",
}  # fmt: skip


def hats_of(world, user: User) -> list[tuple[Role, Scope, int]]:
    stmt = select(Grant.role, Grant.scope, Grant.scope_id).where(Grant.user_id == user.id)
    return sorted(tuple(row) for row in world.session.execute(stmt))


@pytest.mark.parametrize("role", ["signed_in", "team_lead", "owner_member", "pm"])
def test_no_form_takes_a_role_or_an_address(world, role):
    with world.undone():
        user = world.user(role)
        before, email = hats_of(world, user), user.email
        profile = {"name": "New Name", "version": str(user.version), "lang": "", "name_en": ""}
        answer = world.post(role, "/settings/profile", profile | GIVEN_AWAY)
        registered = {"name": "A", "email": "fresh@example.org", "password": PASSWORD + " new"}
        world.post(VISITOR, "/register", registered | GIVEN_AWAY)

        assert answer.status_code == 302
        assert (user.name, user.email) == ("New Name", email)
        assert hats_of(world, user) == before
        fresh = accounts.user_by_email(world.session, "fresh@example.org")
        assert fresh is None or (hats_of(world, fresh) == [] and fresh.state == "pending")


def test_nobody_acts_as_somebody_else_and_nobody_edits_the_record(world):
    for rule in world.app.url_map.iter_rules():
        words = rule.rule.lower()
        assert "impersonat" not in words
        assert "/as/" not in words
        if rule.endpoint.startswith("audit."):
            assert not (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    assert not [name for name in vars(audit) if name.startswith(("edit", "delete", "remove"))]


def test_no_page_shows_a_hash_or_a_token(world):
    with world.undone():
        world.account.password_hash = Passwords("low").hash(PASSWORD)
        world.session.commit()
        secrets = [world.account.password_hash.lower(), "argon2", "token_hash"]
        for role in ("admin", "auditor", "pm"):
            for page in (f"/admin/accounts/{world.account.public_id}", "/admin/accounts", "/audit"):
                told = text_of(world.get(role, page))
                assert not [secret for secret in secrets if secret in told]


def test_a_suspended_person_hears_what_a_wrong_password_hears(world):
    with world.undone():
        for user in (world.account, world.users["mentor"]):
            user.password_hash = Passwords("low").hash(PASSWORD)
        world.account.state = AccountState.SUSPENDED
        world.session.commit()

        def told(user: User, password: str) -> tuple[int, str]:
            answer = world.post(VISITOR, "/login", {"email": user.email, "password": password})
            page = answer.get_data(as_text=True)
            return answer.status_code, page.split('role="alert"')[1].split("</div>")[0]

        assert told(world.account, PASSWORD) == told(world.users["mentor"], PASSWORD + "!")


def test_a_session_ends_with_its_account(world):
    with world.undone():
        admin, user = world.actor("admin"), world.user("owner_lead")
        account_service.suspend(world.session, user, reason="x", actor=admin, now=world.now)
        world.session.commit()

        assert world.get("owner_lead", "/settings/profile").headers["Location"].startswith("/login")


def test_asking_for_a_new_password_says_the_same_to_everybody(world):
    known, unknown = world.account.email, "nobody.at.all@example.org"
    answers = []
    for email in (known, unknown):
        with world.undone():
            answer = world.post(VISITOR, "/password", {"email": email})
            answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1] == (302, "/password/sent")


def test_a_link_for_a_new_password_works_once(world):
    address = f"/password/reset/{world.reset_token}"
    new = {"password": "another long sentence of mine"}
    with world.undone():
        first = world.post(VISITOR, address, new)
        second = world.post(VISITOR, address, new)
        looked = world.get(VISITOR, address)
    assert first.status_code == 302
    assert second.status_code in {404, 409, 410}
    assert looked.status_code in {404, 409, 410}


def test_a_notice_tells_nothing_of_what_its_reader_lost_sight_of(world):
    with world.undone():
        notices.tell(
            world.session, [world.users["team_other"].id], "match_published", "challenge",
            world.draft_challenge.id, now=world.now,
        )  # fmt: skip
        world.session.commit()
        notice = world.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        page = text_of(world.get("team_other", "/notifications"))
        opened = world.post("team_other", f"/notifications/{notice.public_id}/open")

    title = world.draft_challenge.title.en
    assert title
    assert title.lower() not in page
    assert world.draft_challenge.public_id not in page
    assert opened.status_code == 404 or world.draft_challenge.public_id not in text_of(opened)


def test_a_removed_person_downloads_nothing(world):
    with world.undone("proposal_draft"):
        address = "/proposals/{proposal}/attachments/{file}".format(**world.things())
        before = world.get("team_member", address).status_code
        member = world.users["team_member"]
        [grant] = world.session.scalars(select(Grant).where(Grant.user_id == member.id))
        account_service.take_role(world.session, grant, actor=SYSTEM, now=world.now)
        world.session.commit()
        after = world.get("team_member", address)
        unknown = world.get("team_member", address[:-4] + "aaaa")

    assert (before, after.status_code) == (200, 404)
    assert unknown.status_code == 404


@pytest.fixture
def conflicted(world, monkeypatch):
    """Let the programme manager and the chair have a conflict of interest with everything."""
    plain = door.actor
    people = {world.users[role].id for role in ("pm", "review_chair")}
    touched = everything(world)

    def actor():  # type: ignore[no-untyped-def]
        found = plain()
        return dataclasses.replace(found, conflicts=touched) if found.user_id in people else found

    monkeypatch.setattr(door, "actor", actor)


def test_a_conflict_closes_the_doors(world, conflicted):
    with world.undone("under_review"):
        things = world.things()
        for role in ("pm", "review_chair"):
            for part in ("", "/summary", "/history", "/attachments/{file}", "/versions/1.json"):
                path = ("/proposals/{proposal}" + part).format(**things)
                assert world.get(role, path).status_code == 404
        listed = text_of(world.get("pm", "/proposals?q=inspection"))
        assert world.proposal.public_id not in listed
    with world.undone("challenge_submitted"):
        things = world.things()
        for verb in ("approve", "reject", "request-changes"):
            assert world.get("pm", f"/challenges/{things['challenge']}/{verb}").status_code == 403
    with world.undone():
        things = world.things()
        assert world.post("pm", f"/matching/runs/{things['run']}/publish").status_code == 403
        pair = "/challenges/{matched}/matches/{team}/pin".format(**things)
        assert world.post("pm", pair, {"version": "1"}).status_code in {403, 404}


def test_a_manager_who_belongs_to_the_owner_decides_nothing(world):
    with world.undone("challenge_submitted"):
        manager = world.users["pm"]
        scope = (Scope.ORGANIZATION, world.organization.id)
        account_service.give_role(
            world.session, manager, Role.OWNER_MEMBER, *scope, actor=SYSTEM, now=world.now
        )
        world.session.commit()
        for verb in ("approve", "reject", "request-changes"):
            answer = world.get("pm", f"/challenges/{world.challenge.key}/{verb}")
            assert answer.status_code == 403
        world.put_up("under_review")
        actor = world.actor("pm")
        sight = proposals.sight_of(world.session, world.proposal, actor=actor, now=world.now)
        for action in ("shortlist", "select_pending"):
            assert can(actor, f"proposal.{action}", sight).answer is Answer.DENY


def test_who_last_edited_a_text_does_not_approve_it(world):
    with world.undone("challenge_submitted"):
        world.challenge.edited_by = world.users["pm"].id
        world.session.commit()
        answer = world.get("pm", f"/challenges/{world.challenge.key}/approve")
    assert answer.status_code == 403


def test_an_administrator_confirms_no_role_of_their_own(world):
    with world.undone():
        world.staff_proposal.email = world.users["admin"].email
        world.session.commit()
        address = f"/admin/invitations/staff/{world.staff_proposal.public_id}/confirm"
        assert world.post("admin", address).status_code == 403


def test_a_hidden_thing_and_a_missing_one_look_alike(world):
    """Status, words and headers of 404 are the same; only what the reader typed differs."""
    pairs = (
        ("challenge_draft", "/challenges/{challenge}", "/challenges/aaaaaaaaaaaaaaaa"),
        ("proposal_draft", "/proposals/{proposal}", "/proposals/aaaaaaaaaaaaaaaa"),
        ("unlisted", "/teams/{team}", "/teams/TM-9999"),
        ("", "/calls/{draft_call}", "/calls/call-99999"),
        ("", "/matching/runs/{run}", "/matching/runs/aaaaaaaaaaaaaaaa"),
        ("", "/recommendations/invitations/{candidacy}", "/recommendations/invitations/aaaaaaaa"),
        ("", "/messages/{mail}", "/messages/aaaaaaaaaaaaaaaa"),
        ("", "/admin/accounts/{account}", "/admin/accounts/aaaaaaaaaaaaaaaa"),
        ("", "/programs/{program}/edit", "/programs/programme-99999/edit"),
    )
    for scene, hidden, missing in pairs:
        with world.undone(scene):
            path = hidden.format(**world.things())
            for role in ("signed_in", "team_other"):
                one, other = world.get(role, path), world.get(role, missing)
                assert one.status_code == other.status_code == 404, path
                assert bare(one, path) == bare(other, missing), path


def bare(answer, path: str) -> str:  # type: ignore[no-untyped-def]
    """An answer without the address that was asked for and the number of the request."""
    told = text_of(answer).replace(path.lower(), "")
    told = re.sub(r'name="csrf_token"[^>]*>|csrf-token[^>]*>|[0-9a-f]{12}', "", told)
    return re.sub(r"\d+", "", told)


def test_a_touched_session_is_of_its_own_person_only(world):
    """Somebody else's session cannot be ended by its name."""
    for role in WALKERS:
        if role == VISITOR:
            continue
        with world.undone():
            world.post(role, f"/settings/sessions/{world.foreign_session}/end")
            left = sessions.of_user(world.session, world.account.id)
            assert [row.public_id for row in left] == [world.foreign_session]
