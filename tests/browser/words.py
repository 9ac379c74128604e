"""The words on the pages, asked for in English as the templates do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from matchmaker.kernel.i18n import Lang, catalogue
from tests import catalogues

LANGS = {"zh": Lang.ZH_TW, "en": Lang.EN}
CHINESE = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z’']+[ ,]+){3}[A-Za-z][a-z’']+")
NAME = " · Matchmaker"
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
DATA = catalogues.ROOT / "data"
FEWEST = 2  # words around a place that make a sentence of it


class Words:
    """``Words("zh")("Sign in")`` is what a Chinese page says for it."""

    def __init__(self, lang: str):
        self.lang = lang
        self._catalogue = catalogue(LANGS[lang])

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence in the language of the pages."""
        said = self._catalogue.gettext(sentence)
        return said % values if values else said.replace("%%", "%")


def untranslated(texts: Iterable[str]) -> list[str]:
    """Those texts of a Chinese page that are the site's own words in English."""
    plain, with_places = _english()
    return [
        text
        for text in texts
        if not CHINESE.search(text)
        and (
            text in plain
            or (SENTENCE.search(text) and text.removesuffix(NAME) not in _invented())
            or any(pattern.fullmatch(text) for pattern in with_places)
        )
    ]


@cache
def _invented() -> str:
    """What people of the demo wrote, also in English."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(DATA.rglob("*.json*")))


@cache
def _english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Sentences that have another form in Chinese: plain ones, and patterns of the others."""
    plain, patterns = set(), []
    for english, chinese in _pairs():
        if english == chinese:
            continue
        if not PLACE.search(english):
            plain.add(english.replace("%%", "%"))
        elif len(re.findall(r"[A-Za-z]{2,}", PLACE.sub(" ", english))) >= FEWEST:
            parts = [re.escape(part) for part in PLACE.split(english.replace("%%", "%"))]
            patterns.append(re.compile(".+".join(parts)))
    return frozenset(plain), tuple(patterns)


def _pairs() -> Iterator[tuple[str, str]]:
    for entry in catalogues.saved():
        english = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
        chinese = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        for sentence in english:
            if sentence:
                yield sentence, chinese[0]
