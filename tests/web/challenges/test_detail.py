"""The page of a challenge: who reads it in which state, which words, and which buttons."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from matchmaker.challenges import service
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.actor import Role
from matchmaker.kernel.i18n import Lang
from tests.conftest import NOON
from tests.factories.challenges import PATHS, complete_content, retitled
from tests.factories.proposals import make_stage
from tests.factories.teams import make_team
from tests.web.challenges.conftest import words

S = ChallengeState
DAY = timedelta(days=1)
PRIVATE = (S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.REJECTED, S.APPROVED, S.WITHDRAWN)
SECRET = "Supplier of the glass"
LANGS = pytest.mark.parametrize("lang", ["en", "zh-TW"])


def page(browser, challenge, rest="?lang=en"):
    return browser.get(f"/challenges/{challenge.key}{rest}")


def steps(answer):
    """The steps that a page offers."""
    found = re.findall(r'href="/challenges/[^/"]+/([a-z-]+)"', answer.get_data(as_text=True))
    return {each for each in found if each not in {"matches", "proposals", "history", "terms"}}


@pytest.mark.parametrize("state", list(PATHS))
def test_who_reads_it_in_which_state(client, people, browse_as, challenges, state):
    made = challenges.make(state)
    is_public = state not in PRIVATE
    readers = {
        "visitor": client,
        "stranger": browse_as(people.user()),
        "other owner": browse_as(people.owner_lead(people.organization())),
        "other pm": browse_as(people.pm(people.program())),
        "team": browse_as(challenges.user_as(Role.TEAM_LEAD, made)),
        "lead": browse_as(challenges.lead_user),
        "pm": browse_as(challenges.pm_user),
        "auditor": browse_as(people.auditor()),
    }

    got = {name: page(browser, made).status_code for name, browser in readers.items()}

    insiders = {"lead", "pm", "auditor"}
    assert got == {n: 200 if is_public or n in insiders else 404 for n in readers}


@pytest.mark.parametrize("state", list(PATHS))
@LANGS
def test_every_tab_opens_in_every_state(lead, pm, challenges, state, lang):
    made = challenges.make(state)

    for browser in (lead(lang), pm(lang)):
        for tab in ("overview", "data", "kpi", "rules", "timeline", "all", "nonsense"):
            assert page(browser, made, f"?tab={tab}").status_code == 200
        assert page(browser, made, "?tab=all&as=public").status_code == 200


@pytest.mark.parametrize("state", list(PATHS))
def test_the_office_is_offered_what_the_state_allows(pm, challenges, state):
    made = challenges.make(state)

    assert steps(page(pm(), made)) == {
        S.DRAFT: set(),
        S.SUBMITTED: {"approve", "request-changes", "reject"},
        S.APPROVED: {"publish"},
        S.PUBLISHED: {"pause", "extend-close"},
        S.PAUSED: {"resume", "extend-close"},
    }.get(state, set())


@pytest.mark.parametrize("state", list(PATHS))
def test_the_owner_is_offered_what_the_state_allows(lead, challenges, state):
    made = challenges.make(state)

    found = steps(page(lead(), made))

    before_award = {S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED, S.PUBLISHED, S.PAUSED,
                    S.EVALUATING}  # fmt: skip
    assert ("edit" in found) == (state in {S.DRAFT, S.CHANGES_REQUESTED})
    assert ("ask-withdrawal" in found) == (state in before_award)
    assert found <= {"edit", "ask-withdrawal"}


def test_nobody_else_is_offered_a_step(client, people, browse_as, challenges):
    made = challenges.make()

    for user in (None, people.user(), people.auditor(), challenges.user_as(Role.TEAM_LEAD, made)):
        browser = browse_as(user) if user else client
        assert steps(page(browser, made)) == set()


def test_the_words_of_staff_stay_with_staff(client, challenges, lead):
    made = challenges.make(S.EVALUATING)

    assert "Under evaluation" in words(page(lead(), made))
    for answer in (page(client, made), page(lead(), made, "?as=public&lang=en")):
        assert "Under evaluation" not in words(answer)
        assert "Proposals under review" in words(answer)
        assert "For owner and office" not in words(answer)


def test_only_insiders_are_told_that_they_look_as_the_public(client, lead, challenges):
    made = challenges.make()

    assert "Back to my view" in words(page(lead(), made, "?as=public&lang=en"))
    assert "Back to my view" not in words(page(client, made, "?as=public&lang=en"))


def test_the_remark_of_the_office_is_for_the_owner(client, lead, challenges):
    made = challenges.make(S.CHANGES_REQUESTED)
    assert "More on the data" in words(page(lead(), made))

    rejected = challenges.make(S.REJECTED)
    assert "Not in this call" in words(page(lead(), rejected))
    assert page(client, rejected).status_code == 404


def test_the_confidential_part_is_for_owner_office_and_teams_that_signed(
    client, people, browse_as, challenges, session
):
    made = challenges.make()
    team_lead = people.user("Solver")
    make_team(session, NOON, lead=team_lead, name_en="Solvers")
    session.commit()
    solver = browse_as(team_lead)
    readers = {
        "visitor": client, "stranger": browse_as(people.user()), "team": solver,
        "member": browse_as(people.owner_member(made.organization)),
        "lead": browse_as(challenges.lead_user), "pm": browse_as(challenges.pm_user),
    }  # fmt: skip

    seen = {name for name, browser in readers.items() if SECRET in words(page(browser, made))}
    offered = {n for n, b in readers.items() if "/terms" in page(b, made).get_data(as_text=True)}
    assert seen == {"lead", "pm"}
    assert offered == {"team"}
    for tab in ("all", "data", "overview"):
        assert SECRET not in words(page(solver, made, f"?tab={tab}"))
        assert SECRET not in words(page(readers["lead"], made, f"?tab={tab}&as=public"))

    team = re.search(r'name="team" value="(\d+)"', page(solver, made, "/terms").text).group(1)
    signed = solver.post(f"/challenges/{made.key}/terms", data={"team": team})
    assert signed.status_code == 302
    again = page(solver, made, "/terms?lang=en")
    assert "Signed for Solvers." in words(again)
    assert 'name="team"' not in again.text
    assert SECRET in words(page(solver, made))
    assert SECRET not in words(page(client, made))


def test_terms_are_signed_by_leads_for_their_own_team(client, people, browse_as, challenges):
    made = challenges.make()
    address = f"/challenges/{made.key}/terms"
    lead = browse_as(challenges.user_as(Role.TEAM_LEAD, made))

    assert client.post(address, data={"team": 4711}).status_code in {302, 401}
    assert browse_as(people.user()).post(address, data={"team": 4711}).status_code == 403
    assert lead.get(address).status_code == 200
    for odd in ("1", "", "x", "9" * 40, "-1"):
        assert lead.post(address, data={"team": odd}).status_code == 403
    assert lead.post(address, data={"team": "4711"}).status_code == 302
    assert lead.post(address, data={"team": "4711"}).status_code == 302


@pytest.mark.parametrize(
    "title",
    ["O'Brien's <b>line</b> & \"co\"", "瑕疵「自動」檢測", "Emoji 🚀 line", "שלום עולם",
     "{{ 7*7 }} %(x)s %s"],
)  # fmt: skip
def test_any_title_is_shown_as_it_was_written(client, challenges, lead, title):
    from markupsafe import escape

    made = challenges.make(content=retitled(complete_content(title), title_zh=""))

    for where in ("", "/history", ".ics"):
        answer = page(lead(), made, where)
        assert answer.status_code == 200
    assert str(escape(title)) in page(client, made).text
    assert "described in English only" in words(page(client, made))


@pytest.mark.parametrize(
    ("how", "sentence"),
    [("open", "Start a proposal"), ("early", "Opens "), ("closed", "Closed; follow the result"),
     ("paused", "Paused; follow it")],
)  # fmt: skip
def test_the_one_next_step_fits_the_moment(client, people, challenges, at, how, sentence):
    made = challenges.make(S.PAUSED if how == "paused" else S.PUBLISHED)
    if how == "early":
        made.call.opens_at = NOON + DAY
        challenges.session.commit()
    if how == "closed":
        at(made.closes_at)

    said = words(page(client, made))

    assert sentence in said
    assert ("Start a proposal" in said) == (how == "open")


def test_notices_are_public_with_their_reason(client, challenges, session):
    made = challenges.make()
    later = made.closes_at + 7 * DAY
    service.extend_close(session, made, later, "Typhoon <day>", actor=challenges.pm, now=NOON)
    session.commit()

    for rest in ("?lang=en", "?tab=timeline&lang=en"):
        said = words(page(client, made, rest))
        assert "Typhoon <day>" in said
        assert "The closing time was moved to" in said


def test_the_history_is_for_owner_and_office_and_tells_changes_in_words(
    client, people, browse_as, challenges, lead, pm, session
):
    from dataclasses import replace

    from matchmaker.challenges.content import Rules, SectionName, section_of

    made = challenges.make(S.DRAFT)
    need = section_of(made, SectionName.NEED)
    for section in (replace(need, title_en="A clearer title"), Rules("", "Shared", "", "Other")):
        service.edit(session, made, section, version=made.version, actor=challenges.lead, now=NOON)
    challenges.bring(made, S.PUBLISHED)
    session.commit()

    for browser in (lead(), pm(), browse_as(people.auditor())):
        said = words(page(browser, made, "/history?lang=en"))
        for sentence in ("Published it.", "Approved it.", "Handed it in", "clearer", "Reference"):
            assert sentence in said
        assert "the words are not kept here" in said
        assert SECRET not in said
    assert re.search(
        "<del>[^/]*/span>Waiting for approval</del>", page(lead(), made, "/history").text
    )
    assert page(client, made, "/history").status_code in {302, 401, 404}
    assert page(browse_as(people.user()), made, "/history").status_code == 404


def test_the_closing_time_goes_into_a_calendar(client, challenges):
    made = challenges.make()

    answer = page(client, made, ".ics")

    text = answer.get_data(as_text=True).replace("\r\n ", "")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert f"filename={made.ref}.ics" in answer.headers["Content-Disposition"]
    assert f"DTEND:{made.closes_at:%Y%m%dT%H%M%SZ}" in text
    assert f"http://localhost/challenges/{made.ref}" in text
    assert page(client, challenges.make(S.DRAFT), ".ics").status_code == 404


def test_following_is_kept_once_and_listed(client, people, browse_as, challenges):
    made, other = challenges.make(), challenges.make()
    reader = browse_as(people.user())
    address = f"/challenges/{made.key}"

    for _twice in range(2):
        assert reader.post(f"{address}/follow").headers["Location"] == address
    assert "Followed" in words(page(reader, made))
    listed = words(reader.get("/challenges?saved=1&lang=en"))
    assert made.title.en in listed
    assert other.title.en not in listed
    for _twice in range(2):
        answer = reader.post(f"{address}/unfollow?next=/challenges?saved=1")
        assert answer.headers["Location"] == "/challenges?saved=1"
    assert "You follow no challenge yet." in words(reader.get("/challenges?saved=1&lang=en"))
    assert reader.post(f"{address}/follow?next=https://evil.example").headers["Location"] == address


def test_only_people_who_are_signed_in_follow_what_they_may_see(
    client, people, browse_as, challenges
):
    draft = challenges.make(S.DRAFT)

    assert client.post(f"/challenges/{challenges.make().key}/follow").status_code in {302, 401}
    stranger = browse_as(people.user())
    assert stranger.post(f"/challenges/{draft.key}/follow").status_code == 404


@pytest.mark.parametrize("rest", ["", "/edit", "/edit/need", "/history", ".ics", "/approve"])
def test_addresses_of_nothing_are_not_found(challenges, pm, rest):
    challenges.make()
    browser = pm()

    for key in ("CH-26-999", "9" * 300, "%F0%9F%98%80", "' OR 1=1 --", "<script>", "CH-26-"):
        assert browser.get(f"/challenges/{key}{rest}").status_code == 404, key
    assert browser.get(f"/challenges/%00{rest}").status_code == 400


def test_a_reference_is_understood_however_it_is_typed(client, challenges):
    made = challenges.make()

    for typed in (made.ref.lower(), "ＣＨ－２６－００１", f"{made.public_id}"):
        assert client.get(f"/challenges/{typed}").status_code == 200


def test_the_preview_is_read_in_either_language(challenges, lead, session):
    made = challenges.make(S.DRAFT)
    challenges.lead_user.lang = Lang.EN
    session.commit()
    browser = lead()

    chinese = page(browser, made, "?lang=zh-TW&tab=all&as=public")
    english = page(browser, made, "?lang=en&tab=all&as=public")

    assert "漏檢造成退貨" in words(chinese)
    assert '<html lang="zh-Hant-TW"' in chinese.text
    assert '<html lang="en"' in english.text


@pytest.mark.parametrize("who", ["visitor", "lead", "pm"])
def test_the_page_asks_the_database_a_fixed_number_of_times(client, challenges, lead, pm, who):
    made = challenges.make()
    browser = {"visitor": lambda: client, "lead": lead, "pm": pm}[who]()

    count = int(page(browser, made).headers["X-Statements"])

    assert count <= {"visitor": 3, "lead": 9, "pm": 9}[who]


def test_a_team_reads_which_rules_it_meets(client, people, browse_as, challenges, session):
    call = people.call(rules={"team_min": 2, "team_max": 10, "breach_years": 3})
    made = challenges.make(call=call)
    solo = people.user("Solo")
    make_team(session, NOON, lead=solo, name_en="Solvers")
    session.commit()

    answer = page(browse_as(solo), made)

    said = words(answer)
    assert "The rules, held against Solvers" in said
    assert "A team has 2 to 10 people." in said
    assert 'aria-label="not met"' in answer.text
    assert 'aria-label="you declare this"' in answer.text
    assert int(answer.headers["X-Statements"]) <= 13
    for browser in (client, browse_as(people.user()), browse_as(challenges.lead_user)):
        assert "held against" not in words(page(browser, made))


def test_a_team_that_has_begun_goes_on_with_its_proposal(people, browse_as, at):
    stage = make_stage(people)
    at(stage.now)
    proposal = stage.started()

    answer = page(browse_as(stage.person("lead")), proposal.challenge)

    assert f'href="/proposals/{proposal.key}"' in answer.text
    assert "Start a proposal" not in words(answer)
    at(proposal.challenge.closes_at)
    assert "held against" not in words(page(browse_as(stage.person("lead")), proposal.challenge))
