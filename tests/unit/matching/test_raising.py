"""What would raise a team's fits."""

from __future__ import annotations

from matchmaker.kernel.i18n import Lang, translate
from matchmaker.matching.models import Recommendation
from matchmaker.matching.raising import lacks


def missing(*codes: str, concepts: tuple[str, ...] = ()) -> Recommendation:
    counter = [{"code": code, "params": {}, "says": {}} for code in codes]
    if concepts:
        counter.append(
            {"code": "gap.capability", "params": {"concepts": list(concepts)}, "says": {}}
        )
    return Recommendation(counter=counter)


def said(*listed: Recommendation | None) -> list[tuple[str, int, str]]:
    return [
        (translate(lack.sentence, Lang.EN), lack.challenges, lack.section) for lack in lacks(listed)
    ]


def test_what_most_challenges_miss_comes_first():
    found = said(
        missing("gap.projects", concepts=("technologies:rag",)),
        missing(concepts=("technologies:rag", "modalities:text")),
        missing("gap.projects", concepts=("technologies:rag",)),
    )

    assert found == [
        ("Show work in “Retrieval-augmented generation”, if you have any.", 3, "projects"),
        ("Add a past project.", 2, "projects"),
    ]


def test_three_are_named_at_most():
    one = missing("gap.results", "gap.site", "gap.language", concepts=("technologies:rag",))

    assert len(said(one, one)) == 3


def test_what_one_challenge_misses_or_nobody_can_change_is_not_named():
    assert said(missing("gap.domain"), missing("gap.domain"), missing("gap.site"), None) == []
