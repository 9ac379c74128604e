"""How strong a profile is, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker.kernel.localized import Localized
from matchmaker.teams.gaps import WISHES, profile_gaps
from matchmaker.teams.models import EvidenceKind, PastProject, Team, TeamMember
from matchmaker.teams.proof import projects_behind


def blank(**values):
    lists = dict.fromkeys(("domains", "technologies", "modalities", "regions", "languages"), [])
    return Team(**(lists | {"profile": Localized()} | values))


def project(id=1, title="Work", *, results=None, evidence=EvidenceKind.SELF, **values):
    return PastProject(
        id=id, title=Localized(en=title), body=Localized(), results=results, evidence=evidence,
        **values,
    )  # fmt: skip


def person(**values):
    return TeamMember(name="Ann", joined_on=date(2026, 1, 1), **values)


def test_an_empty_profile_lacks_everything_it_can_lack():
    strength = profile_gaps(blank())

    assert strength.points == 5  # it claims no technology, so none is unproven
    assert len(strength.gaps) == len(WISHES) - 1
    assert [gap.gain for gap in strength.gaps] == sorted(
        (gap.gain for gap in strength.gaps), reverse=True
    )


def test_the_points_of_all_wishes_make_one_hundred():
    assert sum(wish.gain for wish in WISHES) == 100


def test_a_full_profile_lacks_nothing():
    team = blank(
        profile=Localized("電路板瑕疵檢測，少量影像也能訓練。", "Defect inspection, few images."),
        domains=["semiconductor"], technologies=["defect_detection"], modalities=["image"],
        regions=["south"], languages=["en"],
    )  # fmt: skip
    team.projects = [
        project(title="Defect detection", results="12% → 4%", evidence=EvidenceKind.LETTER)
    ]
    team.members = [person(), person()]

    assert (profile_gaps(team).points, profile_gaps(team).gaps) == (100, ())
    assert str(profile_gaps(team).word) == "Strong: 100 of 100"


@pytest.mark.parametrize(
    ("text", "is_telling"),
    [
        ("We do AI.", False),
        ("做 AI 應用。", False),
        ("印刷電路板瑕疵檢測，少量影像也能訓練模型。", True),
        ("We find defects on circuit boards from few images.", True),
    ],
)
def test_a_profile_of_a_few_words_says_nothing_in_either_language(text, is_telling):
    gaps = profile_gaps(blank(profile=Localized(zh_TW=text))).gaps

    assert is_telling == all("two or three sentences" not in gap.sentence.text for gap in gaps)


def test_a_number_and_a_proof_count_in_any_project():
    team = blank()
    team.projects = [
        project(1),
        project(2, results="3 lines"),
        project(3, evidence=EvidenceKind.PUBLISHED),
    ]

    assert profile_gaps(team).points == 5 + 15 + 10 + 10


def test_who_has_left_is_no_company():
    team = blank()
    team.members = [person(), person(left_on=date(2026, 2, 1))]

    assert "members" in {gap.section for gap in profile_gaps(team).gaps}


def test_a_technology_is_shown_by_projects_that_name_it_best_proven_first():
    team = blank(technologies=["ocr", "chatbot", "rag"])
    team.projects = [
        project(1, "Chatbot for a hotel"),
        project(2, "Guest desk", evidence=EvidenceKind.PUBLISHED, results="對話機器人回答八成問題"),
        project(3, "Dragon boat counting"),
    ]

    shown = {term: [each.id for each in found] for term, found in projects_behind(team).items()}

    assert shown == {"ocr": [], "chatbot": [2, 1], "rag": []}


def test_a_term_that_the_taxonomy_no_longer_has_is_shown_by_nothing():
    team = blank(technologies=["telepathy"])
    team.projects = [project(1, "telepathy")]

    assert projects_behind(team) == {"telepathy": []}
