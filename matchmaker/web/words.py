"""Words for codes: regions, roles, ties and taxonomy terms, as template filters."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from matchmaker import taxonomy
from matchmaker.accounts.models import User
from matchmaker.accounts.words import ROLES
from matchmaker.kernel import formats
from matchmaker.kernel.actor import Role
from matchmaker.kernel.i18n import translate
from matchmaker.organizations.models import TieKind
from matchmaker.web import languages
from matchmaker.web.formatting import listed, say

EVENTS = {
    "account.create": _l("Account made"),
    "account.confirm": _l("Address confirmed"),
    "account.sign_in": _l("Signed in"),
    "account.sign_in_failed": _l("Wrong password"),
    "account.ask_reset": _l("New password asked for"),
    "account.reset_password": _l("New password set by mailed link"),
    "account.change_password": _l("Password changed"),
    "account.ask_email_change": _l("Another address asked for"),
    "account.change_email": _l("Address changed"),
    "account.edit_profile": _l("Profile changed"),
    "account.end_sessions": _l("Sessions ended"),
    "account.code_refused": _l("Wrong code"),
    "account.begin_second_factor": _l("Setting up the second step began"),
    "account.switch_on_second_factor": _l("Second step switched on"),
    "account.switch_off_second_factor": _l("Second step switched off"),
    "account.reset_second_factor": _l("Second step reset"),
    "account.use_recovery_code": _l("Recovery code used"),
    "account.renew_recovery_codes": _l("New recovery codes made"),
    "account.suspend": _l("Account suspended"),
    "account.restore": _l("Account restored"),
    "role.give": _l("Role given"),
    "role.take": _l("Role ended"),
}
BROWSERS = (  # the first sign that occurs decides: most browsers also carry the names of others
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Line/", "LINE"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
REGIONS = {
    "north": _l("North"),
    "central": _l("Centre"),
    "south": _l("South"),
    "east": _l("East"),
    "islands": _l("Outlying islands"),
    "abroad": _l("Abroad"),
}
SIZES = {"small": _l("Small"), "medium": _l("Medium"), "large": _l("Large")}
TIES = {
    TieKind.PARENT: _l("is the parent of"),
    TieKind.SUPPLIER: _l("supplies"),
    TieKind.INVESTMENT: _l("has invested in"),
}


def term(code: str | None, kind: str) -> str:
    """The label of a taxonomy term in the reader's language."""
    return taxonomy.label(kind, code).best(languages.current())[0] if code else ""


def event_word(action: str) -> str:
    """What an entry of the record is about, for people; the code where there is no word."""
    return str(EVENTS.get(action, action))


def browser_word(agent: str) -> str:
    """Which browser on which system sent this; the beginning of its own words if it is unknown."""
    names = [
        next((name for sign, name in signs if sign in agent), None) for signs in (BROWSERS, SYSTEMS)
    ]
    known = [name for name in names if name]
    return listed(known) if known else agent[:60] or _("unknown")


def called(user: User | None) -> str | None:
    """A person's name for this reader; None where there is nobody."""
    return user.called(languages.current()) if user else None


def roles_said(words: str) -> str:
    """The roles that an entry of the record names, as people call them."""
    known, lang = set(Role), languages.current()
    found = [translate(ROLES[Role(word)], lang) for word in words.split(",") if word in known]
    return formats.join(found, lang)


def as_options(
    pairs: Iterable[tuple[str, str]], chosen: str | Iterable[str] = ""
) -> list[dict[str, object]]:
    """(value, label) pairs as options of a facet, the chosen ones checked."""
    checked = {chosen} if isinstance(chosen, str) else set(chosen)
    return [{"value": value, "label": label, "checked": value in checked} for value, label in pairs]


def web_link(address: str | None) -> Markup | str:
    """A link to another site, which learns nothing of ours."""
    if not address or not address.startswith(("https://", "http://")):
        return address or ""
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)


def install(app: Flask) -> None:
    """Make the words known to templates."""
    app.jinja_env.filters.update(
        term=term,
        as_options=as_options,
        web_link=web_link,
        region=lambda code: str(REGIONS.get(code, "")) if code else "",
        org_size=lambda code: str(SIZES.get(code, "")) if code else "",
        role_word=lambda role: say(ROLES.get(role, role)),
        event_word=event_word,
        browser_word=browser_word,
        called=called,
        tie_word=lambda kind: str(TIES.get(kind, kind)),
    )
