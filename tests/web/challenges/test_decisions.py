"""Steps in the life of a challenge: asked first, done by the right people, refused to others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import escape

from matchmaker.audit import queries as audit
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role
from tests.conftest import NOON
from tests.web.challenges.conftest import words

S = ChallengeState
DAY = timedelta(days=1)
LANGS = pytest.mark.parametrize("lang", ["en", "zh-TW"])
# slug → (state before, what is entered, state after, the sentence afterwards)
STEPS = {
    "approve": (S.SUBMITTED, {"publish_on": ""}, S.APPROVED, "It is not public yet."),
    "request-changes": (S.SUBMITTED, {"comment": "More <data>"}, S.CHANGES_REQUESTED, "Sent back."),
    "reject": (S.SUBMITTED, {"reason": "O'Brien"}, S.REJECTED, "not taken on"),
    "publish": (S.APPROVED, {}, S.PUBLISHED, "Published."),
    "pause": (S.PUBLISHED, {"reason": "機台停機"}, S.PAUSED, "Paused."),
    "resume": (S.PAUSED, {"reason": ""}, S.PUBLISHED, "It goes on."),
    "extend-close": (
        S.PUBLISHED, {"closes_on": "１１６／１／２０", "reason": "Typhoon"}, S.PUBLISHED, "moved",
    ),
}  # fmt: skip
NEEDS_REASON = {
    "request-changes": "comment", "reject": "reason", "pause": "reason", "extend-close": "reason",
}  # fmt: skip


def there(challenge, slug):
    return f"/challenges/{challenge.key}/{slug}"


def fresh(session, challenge):
    session.expire_all()
    return session.get_one(Challenge, challenge.id)


@pytest.mark.parametrize("slug", list(STEPS))
@LANGS
def test_the_office_is_asked_first_and_then_it_is_done(challenges, pm, session, slug, lang):
    before, entered, after, sentence = STEPS[slug]
    made = challenges.make(before)
    browser = pm(lang)

    asked = browser.get(there(made, slug))
    assert asked.status_code == 200
    assert fresh(session, made).state is before

    done = browser.post(there(made, slug), data=entered, follow_redirects=True)
    assert done.status_code == 200
    assert done.request.path == f"/challenges/{fresh(session, made).key}"
    assert made.state is after
    if lang == "en":
        assert sentence in words(done)
    deed = f"challenge.{slug.replace('-', '_')}"
    entries = [e for e in audit.of_object(session, "challenge", made.id) if e.action == deed]
    assert [entry.actor_id for entry in entries] == [challenges.pm_user.id]


@pytest.mark.parametrize("slug", list(STEPS))
def test_nobody_else_does_it(client, people, browse_as, challenges, session, slug):
    before, entered, _after, _sentence = STEPS[slug]
    made = challenges.make(before)
    can_see = 403 if made.is_public else 404
    readers = {
        "lead": (challenges.lead_user, 403),
        "member": (people.owner_member(made.organization), 403),
        "other pm": (people.pm(people.program()), can_see),
        "team": (challenges.user_as(Role.TEAM_LEAD, made), can_see),
        "auditor": (people.auditor(), 403),
        "admin": (people.admin(), 403),
    }
    for name, (user, status) in readers.items():
        browser = browse_as(user)
        assert browser.get(there(made, slug)).status_code == status, name
        assert browser.post(there(made, slug), data=entered).status_code == status, name
    assert client.post(there(made, slug), data=entered).status_code in {302, 401}
    assert fresh(session, made).state is before


@pytest.mark.parametrize("slug", list(STEPS))
def test_in_any_other_state_it_is_a_conflict(challenges, pm, session, slug):
    before, entered, _after, _sentence = STEPS[slug]
    for state in (S.DRAFT, S.SUBMITTED, S.APPROVED, S.PUBLISHED, S.EVALUATING, S.WITHDRAWN):
        if state is before:
            continue
        made = challenges.make(state)
        if slug == "extend-close" and state in {S.PUBLISHED, S.PAUSED}:
            continue
        assert pm().get(there(made, slug)).status_code == 409
        assert pm().post(there(made, slug), data=entered).status_code == 409
        assert fresh(session, made).state is state


@pytest.mark.parametrize("slug", list(NEEDS_REASON))
@pytest.mark.parametrize("reason", ["", "   \n", "x" * 4001])
def test_a_reason_has_to_be_given_and_what_was_typed_stays(challenges, pm, session, slug, reason):
    before, entered, _after, _sentence = STEPS[slug]
    made = challenges.make(before)

    answer = pm().post(there(made, slug), data=entered | {NEEDS_REASON[slug]: reason})

    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert reason.strip() in answer.text
    if slug == "extend-close":
        assert "１１６／１／２０" in answer.text
    assert fresh(session, made).state is before


def test_two_managers_at_once_do_it_once(people, browse_as, challenges, pm, session):
    made = challenges.make(S.SUBMITTED)
    second = browse_as(people.pm(made.call.program))
    assert second.get(there(made, "reject")).status_code == 200
    pm().post(there(made, "approve"), data={"publish_on": ""})

    answer = second.post(there(made, "reject"), data={"reason": "Too late"})

    assert answer.status_code == 409
    assert fresh(session, made).state is S.APPROVED


@pytest.mark.parametrize(
    ("slug", "entered", "field", "sentence"),
    [
        ("extend-close", {"closes_on": "2026-12-01"}, "closes_on", "later than the one announced"),
        ("extend-close", {"closes_on": "2031-12-01"}, "closes_on", "more than a year later"),
        ("extend-close", {"closes_on": "soon"}, "closes_on", "Give a day such as"),
        ("extend-close", {"closes_on": ""}, "closes_on", "Please fill this in."),
        ("approve", {"publish_on": "2027-01-01"}, "publish_on", "published before it closes"),
        ("approve", {"publish_on": "2026-13-45"}, "publish_on", "Give a day such as"),
    ],
)  # fmt: skip
def test_a_wrong_day_is_named_at_its_field(challenges, pm, slug, entered, field, sentence):
    made = challenges.make(S.SUBMITTED if slug == "approve" else S.PUBLISHED)

    answer = pm().post(there(made, slug), data={"reason": "Because"} | entered)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'<a href="#{field}">' in answer.text
    assert f'value="{entered[field]}"' in answer.text


def test_the_wish_of_the_owner_is_proposed_for_publication(challenges, pm, session):
    made = challenges.make(S.SUBMITTED, publish_at=NOON + 3 * DAY)

    assert 'value="2026-11-27"' in pm().get(there(made, "approve")).text
    pm().post(there(made, "approve"), data={"publish_on": "2026-11-30"})
    assert f"{fresh(session, made).publish_at:%Y-%m-%d %H:%M}" == "2026-11-30 01:00"


def test_what_is_missing_for_an_approval_is_listed(challenges, pm, session):
    made = challenges.make(S.SUBMITTED)
    made.data_sensitivity = None
    session.commit()

    answer = pm().post(there(made, "approve"), data={"publish_on": ""})

    assert answer.status_code == 422
    assert "The sensitivity of the data is not stated." in words(answer)


def test_a_manager_approves_no_text_of_own_hand(people, browse_as, challenges, session):
    made = challenges.make(S.SUBMITTED)
    author = people.pm(made.call.program)
    made.edited_by = author.id
    session.commit()

    answer = browse_as(author).post(there(made, "approve"), data={"publish_on": ""})

    assert answer.status_code == 403
    assert "another manager has to approve it" in words(answer)


def test_the_comment_of_the_office_comes_back_with_the_text(challenges, pm, lead):
    made = challenges.make(S.SUBMITTED)
    pm().post(there(made, "request-changes"), data={"comment": "Say <where> & 'when' 🚀"})

    answer = lead().get(there(made, "edit/need"))

    assert str(escape("Say <where> & 'when' 🚀")) in answer.text


# Withdrawal


def test_a_withdrawal_is_asked_for_by_the_lead_and_consented_to_by_the_office(
    challenges, lead, pm, session
):
    made = challenges.make()
    assert pm().post(there(made, "withdraw"), data={"reason": ""}).status_code == 409
    assert there(made, "withdraw") not in pm().get(f"/challenges/{made.key}").text

    asked = lead().post(there(made, "ask-withdrawal"), data={"reason": "Solved"})
    assert asked.status_code == 302
    assert lead().post(there(made, "ask-withdrawal"), data={"reason": "x"}).status_code == 409
    assert "The owner asks to withdraw" in words(pm().get(f"/challenges/{made.key}?lang=en"))
    done = pm().post(there(made, "withdraw"), data={"reason": ""})
    kept = fresh(session, made)
    assert done.headers["Location"] == f"/challenges/{kept.key}"
    assert (kept.state, kept.staff_note) == (S.WITHDRAWN, "Solved")


def test_a_withdrawal_needs_a_reason_and_a_lead(people, browse_as, challenges, lead, pm):
    made = challenges.make()
    address = there(made, "ask-withdrawal")

    assert lead().post(address, data={"reason": ""}).status_code == 422
    member = browse_as(people.owner_member(made.organization))
    assert member.post(address, data={"reason": "x"}).status_code == 403
    assert pm().post(address, data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize("slug", ["evaluate", "archive", "award", "shorten-close", "APPROVE"])
def test_there_are_no_other_steps(challenges, pm, slug):
    made = challenges.make()

    assert pm().get(there(made, slug)).status_code == 404
