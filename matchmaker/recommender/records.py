"""What is matched: a challenge and a team as their texts, tags and capacity.

Both are plain values without any tie to a database. ``from_record`` builds them from a mapping
as it stands in a JSON file; the matching room builds them from its rows.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

ZH, EN = "zh_TW", "en"
FACETS = ("domains", "technologies", "modalities", "use_cases", "deployment")
CHALLENGE_FIELDS = (
    "title", "body", "summary", "background", "pain", "current_way", "wanted", "site",
    "data.description",
)  # fmt: skip
TEAM_FIELDS = ("name", "title", "body", "profile")
PROJECT_FIELDS = ("title", "body", "site", "results")
HAN = re.compile(r"[\u3400-\u9fff]")
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a record in one language.

    Attributes:
        field: path inside the record, such as ``pain.zh_TW`` or ``projects[1].body``.
        language: ``zh_TW`` or ``en``.
    """

    field: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A team's profile or one of its projects: the unit that is compared with a challenge.

    Attributes:
        key: ``profile`` or ``projects[n]``.
        has_result, has_evidence, has_site: what the record states beside the text.
    """

    key: str
    passages: tuple[Passage, ...]
    title: str = ""
    has_result: bool = False
    has_evidence: bool = False
    has_site: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeProfile:
    """What a challenge says and asks for.

    Attributes:
        concepts: declared tags as ``facet:id``, such as ``technologies:ocr``.
    """

    id: str
    passages: tuple[Passage, ...]
    concepts: frozenset[str] = frozenset()

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """Build from a mapping with id, title, body … as plain or localized texts."""
        texts = [(name, _at(record, name)) for name in CHALLENGE_FIELDS]
        return cls(
            id=str(record["id"]),
            passages=_passages(texts, _language(record)),
            concepts=_concepts(record),
        )


@dataclass(frozen=True, slots=True)
class TeamProfile:
    """What a team says of itself and has done.

    Attributes:
        items: the profile and each project; those without any text are left out.
        capacity: PoCs it can take on now; None when it does not say.
        languages: languages it works in, as tags such as ``zh-TW``.
    """

    id: str
    items: tuple[Item, ...]
    concepts: frozenset[str] = frozenset()
    capacity: int | None = None
    languages: frozenset[str] = frozenset()

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """Build from a mapping with id, name, body or profile, projects, tags, capacity."""
        language = _language(record)
        own = Item("profile", _passages([(f, record.get(f)) for f in TEAM_FIELDS], language))
        projects = (
            _project(f"projects[{n}]", project, language)
            for n, project in enumerate(record.get("projects") or ())
        )
        capacity = record.get("capacity")
        return cls(
            id=str(record["id"]),
            items=tuple(item for item in (own, *projects) if item.passages),
            concepts=_concepts(record),
            capacity=int(capacity) if capacity is not None else None,
            languages=frozenset(record.get("languages") or ()),
        )


def _project(key: str, project: Record, language: str | None) -> Item:
    texts = [(f"{key}.{field}", project.get(field)) for field in PROJECT_FIELDS]
    passages = _passages(texts, language)
    return Item(
        key=key,
        passages=passages,
        title=next((p.text for p in passages if p.field.startswith(f"{key}.title")), ""),
        has_result=bool(project.get("results")),
        has_evidence=bool(project.get("evidence")),
        has_site=bool(project.get("site")),
    )


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _language(record: Record) -> str | None:
    """The language a record declares for its plain texts, if it does."""
    declared = str(record.get("lang") or "")
    return {"zh": ZH, "en": EN}.get(declared[:2].lower())


def language_of(text: str) -> str:
    """Chinese if any Han character occurs, else English."""
    return ZH if HAN.search(text) else EN


def _passages(texts: Iterable[tuple[str, Any]], language: str | None) -> tuple[Passage, ...]:
    """All texts of a record; an unlabelled one joins a language that is already there."""
    found: list[Passage] = []
    plain: list[tuple[str, str]] = []
    for field, value in texts:
        if isinstance(value, Mapping):
            found += [
                Passage(f"{field}.{k}", k, v) for k in (ZH, EN) if (v := _clean(value.get(k)))
            ]
        elif (text := _clean(value)) and text not in [known for _, known in plain]:
            plain.append((field, text))
    labelled = {passage.language for passage in found}
    if not labelled:
        labelled = {language or language_of("".join(text for _, text in plain))}
    for field, text in plain:
        guess = language_of(text)
        found.append(Passage(field, guess if guess in labelled else min(labelled), text))
    return tuple(found)


def _clean(value: object) -> str:
    """The text with lone surrogates and NUL replaced, length unchanged."""
    text = value if isinstance(value, str) else ""
    if not text.strip():
        return ""
    return "".join("\ufffd" if c == "\0" or unicodedata.category(c) == "Cs" else c for c in text)


def _concepts(record: Record) -> frozenset[str]:
    """Declared tags; the short form of records calls them ``domain`` and ``tech``."""
    tags = {facet: _listed(record.get(facet)) for facet in FACETS}
    tags["domains"] = [*tags["domains"], *_listed(record.get("domain"))]
    tags["technologies"] = [*tags["technologies"], *_listed(record.get("tech"))]
    return frozenset(f"{facet}:{tag}" for facet, ids in tags.items() for tag in ids if tag)


def _listed(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(tag) for tag in value] if isinstance(value, Iterable) else []
