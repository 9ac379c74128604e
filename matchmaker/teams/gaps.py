"""How strong a profile is: what it lacks, as concrete sentences with the section to go to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.kernel.i18n import Message, msg
from matchmaker.teams.models import EvidenceKind, Team
from matchmaker.teams.proof import projects_behind

TELLING = 30  # letters below which a profile says next to nothing
FIGURE = re.compile(r"\d")
WEAK, FAIR = 50, 80


@dataclass(frozen=True)
class Gap:
    """One thing that a profile lacks.

    Attributes:
        section: where it is entered.
        gain: by how many of 100 points the profile gets stronger.
    """

    section: str
    sentence: Message
    gain: int


@dataclass(frozen=True)
class Strength:
    """How strong a profile is, in points of 100, and what would raise it, most helpful first."""

    points: int
    gaps: tuple[Gap, ...]

    @property
    def word(self) -> Message:
        """The strength in words."""
        if self.points < WEAK:
            return msg("A beginning: %(points)s of 100", points=self.points)
        if self.points < FAIR:
            return msg("Fair: %(points)s of 100", points=self.points)
        return msg("Strong: %(points)s of 100", points=self.points)


@dataclass(frozen=True)
class _Wish:
    section: str
    sentence: Message
    gain: int
    is_met: Callable[[Team], bool]


def _solves_something(team: Team) -> bool:
    return any(_weight(text or "") >= TELLING for text in (team.profile.zh_TW, team.profile.en))


def _weight(text: str) -> int:
    """The length of a text in letters; a Chinese character says about as much as two."""
    return len(text) + sum(ord(char) > 0x2E7F for char in text)


def _has_figure(team: Team) -> bool:
    return any(FIGURE.search(project.results or "") for project in team.projects)


def _has_proof(team: Team) -> bool:
    return any(project.evidence is not EvidenceKind.SELF for project in team.projects)


def _is_bilingual(team: Team) -> bool:
    return bool(team.profile.zh_TW and team.profile.en) and team.profile.out_of_date is None


def _shows_what_it_claims(team: Team) -> bool:
    return all(projects_behind(team).values())


def _has_company(team: Team) -> bool:
    return sum(member.left_on is None for member in team.members) > 1


WISHES = (
    _Wish(
        "profile",
        msg("Say in two or three sentences which problems you solve, and how."),
        15,
        _solves_something,
    ),
    _Wish(
        "projects",
        msg("Add a past project: what you did, where, and what came of it."),
        15,
        lambda team: bool(team.projects),
    ),
    _Wish(
        "capabilities",
        msg("Choose the technologies you have worked with."),
        15,
        lambda team: bool(team.technologies),
    ),
    _Wish(
        "projects",
        msg("Give the result of one project as a number, such as “false alarms from 12%% to 4%%”."),
        10,
        _has_figure,
    ),
    _Wish(
        "projects",
        msg("Name a proof from outside for one project: a customer's letter or a publication."),
        10,
        _has_proof,
    ),
    _Wish(
        "capabilities",
        msg("Choose the industries you know."),
        10,
        lambda team: bool(team.domains),
    ),
    _Wish(
        "profile",
        msg("Write the profile in both languages, so that everybody finds you by it."),
        5,
        _is_bilingual,
    ),
    _Wish(
        "projects",
        msg("Say in your projects with which of your technologies they were done."),
        5,
        _shows_what_it_claims,
    ),
    _Wish(
        "capabilities",
        msg("Choose the kinds of data you have worked with."),
        5,
        lambda team: bool(team.modalities),
    ),
    _Wish(
        "members",
        msg("Bring a second person in: most calls ask for teams of 2 to 10."),
        5,
        _has_company,
    ),
    _Wish(
        "capacity",
        msg("Say in which regions and languages you work."),
        5,
        lambda team: bool(team.regions and team.languages),
    ),
)


def profile_gaps(team: Team) -> Strength:
    """The strength of a profile. Pure: the team's projects and members are loaded already."""
    lacking = [wish for wish in WISHES if not wish.is_met(team)]
    total = sum(wish.gain for wish in WISHES)
    points = round(100 * (total - sum(wish.gain for wish in lacking)) / total)
    return Strength(points, tuple(Gap(w.section, w.sentence, w.gain) for w in lacking))
