"""One problem on its way from its owner to a proposal handed in, as four people live it.

In Chinese with scripts, and in English without any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter
from tests.browser.site import Site
from tests.browser.words import Words

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # noqa: E501
OPEN_CALL = "ai-match-115-2"
TEAM = "TM-0061"
LACK = "Too little experience with such a site"
FARTHEST = 120  # stops of the tab key on one page

TEXTS = {
    "zh": {
        "title": "急診候診病人檢傷級別的即時提示",
        "summary": "讀主訴短句與生命徵象，即時提示檢傷級別，並說明依據哪些字與數值。",
        "pain": "急診候診時病人心跳或血壓有變，護理師常未察覺，每月約有 30 人需要改變檢傷級別。",
        "wanted": "急診第一線的檢傷第二意見：讀主訴與生命徵象，提示級別與依據，護理師可以推翻。",
        "site": "急診檢傷站",
        "data": "三年的急診主訴短句與生命徵象，含檢傷級別與後續處置。",
        "kpi": "檢傷級別不足的比例",
        "method": "以去年的急診紀錄回測三個月。",
        "answer": "以可解釋的模型讀主訴與生命徵象，提示檢傷級別與依據，並與現行作法並行三個月。",
    },
    "en": {
        "title": "A second opinion on triage for waiting emergency patients",
        "summary": "Read complaint and vital signs, suggest a triage level and say why.",
        "pain": "Heart rate or blood pressure of waiting patients changes and nobody looks again.",
        "wanted": "A second opinion at the emergency desk that nurses can overrule.",
        "site": "Triage desk of the emergency room",
        "data": "Three years of complaints and vital signs with triage levels.",
        "kpi": "Share of patients triaged too low",
        "method": "Back-tested for three months on last year's records.",
        "answer": "An explainable model of complaint and vital signs, beside the present way.",
    },
}


@dataclass
class Desk:
    """Somebody at a browser, with the words of their language."""

    page: Page
    say: Words

    @property
    def lang(self) -> str:
        return self.say.lang

    def button(self, sentence: str, **values: object) -> Locator:
        """The button of this name in the page itself."""
        name = self.say(sentence, **values)
        return self.page.locator("#main").get_by_role("button", name=name, exact=True)

    def link(self, sentence: str) -> Locator:
        return self.page.locator("#main").get_by_role("link", name=self.say(sentence), exact=True)

    def sees(self, sentence: str, **values: object) -> None:
        """The sentence stands on the page."""
        expect(self.page.locator("#main")).to_contain_text(self.say(sentence, **values))

    def stands_at(self, state: str) -> None:
        """The heading of the page names this state."""
        tag = self.page.locator(".page-header .state-tag").first
        expect(tag).to_contain_text(self.say(state))

    def write(self, name: str, text: str) -> None:
        """Fill the side of a field that belongs to the language, else the field itself."""
        for candidate in (f"{name}_{self.lang}", name):
            field = self.page.locator(f'#main [name="{candidate}"]')
            if field.count():
                field.fill(text)
                return
        raise AssertionError(f"no field {name} on {self.page.url}")

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'#main input[name="{name}"][value="{value}"]').check()

    def tab_to(self, selector: str) -> None:
        """Press the tab key until the focus stands there."""
        for _stop in range(FARTHEST):
            self.page.keyboard.press("Tab")
            if self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"the keyboard never reaches {selector} on {self.page.url}")


@pytest.mark.parametrize(("lang", "scripts"), [("zh", True), ("en", False)])
def test_a_problem_finds_its_team_and_gets_a_proposal(
    lang: str, scripts: bool, own_site: Site, enter: Enter
) -> None:
    text = TEXTS[lang]

    def sit_down(role: str) -> Desk:
        return Desk(enter(own_site, role, lang=lang, scripts=scripts).new_page(), Words(lang))

    owner = Desk(enter(own_site, lang=lang, scripts=scripts).new_page(), Words(lang))
    sign_in_by_keyboard(owner, own_site)
    problem = describe_problem(owner, text)
    hand_in_problem(owner)
    manager = sit_down("pm")
    bring_problem_to_the_public(manager, problem)
    compute_matches(manager)
    wish_for_team(owner, problem)
    invite_team(manager, text)
    leader = sit_down("team_lead")
    accept_invitation(leader, text)
    write_proposal(leader, text)
    hand_in_proposal(leader)


def sign_in_by_keyboard(owner: Desk, site: Site) -> None:
    email, password = site.account("owner_lead")
    page = owner.page
    page.goto("/login")
    owner.tab_to("[name=email]")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    if page.locator("html").get_attribute("lang") != {"zh": "zh-Hant-TW"}.get(owner.lang, "en"):
        page.locator('form[action*="/preferences/language"] button').first.click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{owner.lang}"))


def describe_problem(owner: Desk, text: dict[str, str]) -> str:
    """Fill all sections; the first one by keyboard only. Returns the address of the problem."""
    page = owner.page
    page.goto("/challenges/new")
    page.locator("[name=call]").select_option(OPEN_CALL)
    owner.write("title", text["title"])
    owner.button("Begin").click()
    page.wait_for_url("**/edit/need")
    for name in ("summary", "pain", "wanted"):
        owner.tab_to(f'[name="{name}_{owner.lang}"]')
        page.keyboard.type(text[name])
    owner.tab_to("button[name=then][value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/background")
    owner.write("background", text["pain"])
    owner.write("current_way", text["pain"])
    owner.write("site", text["site"])
    owner.choose("domains", "healthcare")
    for technology in ("tabular_prediction", "nlp_understanding", "explainable_ai"):
        owner.choose("technologies", technology)
    owner.choose("ready_talent", "2")
    owner.choose("ready_tools", "2")
    next_section(owner, "data")
    owner.write("data_description", text["data"])
    owner.choose("modalities", "text")
    owner.choose("modalities", "tabular")
    owner.write("data_rows", "120,000")
    page.locator("[name=data_sensitivity]").first.check()
    owner.write("data_access", text["data"])
    owner.choose("ready_data", "3")
    next_section(owner, "kpi")
    owner.write("rows-0-name", text["kpi"])
    owner.write("rows-0-unit", "%")
    page.locator('[name="rows-0-better"]').select_option("lower")
    owner.write("rows-0-baseline", "8")
    owner.write("rows-0-target", "4")
    owner.write("rows-0-method", text["method"])
    next_section(owner, "rules")
    next_section(owner, "dates")
    owner.write("k_poc", "2")
    owner.write("poc_weeks", "16")
    owner.write("budget_twd", "2,000,000")
    owner.choose("ready_budget", "2")
    next_section(owner, "review")
    owner.sees("All sections are complete.")
    return page.url.partition("/edit/")[0]


def next_section(desk: Desk, name: str) -> None:
    desk.page.locator("button[name=then][value=next]").click()
    desk.page.wait_for_url(f"**/{name}")


def hand_in_problem(owner: Desk) -> None:
    owner.page.locator("[name=accept_terms]").check()
    owner.button("Hand in for approval").click()
    owner.sees("Handed in. The programme office looks at it now.")
    owner.stands_at("Waiting for approval")


def bring_problem_to_the_public(manager: Desk, problem: str) -> None:
    page = manager.page
    page.goto("/challenges/queue")
    page.locator(f'a[href="{problem[problem.index("/challenges/") :]}"]').click()
    manager.link("Approve").click()
    manager.button("Approve").click()
    manager.sees("Approved. It is not public yet.")
    manager.link("Publish").click()
    manager.button("Publish").click()
    manager.sees("Published.")


def compute_matches(manager: Desk) -> None:
    page = manager.page
    page.goto(f"/matching?call={OPEN_CALL}")
    manager.button("Compute again").click()
    page.wait_for_url("**/matching/runs/*")
    published = manager.button("Publish")
    look_again = manager.link("Look again")
    for _second in range(60):
        if published.count():
            break
        if look_again.count():
            look_again.click()
        page.wait_for_timeout(500)
    published.click()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open] [data-yes]").click()
    expect(published).to_have_count(0)


def wish_for_team(owner: Desk, problem: str) -> None:
    """Put one team aside with a reason, and ask for another to be invited."""
    page = owner.page
    page.goto(problem)
    owner.link("Matches").click()
    chosen = page.locator(f"article#{TEAM}")
    expect(chosen).to_be_visible()
    other = page.locator(f"article.match:not(#{TEAM})").first
    name = other.get_attribute("id")
    other.locator("summary", has_text=owner.say("Not for us")).click()
    other.get_by_role("button", name=owner.say(LACK)).click()
    expect(page.locator(f"article#{name}")).to_contain_text(
        owner.say("You put it aside: %(reason)s", reason=owner.say(LACK))
    )
    chosen.get_by_role("button", name=owner.say("Ask the programme to invite")).click()
    expect(page.locator(f"article#{TEAM}")).to_contain_text(
        owner.say("The owner would like this team to be invited.")
    )


def invite_team(manager: Desk, text: dict[str, str]) -> None:
    page = manager.page
    page.goto(f"/matching?call={OPEN_CALL}")
    board = page.locator(".board-row", has_text=text["title"])
    while not board.count():
        page.locator(".board-list .pagination a").last.click()
    board.click()
    chosen = page.locator(f"article#{TEAM}")
    expect(chosen).to_contain_text(manager.say("The owner would like this team to be invited."))
    chosen.get_by_role("button", name=manager.say("Invite"), exact=True).click()
    expect(page.locator(f"article#{TEAM}")).to_contain_text(
        manager.say("Invitation waits for release")
    )
    page.locator("#main a[href*='/matching/invitations']").click()
    expect(page.locator(".letter", has_text=text["title"]).first).to_be_visible()
    page.locator("form[action*='/matching/invitations'] button").first.click()
    expect(page.locator(".banner.is-success, .flash, [role=status]").first).to_be_visible()


def accept_invitation(leader: Desk, text: dict[str, str]) -> None:
    page = leader.page
    page.goto("/")
    expect(page.locator(".bell-count")).to_be_visible()
    page.locator(".bell").click()
    notice = page.locator(".list-row", has_text=text["title"]).first
    notice.get_by_role("button").click()
    page.wait_for_url("**/recommendations/invitations/*")
    leader.button("We are interested").click()
    page.locator("#main").get_by_role("link", name=leader.say("Start a proposal")).first.click()


def write_proposal(leader: Desk, text: dict[str, str]) -> None:
    page = leader.page
    leader.button("Start the draft").click()
    page.wait_for_url("**/edit/answer")
    for name in ("title", "summary", "approach"):
        leader.write(name, text["answer"][:60] if name == "title" else text["answer"])
    next_section(leader, "data")
    for name in ("data", "models", "limits"):
        leader.write(name, text["data"])
    next_section(leader, "plan")
    leader.write("milestones-0-title", text["kpi"])
    leader.write("milestones-0-week", "12")
    leader.write("milestones-0-deliverable", text["method"])
    next_section(leader, "kpis")
    leader.write("commitments-0-value", "3.5")
    leader.write("commitments-0-method", text["method"])
    next_section(leader, "budget")
    leader.write("lines-0-item", text["data"])
    leader.write("lines-0-amount_twd", "800,000")
    next_section(leader, "people")
    for number in range(4):
        leader.write(f"shares-{number}-task", text["kpi"])
        leader.write(f"shares-{number}-share", "25")
    next_section(leader, "attachments")
    for number, document in enumerate(("slides", "consent"), start=1):
        page.locator("[name=file]").set_input_files(
            {"name": f"{document}.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        page.locator("[name=document]").select_option(document)
        leader.button("Add the file").click()
        expect(page.locator(".attachment")).to_have_count(number)


def hand_in_proposal(leader: Desk) -> None:
    page = leader.page
    leader.link("Read the proposal").click()
    leader.link("Check and hand in").first.click()
    leader.sees("Every section is complete.")
    page.locator("[name=accepts_terms]").check()
    leader.button("Hand the proposal in").click()
    page.wait_for_url("**/receipt")
    leader.sees("SHA-256")
    page.locator("#main").get_by_role("link", name=leader.say("Read the proposal")).click()
    leader.stands_at("Handed in")
