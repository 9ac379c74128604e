"""Which past projects stand behind a claimed technology."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from matchmaker import taxonomy
from matchmaker.kernel.text import HAN, fold
from matchmaker.teams.models import EvidenceKind, PastProject, Team

RANK = {kind: rank for rank, kind in enumerate(EvidenceKind)}  # from weakest to strongest


def projects_behind(team: Team) -> Mapping[str, list[PastProject]]:
    """For each technology the team claims, its projects that speak of it, best proven first.

    A project speaks of a technology when its texts hold the label or another word for it.
    Pure: the team's projects are loaded already.
    """
    texts = {project.id: _text(project) for project in team.projects}
    ranked = sorted(team.projects, key=lambda each: -RANK[each.evidence])
    return {
        term: [project for project in ranked if _speaks_of(texts[project.id], term)]
        for term in team.technologies
    }


def _speaks_of(text: str, term_id: str) -> bool:
    term = taxonomy.terms("technologies").get(term_id)
    if term is None:
        return False
    words: Iterable[str | None] = (term.label.zh_TW, term.label.en, *term.synonyms)
    return any(_holds(text, fold(word)) for word in words if word)


def _holds(text: str, word: str) -> bool:
    """Chinese words anywhere, since nothing parts them; others as whole words."""
    if HAN.search(word):
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def _text(project: PastProject) -> str:
    parts = (
        project.title.zh_TW, project.title.en, project.body.zh_TW, project.body.en,
        project.results,
    )  # fmt: skip
    return fold("\n".join(part for part in parts if part))
