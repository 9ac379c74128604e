"""The second step: set up, asked for, done without, reset."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from matchmaker.accounts import sessions
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import (
    FailedSignIn,
    RecoveryCode,
    SecondFactor,
    SignInSession,
    User,
)
from matchmaker.accounts.passwords import Passwords
from matchmaker.accounts.second_factor import Authenticator
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel import clock
from matchmaker.kernel.identifiers import fingerprint
from matchmaker.notifications.models import Mail, Notice

PASSWORD = "a long sentence of mine"
PAGE = "/settings/second-factor"


class Phone:
    """An app that scanned the seed from the page."""

    def __init__(self, page: str):
        self.seed = re.search(r"<code class=\"code-text\"[^>]*>([A-Z2-7 ]+)</code>", page)[1]
        self.codes = pyotp.TOTP(self.seed.replace(" ", ""))

    def code(self, steps=0):
        return self.codes.generate_otp(int(clock.now().timestamp()) // 30 + steps)


@pytest.fixture
def moment(monkeypatch):
    """The clock, stopped: ``moment(minutes=5)`` moves it on."""
    at = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def pass_by(**time):
        at[0] += timedelta(**time)

    return pass_by


@pytest.fixture
def person(people, session):
    return with_password(people.user("Mei Lin"), session)


@pytest.fixture
def required(app, monkeypatch):
    """An installation that asks its staff for the second step."""
    strict = Authenticator("another key for this test", is_duty_of_staff=True)
    monkeypatch.setitem(app.extensions, "matchmaker.authenticator", strict)


def with_password(user, session):
    user.password_hash = Passwords("low").hash(PASSWORD)
    session.commit()
    return user


def set_up(browser):
    """Go through the pages; returns the app and the recovery codes."""
    begun = browser.post(f"{PAGE}/begin", data={"password": PASSWORD})
    assert begun.status_code == 302, begun.get_data(as_text=True)
    phone = Phone(browser.get(PAGE).get_data(as_text=True))
    done = browser.post(f"{PAGE}/confirm", data={"code": phone.code()})
    assert done.status_code == 200
    return phone, codes_in(done)


def codes_in(answer):
    found = re.findall(r"<li><code[^>]*>([a-z0-9-]+)</code>", answer.get_data(as_text=True))
    assert len(found) == len(set(found)) == 10
    return found


@pytest.fixture
def protected(browse_as, person, moment):
    """Somebody with an app and recovery codes, a minute later."""
    found = set_up(browse_as(person))
    moment(minutes=1)
    return found


def password_step(client, person, **more):
    client.set_cookie("lang", "en")
    return client.post("/login", data={"email": person.email, "password": PASSWORD} | more)


def code_step(client, code, **more):
    return client.post("/login/code", data={"code": code} | more)


def is_in(client):
    return client.get("/settings/security").status_code == 200


def actions(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# setting up


def test_nothing_is_asked_of_those_who_set_nothing_up(client, person):
    assert password_step(client, person).headers["Location"] == "/"
    assert is_in(client)


def test_setting_up_needs_the_password(browse_as, person, session):
    browser = browse_as(person)

    refused = browser.post(f"{PAGE}/begin", data={"password": "something else entirely"})

    assert refused.status_code == 422
    assert "This is not your password." in refused.get_data(as_text=True)
    assert '<svg class="qr"' not in browser.get(PAGE).get_data(as_text=True)
    assert session.scalars(select(SecondFactor)).all() == []


def test_the_picture_says_what_the_text_says(browse_as, person, monkeypatch):
    from matchmaker.web.settings import qr

    drawn = []
    draw = qr.picture
    monkeypatch.setattr(qr, "picture", lambda text: drawn.append(text) or draw(text))
    browser = browse_as(person)
    browser.post(f"{PAGE}/begin", data={"password": PASSWORD})
    page = browser.get(PAGE).get_data(as_text=True)

    assert re.fullmatch(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", Phone(page).seed)
    assert pyotp.parse_uri(drawn[0]).secret == Phone(page).seed.replace(" ", "")
    assert "style=" not in page


def test_the_first_code_switches_it_on_and_ends_other_sessions(browse_as, person, session, moment):
    other, browser = browse_as(person), browse_as(person)

    set_up(browser)

    assert is_in(browser)
    assert not is_in(other)
    assert session.query(SignInSession).count() == 1
    session.refresh(person)
    assert person.second_factor_at is not None
    assert actions(session)[-2:] == [
        "account.begin_second_factor",
        "account.switch_on_second_factor",
    ]
    assert [n.kind for n in session.scalars(select(Notice))] == ["second_factor_on"]
    assert [m.kind for m in session.scalars(select(Mail))] == ["second_factor_on"]


def test_a_wrong_first_code_switches_nothing_on(browse_as, person, session):
    browser = browse_as(person)
    browser.post(f"{PAGE}/begin", data={"password": PASSWORD})

    refused = browser.post(f"{PAGE}/confirm", data={"code": "000000"})

    assert refused.status_code == 422
    assert "This code does not fit" in refused.get_data(as_text=True)
    session.refresh(person)
    assert person.second_factor_at is None


def test_a_seed_is_shown_in_its_own_session_only_and_for_half_an_hour(browse_as, person, moment):
    browser, other = browse_as(person), browse_as(person)
    browser.post(f"{PAGE}/begin", data={"password": PASSWORD})
    phone = Phone(browser.get(PAGE).get_data(as_text=True))

    assert phone.seed not in other.get(PAGE).get_data(as_text=True)
    assert other.post(f"{PAGE}/confirm", data={"code": phone.code()}).status_code == 409
    moment(minutes=31)
    assert browser.post(f"{PAGE}/confirm", data={"code": phone.code()}).status_code == 409


def test_no_secret_stays_behind(browse_as, person, session, moment):
    browser = browse_as(person)
    phone, codes = set_up(browser)
    seed = phone.seed.replace(" ", "")

    again = browser.get(PAGE).get_data(as_text=True)
    assert phone.seed not in again
    assert codes[0] not in again
    row = session.get(SecondFactor, person.id)
    assert row.pending_salt is None
    stored = str(row.salt) + "".join(session.scalars(select(RecoveryCode.code_hash)))
    told = "".join(
        f"{e.before}{e.after}{e.reason}{e.object_name}" for e in session.scalars(select(AuditEntry))
    ) + "".join(m.body for m in session.scalars(select(Mail)))
    for secret in (seed, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in stored
        assert secret not in told


def test_recovery_codes_can_be_kept_as_a_file(browse_as, person, moment):
    browser = browse_as(person)
    _phone, codes = set_up(browser)

    file = browser.post(f"{PAGE}/codes.txt", data={"codes": " ".join(codes)})
    forged = browser.post(f"{PAGE}/codes.txt", data={"codes": f"{codes[0]} aaaa-bbbb-cccc-dddd"})
    empty = browser.post(f"{PAGE}/codes.txt")

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.content_type == "text/plain; charset=utf-8"
    assert [line for line in file.get_data(as_text=True).splitlines() if "-" in line] == codes
    assert (forged.status_code, empty.status_code) == (404, 404)


def test_the_page_of_codes_carries_the_token_of_the_new_session(
    app, browse_as, person, monkeypatch, moment
):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    browser = browse_as(person)

    def send(path, page, **data):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))[1]
        return browser.post(path, data=data | {"csrf_token": token})

    send(f"{PAGE}/begin", browser.get(PAGE), password=PASSWORD)
    page = browser.get(PAGE)
    phone = Phone(page.get_data(as_text=True))
    done = send(f"{PAGE}/confirm", page, code=phone.code())

    assert send(f"{PAGE}/codes.txt", done, codes=" ".join(codes_in(done))).status_code == 200


# signing in


def test_the_password_alone_opens_no_session(client, person, protected, session):
    before = session.query(SignInSession).count()

    answer = password_step(client, person, next="/organizations/new")

    assert answer.headers["Location"] == "/login/code?next=/organizations/new"
    assert not is_in(client)
    assert session.query(SignInSession).count() == before
    assert "account.sign_in" not in actions(session)


def test_password_and_code_lead_to_the_page_that_asked(client, person, protected, session):
    phone, _codes = protected
    password_step(client, person)
    page = client.get("/login/code?next=/settings/profile").get_data(as_text=True)
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert 'value="/settings/profile"' in page

    answer = code_step(client, phone.code(), next="/settings/profile")

    assert answer.headers["Location"] == "/settings/profile"
    assert is_in(client)
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.sign_in"))
    assert entry.actor_id == person.id


def test_the_code_page_never_leads_to_another_site(client, person, protected):
    password_step(client, person)
    answer = code_step(client, protected[0].code(), next="//evil.example")
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "write",
    [
        lambda code: code.translate({ord("0") + n: ord("０") + n for n in range(10)}),
        lambda code: f" {code[:3]} {code[3:]} ",
        lambda code: f"{code[:3]}-{code[3:]}",
    ],
    ids=["full-width", "spaced", "dashed"],
)
def test_a_code_may_be_written_in_several_ways(client, person, protected, write):
    password_step(client, person)
    assert code_step(client, write(protected[0].code())).status_code == 302


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_good_half_a_minute_early_or_late(client, person, protected, moment, steps, fits):
    moment(minutes=5)
    password_step(client, person)
    assert code_step(client, protected[0].code(steps)).status_code == (302 if fits else 422)


def test_a_code_is_good_once(app, person, protected):
    phone, _codes = protected
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        password_step(browser, person)

    assert code_step(first, phone.code()).status_code == 302
    assert code_step(second, phone.code()).status_code == 422
    assert code_step(second, phone.code(-1)).status_code == 422, "nor is an earlier one"
    assert not is_in(second)


def test_the_code_that_switched_it_on_opens_nothing(client, browse_as, person, moment):
    phone, _codes = set_up(browse_as(person))
    password_step(client, person)
    assert code_step(client, phone.code()).status_code == 422


def test_a_recovery_code_opens_once(app, person, protected, session, moment):
    _phone, codes = protected
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        password_step(browser, person)

    assert code_step(first, codes[3].upper().replace("-", " ")).status_code == 302
    assert code_step(second, codes[3]).status_code == 422
    moment(seconds=1)
    assert code_step(second, codes[4]).status_code == 302

    used = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account.use_recovery_code")
    ).all()
    assert [(entry.actor_id, entry.after["left"]) for entry in used] == [
        (person.id, 9), (person.id, 8),
    ]  # fmt: skip
    kinds = [m.kind for m in session.scalars(select(Mail).order_by(Mail.id))]
    assert kinds.count("recovery_code_used") == 2
    notices = first.get("/notifications").get_data(as_text=True)
    assert "A recovery code was used. Unused: 8." in notices


def test_the_recovery_code_of_another_opens_nothing(
    client, people, person, protected, session, browse_as
):
    other = with_password(people.user("Other"), session)
    _phone, theirs = set_up(browse_as(other))
    password_step(client, person)
    assert code_step(client, theirs[0]).status_code == 422


def test_five_wrong_codes_lock_the_second_step(app, person, protected, session, moment):
    phone, codes = protected
    client = app.test_client()
    password_step(client, person)
    for _ in range(5):
        assert code_step(client, "000000").status_code == 422

    refused = code_step(client, phone.code())
    elsewhere = app.test_client()
    password_step(elsewhere, person)

    assert refused.status_code == 429
    assert "Too many wrong codes" in refused.get_data(as_text=True)
    assert code_step(elsewhere, codes[0]).status_code == 429, "the password does not begin anew"
    wrong = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.code_refused"))
    assert [entry.after["locked"] for entry in wrong] == [False] * 4 + [True]

    moment(minutes=15)
    password_step(client, person)
    assert code_step(client, phone.code()).status_code == 302
    assert session.query(FailedSignIn).count() == 0


def test_the_second_page_is_only_for_those_who_gave_the_password(client, person, protected):
    for answer in (
        client.get("/login/code?next=/teams/new"),
        code_step(client, protected[0].code()),
    ):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login")
        assert "/code" not in answer.headers["Location"]


def test_a_given_password_is_forgotten_after_ten_minutes(client, person, protected, moment):
    password_step(client, person)
    moment(minutes=10)
    assert code_step(client, protected[0].code()).headers["Location"] == "/login"


@pytest.mark.parametrize("change", ["password", "suspension"])
def test_what_changes_between_the_pages_counts(client, person, protected, session, change):
    password_step(client, person)
    user = session.get_one(User, person.id)
    if change == "password":
        user.password_hash = Passwords("low").hash("another sentence of mine")
    else:
        user.state = AccountState.SUSPENDED
    session.commit()
    assert code_step(client, protected[0].code()).headers["Location"] == "/login"


def test_wrong_passwords_are_answered_alike_with_a_second_step(client, person, protected):
    client.set_cookie("lang", "en")
    answer = client.post("/login", data={"email": person.email, "password": "something else"})
    assert answer.status_code == 422
    assert "Address and password do not fit." in answer.get_data(as_text=True)


# changing


def change(browser, what, code, password=PASSWORD):
    return browser.post(f"{PAGE}/change", data={"what": what, "password": password, "code": code})


@pytest.fixture
def browser(browse_as, person, protected):
    return browse_as(person)


def test_changes_need_password_and_code(browser, person, protected, session):
    phone, _codes = protected

    assert change(browser, "off", "000000").status_code == 422
    assert change(browser, "off", phone.code(), "something else").status_code == 422

    session.refresh(person)
    assert person.second_factor_at is not None


def test_switching_off_asks_for_the_password_alone(browser, person, protected, session, client):
    assert change(browser, "off", protected[0].code()).headers["Location"] == "/settings/security"

    session.expire_all()
    assert person.second_factor_at is None
    assert session.query(SecondFactor).count() == session.query(RecoveryCode).count() == 0
    assert is_in(browser)
    assert password_step(client, person).headers["Location"] == "/"
    assert "account.switch_off_second_factor" in actions(session)
    assert "second_factor_off" in [m.kind for m in session.scalars(select(Mail))]


def test_new_recovery_codes_kill_the_old_ones(browser, person, protected, client):
    phone, old = protected

    new = codes_in(change(browser, "codes", phone.code()))

    password_step(client, person)
    assert code_step(client, old[0]).status_code == 422
    assert code_step(client, new[0]).status_code == 302


def test_another_app_takes_over_with_its_first_code(browser, person, protected, client, moment):
    old, codes = protected
    assert change(browser, "app", codes[0]).headers["Location"] == PAGE
    new = Phone(browser.get(PAGE).get_data(as_text=True))
    moment(minutes=1)
    password_step(client, person)
    assert code_step(client, old.code()).status_code == 302, "until then the old one is good"

    assert browser.post(f"{PAGE}/confirm", data={"code": new.code()}).status_code == 200

    moment(minutes=1)
    client.post("/logout")
    password_step(client, person)
    assert code_step(client, old.code()).status_code == 422
    assert code_step(client, new.code()).status_code == 302


def test_nobody_begins_anew_without_a_code(browser, session, person):
    browser.post(f"{PAGE}/begin", data={"password": PASSWORD})
    assert session.get_one(SecondFactor, person.id).pending_salt is None


# duty


@pytest.mark.parametrize("role", ["pm", "finance", "review_chair", "auditor", "admin"])
def test_staff_without_it_are_led_to_it(required, people, session, browse_as, role, moment):
    from matchmaker.kernel.actor import STAFF_ROLES, Role, Scope

    assert Role(role) in STAFF_ROLES
    scope = (Scope.PLATFORM, 0) if role in {"auditor", "admin"} else (
        Scope.PROGRAM, people.program("Programme").id,
    )  # fmt: skip
    staff = with_password(people.user("Sta Ff", (Role(role), *scope)), session)
    browser = browse_as(staff)

    for path in ("/", "/programs", "/admin/accounts", "/audit", "/challenges", "/invitations/new"):
        assert browser.get(path).headers.get("Location") == PAGE, path
    assert browser.post("/challenges/queue/publish").headers["Location"] == PAGE
    for path in ("/settings/profile", "/settings/security", "/help", PAGE):
        assert browser.get(path).status_code == 200, path
    assert "Your role asks for the second step" in browser.get(PAGE).get_data(as_text=True)
    assert browser.post("/preferences/language", data={"lang": "en"}).headers["Location"] == "/"

    set_up(browser)

    assert browser.get("/").status_code == 200
    browser.post("/logout")
    assert browser.get("/").status_code == 200, "a visitor is led nowhere"


def test_staff_may_sign_out_before_it_is_set_up(required, people, session, browse_as):
    browser = browse_as(people.admin())
    assert browser.post("/logout").headers["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_others_may_do_without(required, browse_as, person, people):
    assert browse_as(person).get("/").status_code == 200
    assert browse_as(people.owner_lead(people.organization())).get("/").status_code == 200


def test_staff_cannot_switch_it_off(required, people, session, browse_as, moment):
    admin = with_password(people.admin(), session)
    browser = browse_as(admin)
    phone, _codes = set_up(browser)
    moment(minutes=1)

    assert 'value="off"' not in browser.get(PAGE).get_data(as_text=True)
    assert change(browser, "off", phone.code()).status_code == 422
    session.refresh(admin)
    assert admin.second_factor_at is not None


# helping


def test_an_administrator_resets_it_for_somebody_else(
    people, browse_as, person, protected, session, client
):
    theirs = browse_as(person)
    browser = browse_as(people.admin())
    address = f"/admin/accounts/{person.public_id}/second-factor/reset"
    assert address in browser.get(f"/admin/accounts/{person.public_id}").get_data(as_text=True)

    assert browser.post(address, data={"reason": " "}).status_code == 422
    assert browser.post(address, data={"reason": "Lost the phone, called back"}).status_code == 302

    assert not is_in(theirs)
    session.expire_all()
    assert person.second_factor_at is None
    assert password_step(client, person).headers["Location"] == "/"
    [entry] = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account.reset_second_factor")
    )
    assert (entry.object_id, entry.reason) == (person.id, "Lost the phone, called back")
    told = [(m.kind, m.to_address) for m in session.scalars(select(Mail))]
    assert ("second_factor_reset", person.email) in told
    assert browser.post(address, data={"reason": "Once more"}).status_code == 409


def test_administrators_do_not_reset_their_own(people, browse_as, session):
    admin = people.admin()
    answer = browse_as(admin).post(
        f"/admin/accounts/{admin.public_id}/second-factor/reset", data={"reason": "Lost"}
    )
    assert answer.status_code == 403


def test_the_database_alone_makes_no_codes(session, person, protected):
    phone, _codes = protected
    salt = session.scalar(select(SecondFactor.salt))
    same = Authenticator("a secret that is only used in tests, long enough", is_duty_of_staff=False)
    other = Authenticator("the key of somebody else", is_duty_of_staff=False)

    assert same.seed(salt) == phone.seed.replace(" ", "")
    assert other.seed(salt) != same.seed(salt)
    assert fingerprint(salt) != salt


def test_a_session_begun_before_is_no_way_around(browse_as, person, session, moment):
    early = browse_as(person)
    set_up(browse_as(person))
    assert not is_in(early)
    assert sessions.of_user(session, person.id)[0].id
