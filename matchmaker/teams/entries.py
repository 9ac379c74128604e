"""What somebody enters about a team: the content of each verb, and the check of every field."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from matchmaker import taxonomy
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.text import clean
from matchmaker.teams.models import EvidenceKind

NAME, LINE, PLACE, ADDRESS = 120, 200, 40, 300
PROFILE_ZH, PROFILE_EN = 300, 600  # an English sentence takes about twice the characters
PARAGRAPH = 4_000
MOST_AT_A_TIME = 20
MOST_PROJECTS, MOST_CERTIFICATES = 30, 40
FIRST_YEAR = 1900
FURTHEST_AHEAD = timedelta(days=5 * 366)
LONGEST_VALID = timedelta(days=50 * 366)
REGIONS = ("north", "central", "south", "east", "islands", "abroad")
LANGUAGES = (
    "zh-TW", "en", "nan-TW", "hak-TW", "ja", "ko", "vi", "id", "th", "ms", "tl", "my", "hi",
    "de", "fr", "es", "nl",
)  # fmt: skip
CLAIMABLE = frozenset(EvidenceKind) - {EvidenceKind.VERIFIED}


@dataclass(frozen=True)
class Profile:
    """Who the team is and what it solves."""

    name_zh: str = ""
    name_en: str = ""
    profile_zh: str = ""
    profile_en: str = ""
    wishes_zh: str = ""
    wishes_en: str = ""
    city: str = ""
    founded: int | None = None
    website: str = ""


@dataclass(frozen=True)
class Capabilities:
    """Terms of the taxonomy that the team claims, by list."""

    domains: Sequence[str] = ()
    technologies: Sequence[str] = ()
    modalities: Sequence[str] = ()


@dataclass(frozen=True)
class Capacity:
    """How many PoCs at a time (None: not stated), from when, where and in which languages."""

    capacity: int | None = 1
    free_from: date | None = None
    regions: Sequence[str] = ()
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Project:
    """Something the team has done."""

    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    year: int | None = None
    site: str = ""
    results: str = ""
    evidence: EvidenceKind = EvidenceKind.SELF
    evidence_note: str = ""


@dataclass(frozen=True)
class Credential:
    """A certificate as it was entered."""

    name: str = ""
    issuer: str = ""
    year: int | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Person:
    """Somebody of the team: the name, and what they do there."""

    name: str = ""
    title: str = ""


class Check:
    """Cleans entries one after the other and remembers what is wrong with which field."""

    def __init__(self, now: datetime):
        self.today = now.astimezone(TAIPEI).date()
        self.problems: dict[str, Message] = {}

    def settle(self) -> None:
        """Refuse if anything was wrong.

        Raises:
            Invalid: with one sentence for each field.
        """
        if self.problems:
            raise Invalid(self.problems)

    def line(self, field: str, text: str, most: int = LINE, *, needed: bool = False) -> str:
        """One line of text."""
        return self._measured(field, clean(text, single_line=True), most, needed)

    def text(self, field: str, text: str, most: int = PARAGRAPH) -> str:
        """Several lines of text."""
        return self._measured(field, clean(text), most, needed=False)

    def either(self, field: str, zh: str, en: str, sentence: Message) -> None:
        """At least one language must say something."""
        if not (zh or en):
            self.problems.setdefault(field, sentence)

    def year(self, field: str, year: int | None) -> int | None:
        """A year that has begun."""
        if year is not None and not FIRST_YEAR <= year <= self.today.year:
            self.problems[field] = msg(
                "Give a year between %(first)s and %(last)s.",
                first=FIRST_YEAR,
                last=self.today.year,
            )
        return year

    def ahead(self, field: str, on: date | None, span: timedelta) -> date | None:
        """A day that is not absurdly far away, in either direction."""
        if on is not None and not self.today - span <= on <= self.today + span:
            self.problems[field] = msg("This day is too far away. Check the year.")
        return on

    def number(self, field: str, value: int | None, most: int) -> int | None:
        """A whole number from 0, or None where nobody said."""
        if value is not None and not 0 <= value <= most:
            self.problems[field] = msg(
                "Give a number between %(min)s and %(max)s.", min=0, max=most
            )
        return value

    def terms(self, field: str, ids: Sequence[str]) -> list[str]:
        """Terms of the taxonomy list of that name, each once, in the order of the list."""
        return self.words(field, ids, list(taxonomy.terms(field)))

    def words(self, field: str, chosen: Sequence[str], known: Collection[str]) -> list[str]:
        """Words of a closed list, each once, in the order of the list."""
        if set(chosen) - set(known):
            self.problems[field] = msg("Choose from the list.")
        return [word for word in known if word in chosen]

    def website(self, field: str, text: str) -> str:
        """An address on the web."""
        address = self.line(field, text, ADDRESS)
        if address and not address.lower().startswith(("https://", "http://")):
            self.problems[field] = msg("An address starts with https:// or http://.")
        return address

    def _measured(self, field: str, text: str, most: int, needed: bool) -> str:
        if len(text) > most:
            self.problems[field] = msg("Use at most %(max)d characters.", max=most)
        elif needed and not text:
            self.problems[field] = msg("Please fill this in.")
        return text
