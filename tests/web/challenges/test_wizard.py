"""Describing a problem: each section as a plain form, nothing typed is lost, clashes show both."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from markupsafe import escape

from matchmaker.challenges.content import Content, Need
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from tests.conftest import NOON
from tests.factories.challenges import complete_content
from tests.web.challenges.conftest import words

S = ChallengeState
SECTIONS = ("need", "background", "data", "kpi", "rules", "dates")
AUTOSAVE = {"X-Requested-With": "autosave"}
ODD = [
    'O\'Brien & "co" <b>',
    "瑕疵「自動」檢測",
    "🚀👩‍🔬 line",
    "שלום עולם",
    "{{ 7*7 }} %(x)s",
    "\\n",
]
KPI = {
    "rows-0-name_zh": "漏檢率", "rows-0-unit": "%", "rows-0-better": "lower",
    "rows-0-baseline": "３．２", "rows-0-target": "1",
}  # fmt: skip
FULL = {
    "need": {
        "kind": "social", "title_zh": "題", "title_en": "T", "summary_zh": "摘", "summary_en": "S",
        "pain_zh": "痛", "pain_en": "P", "wanted_zh": "要", "wanted_en": "W",
    },
    "background": {
        "background_zh": "背", "current_way_en": "C", "site_zh": "廠", "domains": ["manufacturing"],
        "technologies": ["defect_detection"], "use_cases": ["defect_inspection"],
        "deployment": ["production_line"], "ready_talent": "3", "ready_tools": "0",
    },
    "data": {
        "data_description_zh": "資", "modalities": ["image", "audio"], "data_rows": "８，４００",
        "data_labels": "2 100", "data_sensitivity": "personal", "data_access_en": "NDA",
        "ready_data": "1",
    },
    "kpi": KPI,
    "rules": {"ip_wishes_zh": "共有", "confidential_en": "Glass of Y"},
    "dates": {
        "k_poc": "３", "poc_weeks": "12", "budget_twd": "1,500,000", "ready_budget": "2",
        "publish_on": "115/11/26", "closes_on": "2026/12/10",
    },
}  # fmt: skip


@pytest.fixture
def draft(challenges):
    """A draft in which nothing stands yet."""
    return challenges.make(S.DRAFT, content=Content(need=Need(title_en="Working title")))


def at_section(challenge, name):
    return f"/challenges/{challenge.key}/edit/{name}"


def sent(browser, challenge, section, headers=None, **values):
    data = {"version": challenge.version} | values
    return browser.post(at_section(challenge, section), data=data, headers=headers)


def fresh(session, challenge):
    session.expire_all()
    return session.get_one(Challenge, challenge.id)


# Beginning


def test_a_draft_begins_with_organisation_call_and_title(people, browse_as, session):
    organization, call = people.organization(), people.call()
    browser = browse_as(people.owner_lead(organization))
    form = {"organization": organization.ref, "call": call.slug, "kind": "industry",
            "title_zh": "夜班打頭機", "title_en": ""}  # fmt: skip

    answer = browser.post("/challenges/new", data=form)

    made = session.query(Challenge).one()
    assert answer.headers["Location"] == f"/challenges/{made.key}/edit/need"
    assert (made.title.zh_TW, made.state, made.organization_id) == (
        "夜班打頭機", S.DRAFT, organization.id,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"organization": "OR-9999"}, {"call": "no-such"}, {"kind": "other"}, {"title_zh": "x" * 121}],
)
@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_a_wrong_beginning_keeps_what_was_typed(people, browse_as, session, wrong, lang):
    organization, call = people.organization(), people.call()
    browser = browse_as(people.owner_lead(organization), lang)
    form = {"organization": organization.ref, "call": call.slug, "kind": "industry",
            "title_en": "O'Brien"}  # fmt: skip

    answer = browser.post("/challenges/new", data=form | wrong)

    assert answer.status_code == 422
    assert 'value="O&#39;Brien"' in answer.text
    assert session.query(Challenge).count() == 0
    assert ("Not a valid choice" in answer.text) is False


def test_nobody_posts_for_an_organisation_of_others(people, browse_as, session):
    own, other = people.organization(), people.organization()
    call = people.call()
    browser = browse_as(people.owner_lead(own))

    answer = browser.post("/challenges/new", data={"organization": other.ref, "call": call.slug})

    assert answer.status_code == 422
    assert session.query(Challenge).count() == 0


def test_whoever_cannot_begin_reads_what_to_do_first(client, people, browse_as, at):
    assert client.get("/challenges/new").status_code == 302
    assert "Register an organisation" in words(browse_as(people.user()).get("/challenges/new"))
    owner = browse_as(people.owner_lead(people.organization()))
    assert "No call takes problems" in words(owner.get("/challenges/new"))
    people.call()
    assert "No call takes problems" not in words(owner.get("/challenges/new"))


def test_a_closed_call_is_not_offered(people, browse_as):
    closed = people.call(closes_in=timedelta(days=-1))
    open_ = people.call()
    browser = browse_as(people.owner_lead(people.organization()))

    text = browser.get(f"/challenges/new?call={open_.slug}").text

    assert f'value="{closed.slug}"' not in text
    assert re.search(rf'<option selected value="{open_.slug}"', text)


# Saving


@pytest.mark.parametrize("section", [*SECTIONS, "review"])
@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_every_section_opens_empty_and_full(challenges, lead, draft, section, lang):
    assert lead(lang).get(at_section(draft, section)).status_code == 200
    full = challenges.make(S.DRAFT)
    assert lead(lang).get(at_section(full, section)).status_code == 200


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_saved_and_comes_back_as_it_was_entered(lead, draft, section):
    browser = lead()

    answer = sent(browser, draft, section, then="next", **FULL[section])

    order = [*SECTIONS, "review"]
    following = order[order.index(section) + 1]
    assert answer.headers["Location"] == at_section(draft, following)
    shown = browser.get(at_section(draft, section))
    again = sent_again(shown.text)
    for name, value in FULL[section].items():
        assert set(again[name]) == {plain(each) for each in as_list(value)}, name


def as_list(value):
    return value if isinstance(value, list) else [value]


def plain(value):
    """What a number or day looks like after it was understood."""
    return {
        "８，４００": "8400", "2 100": "2100", "３．２": "3.2", "３": "3", "1,500,000": "1500000",
        "115/11/26": "2026-11-26", "2026/12/10": "2026-12-10",
    }.get(value, value)  # fmt: skip


def sent_again(text):
    """What a browser would send from this page: name → values."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        is_box = re.search(r'type="(checkbox|radio)"', tag)
        if name and (not is_box or " checked" in tag):
            found.setdefault(name.group(1), []).append(unescape(value.group(1) if value else ""))
    for name, body in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', text, re.DOTALL
    ):
        found.setdefault(name, []).append(unescape(body))
    for name, body in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.findall(r'<option selected value="([^"]*)"', body)
        found.setdefault(name, []).extend(chosen)
    return found


@pytest.mark.parametrize("section", SECTIONS)
def test_saving_what_stands_there_changes_nothing(challenges, lead, session, section):
    made = challenges.make(S.DRAFT)
    browser = lead()
    form = sent_again(browser.get(at_section(made, section)).text)

    answer = browser.post(at_section(made, section), data=form)

    assert answer.status_code == 302
    assert fresh(session, made).version == int(form["version"][0])


@pytest.mark.parametrize("text", ODD)
def test_any_text_is_kept(lead, draft, session, text):
    answer = sent(lead(), draft, "need", title_en=text, pain_zh=text, kind="industry")

    assert answer.status_code == 302
    kept = fresh(session, draft)
    assert (kept.title.en, kept.pain.zh_TW) == (text, text)
    assert str(escape(text)) in lead().get(at_section(draft, "need")).text


def test_long_texts_are_kept_and_longer_ones_named(lead, draft, session):
    browser, most = lead(), "長" * 10_000

    assert sent(browser, draft, "need", pain_zh=most, title_en="T").status_code == 302
    assert fresh(session, draft).pain.zh_TW == most

    answer = sent(browser, draft, "need", pain_zh=most + "長", title_en="T")
    assert answer.status_code == 422
    assert most + "長" in answer.text
    assert "Use at most 10000 characters." in answer.text


@pytest.mark.parametrize(
    ("section", "values", "sentence"),
    [
        ("need", {"title_en": "x" * 121}, "Use at most 120 characters."),
        ("need", {"kind": "odd"}, "Choose from the list."),
        ("background", {"domains": "magic"}, "Choose from the list."),
        ("background", {"ready_talent": "9"}, ""),
        ("data", {"data_rows": "many"}, "Give a whole number, in digits."),
        ("data", {"data_rows": "9" * 40}, "Give a whole number, in digits."),
        ("data", {"data_rows": "-1"}, "Give a whole number, in digits."),
        ("dates", {"k_poc": "6"}, "Give a number between 1 and 5."),
        ("dates", {"k_poc": "0"}, "Give a number between 1 and 5."),
        ("dates", {"budget_twd": "1.5"}, "Give a whole number, in digits."),
        ("dates", {"publish_on": "31/31/31"}, "Give a day such as"),
        ("dates", {"closes_on": "2031-01-01"}, "lies within the time of the call"),
        ("dates", {"closes_on": "0001-01-01"}, "lies within the time of the call"),
        ("dates", {"publish_on": "2026-12-25"}, "It has to be published before it closes."),
        ("rules", {"ip_wishes_zh": "長" * 10_001}, "Use at most 10000 characters."),
        ("kpi", KPI | {"rows-0-target": "better"}, "Give a number, in digits."),
        ("kpi", KPI | {"rows-0-target": ""}, "cannot be checked"),
        ("kpi", KPI | {"rows-0-unit": ""}, "Give the unit"),
        ("kpi", KPI | {"rows-0-better": ""}, "Say whether higher or lower is better."),
        ("kpi", KPI | {"rows-0-baseline": ""}, "Give today's value"),
        ("kpi", KPI | {"rows-0-target": "40"}, "worse than today's value"),
        ("kpi", KPI | {"rows-0-target": "101"}, "A share lies between"),
        ("kpi", KPI | {"rows-0-name_zh": ""}, "Name what is to be measured"),
        ("kpi", {"rows-0-baseline": "0"}, "Name what is to be measured"),
        ("kpi", KPI | {"kpis_none_reason": "None"}, "no reason is needed"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named_at_its_field_and_kept(lead, draft, section, values, sentence):
    answer = sent(lead(), draft, section, **values)

    if not sentence:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert sentence in words(answer)
    for name, value in values.items():
        typed = str(value)
        if name not in {"kind", "domains", "rows-0-better"} and typed:
            assert str(escape(typed)) in answer.text
    assert 'class="error-summary"' in answer.text


def test_rows_of_kpis_come_and_go_without_losing_what_was_typed(lead, draft):
    browser = lead()
    two = KPI | {"rows-3-name_en": "Second", "rows-3-target": "ten"}

    more = sent(browser, draft, "kpi", add="1", **two)
    assert more.status_code == 200
    again = sent_again(more.text)
    assert again["rows-1-target"] == ["ten"]
    assert "rows-2-name_en" in again
    less = sent(browser, draft, "kpi", remove="0", **two)
    assert "Second" in less.text
    assert "漏檢率" not in less.text
    none = sent(browser, draft, "kpi", **sent_again(less.text) | {"remove": "0"})
    assert "Second" not in none.text
    assert "Target KPI 1" not in words(none)


def test_no_more_than_eight_kpis_are_offered(lead, draft):
    eight = {f"rows-{n}-name_en": f"K{n}" for n in range(8)}

    answer = sent(lead(), draft, "kpi", add="1", **eight)

    assert answer.status_code == 200
    assert "rows-8-name_en" not in answer.text
    assert 'name="add"' not in answer.text


def test_percent_is_kept_as_a_share_and_shown_as_percent(lead, draft, session):
    sent(lead(), draft, "kpi", **KPI | {"rows-0-unit": "％", "rows-0-method_en": "Count"})

    row = fresh(session, draft).kpis[0]
    assert (row.unit, row.baseline, row.target) == ("ratio", 0.032, 0.01)


def test_a_negative_target_is_understood_with_either_minus(lead, draft, session):
    sent(lead(), draft, "kpi", **KPI | {"rows-0-unit": "dB", "rows-0-target": "\u22121.5"})

    assert fresh(session, draft).kpis[0].target == -1.5


@pytest.mark.parametrize("section", SECTIONS)
def test_an_odd_version_is_a_clash_and_no_crash(lead, draft, section):
    browser = lead()

    for version in ("", "x", "-1", "9" * 5000, "１"):
        sent_ = FULL[section] | {"version": version}
        assert browser.post(at_section(draft, section), data=sent_).status_code == 409


# Clashes


@pytest.mark.parametrize(
    ("section", "first", "second", "theirs"),
    [
        ("need", {"title_en": "Mine"}, {"title_en": "Yours"}, "Mine"),
        ("need", {"kind": "social"}, {"kind": "industry"}, "Social problem"),
        ("background", {"domains": "manufacturing"}, {"domains": "healthcare"}, "Manufacturing"),
        ("background", {"ready_tools": "3"}, {"ready_tools": "0"}, "ready"),
        ("data", {"data_rows": "77"}, {"data_rows": "88"}, "77"),
        ("kpi", KPI, KPI | {"rows-0-target": "2"}, "漏檢率"),
        ("rules", {"confidential_en": "One"}, {"confidential_en": "Two"}, "One"),
        ("dates", {"budget_twd": "77"}, {"budget_twd": "88"}, "77"),
    ],
)  # fmt: skip
def test_who_saves_second_sees_both(people, browse_as, challenges, draft, lead, section, first,
                                    second, theirs):  # fmt: skip
    other = browse_as(people.owner_member(draft.organization))
    opened = draft.version
    assert (
        lead().post(at_section(draft, section), data=first | {"version": opened}).status_code == 302
    )

    answer = other.post(at_section(draft, section), data=second | {"version": opened})

    assert answer.status_code == 409
    assert "Somebody else saved in the meantime" in words(answer)
    listed = re.search(r'<dl class="facts">(.*?)</dl>', answer.text, re.DOTALL).group(1)
    assert theirs in unescape(listed)
    again = sent_again(answer.text)
    for name, value in second.items():
        assert again[name] in ([value], [plain(value)])
    saved = other.post(at_section(draft, section), data=again)
    assert saved.status_code == 302


def test_the_same_text_saved_twice_is_said_to_be_the_same(people, browse_as, draft, lead):
    opened = {"version": draft.version, "title_en": "Same"}
    lead().post(at_section(draft, "need"), data=opened)

    answer = browse_as(people.owner_member(draft.organization)).post(
        at_section(draft, "need"), data=opened
    )

    assert answer.status_code == 409
    assert "saving again changes nothing" in words(answer)


# Autosave


@pytest.mark.parametrize("section", SECTIONS)
def test_autosave_answers_with_the_next_version(lead, draft, section):
    browser = lead()

    first = sent(browser, draft, section, AUTOSAVE, **FULL[section])

    assert first.status_code == 200
    assert first.json == {"version": 2, "saved_at": "12:00", "errors": {}}
    second = sent(browser, draft, section, AUTOSAVE, **FULL[section] | {"version": 2})
    assert second.json["version"] == 2


def test_autosave_names_what_is_wrong_and_tells_of_a_clash(lead, draft):
    wrong = sent(lead(), draft, "kpi", AUTOSAVE, **KPI | {"rows-0-target": ""})
    late = sent(lead(), draft, "need", AUTOSAVE, title_en="T", version=0)

    assert wrong.status_code == 422
    assert list(wrong.json["errors"]) == ["rows-0-target"]
    assert late.status_code == 409


def test_the_time_of_the_last_save_is_shown_on_its_day_only(lead, draft, at):
    browser = lead()
    assert "Saved at 12:00" in words(browser.get(at_section(draft, "need")))
    at(NOON + timedelta(days=1))
    assert "Saved at" not in words(lead().get(at_section(draft, "need")))


# Who edits


def test_only_people_of_the_owner_edit_and_only_before_it_is_handed_in(
    client, people, browse_as, challenges
):
    made = challenges.make(S.DRAFT)
    readers = {
        "lead": browse_as(challenges.lead_user),
        "member": browse_as(people.owner_member(made.organization)),
        "pm": browse_as(challenges.pm_user),
        "auditor": browse_as(people.auditor()),
        "other": browse_as(people.owner_lead(people.organization())),
    }

    got = {n: b.get(at_section(made, "need")).status_code for n, b in readers.items()}
    assert got == {"lead": 200, "member": 200, "pm": 403, "auditor": 403, "other": 404}
    assert client.get(at_section(made, "need")).status_code == 302
    got = {n: sent(b, made, "need", title_en="X").status_code for n, b in readers.items()}
    assert got == {"lead": 302, "member": 409, "pm": 403, "auditor": 403, "other": 404}
    challenges.bring(made, S.SUBMITTED)
    challenges.session.commit()
    assert sent(readers["lead"], made, "need", title_en="Y").status_code == 403


@pytest.mark.parametrize("section", ["", "nothing", "review"])
def test_there_are_no_other_sections(lead, draft, section):
    assert lead().post(at_section(draft, section)).status_code in {404, 405}


def test_editing_begins_where_something_is_missing(lead, challenges, draft):
    def first(made):
        return lead().get(f"/challenges/{made.key}/edit").headers["Location"]

    assert first(draft) == at_section(draft, "need")
    full = challenges.make(S.DRAFT)
    assert first(full) == at_section(full, "review")


# Handing in


def test_gaps_are_listed_with_links_to_their_fields(lead, draft):
    browser = lead()
    answer = browser.get(at_section(draft, "review"))

    links = re.findall(r'href="(/challenges/[^"]*/edit/([a-z]+)#([^"]+))"', answer.text)
    assert {section for _url, section, _field in links} == set(SECTIONS)
    for url, _section, field in links:
        assert f'id="{field}"' in browser.get(url).text, url


def test_handing_in_with_gaps_is_refused(lead, draft, session):
    answer = lead().post(f"/challenges/{draft.key}/submit", data={"accept_terms": "y"})

    assert answer.status_code == 422
    assert "Say what goes wrong today" in words(answer)
    assert fresh(session, draft).state is S.DRAFT


def test_handing_in_needs_the_terms_and_then_freezes_the_text(lead, challenges, session):
    made = challenges.make(S.DRAFT)
    address = f"/challenges/{made.key}/submit"

    without = lead().post(address)
    assert without.status_code == 422
    assert "Accept the terms" in words(without)

    done = lead().post(address, data={"accept_terms": "y"}, follow_redirects=True)
    assert "Handed in." in words(done)
    assert fresh(session, made).state is S.SUBMITTED
    assert lead().post(address, data={"accept_terms": "y"}).status_code == 409


def test_a_member_prepares_but_does_not_hand_in(people, browse_as, challenges):
    made = challenges.make(S.DRAFT)
    member = browse_as(people.owner_member(made.organization))

    said = words(member.get(at_section(made, "review")))
    assert "Only a lead of your organisation can hand it in." in said
    assert "Hand in for approval" not in said
    answer = member.post(f"/challenges/{made.key}/submit", data={"accept_terms": "y"})
    assert answer.status_code == 403


def test_after_the_closing_time_nothing_is_handed_in(lead, challenges, at):
    made = challenges.make(S.DRAFT)
    at(made.closes_at)

    answer = lead().post(f"/challenges/{made.key}/submit", data={"accept_terms": "y"})

    assert answer.status_code == 422
    assert "The closing time has passed." in words(answer)


def test_what_the_office_asked_for_stands_above_every_section(lead, challenges):
    made = challenges.make(S.CHANGES_REQUESTED)

    for section in (*SECTIONS, "review"):
        assert "More on the data" in words(lead().get(at_section(made, section)))


def test_similar_challenges_are_shown_before_handing_in(lead, challenges):
    near = challenges.make(content=complete_content("Chipped punches on heading machines"))
    made = challenges.make(S.DRAFT, content=complete_content("Chipped punches of a heading press"))
    hidden = challenges.make(S.DRAFT, content=complete_content("Chipped punches when heading"))

    said = words(lead().get(at_section(hidden, "review")))

    assert near.title.en in said
    assert made.title.en not in said


def test_a_reason_may_stand_in_place_of_kpis(lead, draft, session):
    answer = sent(lead(), draft, "kpi", kpis_none_reason="質化研究，無法量測。")

    assert answer.status_code == 302
    assert fresh(session, draft).kpis_none_reason == "質化研究，無法量測。"


@pytest.mark.parametrize("section", [*SECTIONS, "review"])
def test_a_section_asks_the_database_a_fixed_number_of_times(lead, challenges, section):
    made = challenges.make(S.DRAFT)

    assert int(lead().get(at_section(made, section)).headers["X-Statements"]) <= 9
