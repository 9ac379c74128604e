"""Pools give the numbers that reading all teams anew would give."""

import numpy as np
import pytest

from matchmaker.recommender import Constraints, Matcher, TeamProfile, Weights
from matchmaker.recommender.matcher import Options
from matchmaker.recommender.parts import PARTS
from matchmaker.recommender.pool import Pool, frozen, matcher_by, part, pool
from matchmaker.recommender.records import ChallengeProfile
from matchmaker.recommender.retrieval import Damaged


@pytest.fixture(scope="module")
def asked(request):
    from tests.recommender.conftest import _read

    return [ChallengeProfile.from_record(each) for each in _read("challenges.jsonl")[:14]]


@pytest.fixture(scope="module")
def told():
    from tests.recommender.conftest import _read

    return [TeamProfile.from_record(each) for each in _read("teams.jsonl")]


@pytest.fixture(scope="module")
def whole(told):
    return Matcher(told)


@pytest.fixture(scope="module")
def read(told):
    return Pool.build(told)


def options(top=10, explain=False, **rules):
    return Options(Constraints(**rules), top, 0, explain)


def test_every_pair_scores_as_in_an_index_of_all(read, whole, asked):
    over = read.over(read.base, Weights())
    for ours, theirs in zip(over.scored(asked), whole.scored(asked), strict=True):
        assert np.abs(ours[0] - theirs[0]).max() < 1e-6
        for name in PARTS:
            assert np.abs(ours[1][name] - theirs[1][name]).max() < 1e-6


def same(ours, theirs):
    assert [pair.team_id for pair in ours] == [pair.team_id for pair in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-6)
        assert [r.code for r in one.reasons] == [r.code for r in other.reasons]
        assert [r.evidence for r in one.reasons] == [r.evidence for r in other.reasons]
        assert one.gaps == other.gaps


def test_the_best_teams_and_their_reasons_are_the_same(read, whole, asked):
    for challenge in asked[:4]:
        ours = read.matches(challenge, options(5, explain=True), weights=Weights())
        theirs = whole.teams_for(challenge, top=5)

        same(ours.recommended, theirs.recommended)


@pytest.mark.parametrize("small", [20_000, 0])
def test_few_candidates_hold_nearly_all_of_the_best(read, whole, asked, monkeypatch, small):
    monkeypatch.setattr(pool, "CANDIDATES", 40)
    monkeypatch.setattr(part, "SMALL", small)
    kept = []
    for challenge in asked:
        ours = read.matches(challenge, options(4), weights=Weights())
        theirs = whole.teams_for(challenge, top=4, explain=False)
        best = {pair.team_id for pair in theirs.recommended}
        kept.append(len(best & {pair.team_id for pair in ours.recommended}) / len(best))

    assert np.mean(kept) >= 0.98


def test_a_team_that_a_rule_or_an_opinion_names_is_a_candidate(read, whole, asked, monkeypatch):
    monkeypatch.setattr(pool, "CANDIDATES", 10)
    challenge = asked[0]
    last = [pair.team_id for pair in whole.teams_for(challenge, top=172, explain=False).recommended]
    pinned, barred, liked = last[-1], last[-2], last[-3]
    found = read.matches(
        challenge,
        options(1, pinned=frozenset({(challenge.id, pinned)}),
                forbidden={(challenge.id, barred): "conflict"}),
        weights=Weights(),
        feedback={(challenge.id, liked): 1.0},
    )  # fmt: skip
    matcher = read.matcher(challenge, Weights(), many=10, named=[liked])

    assert [pair.team_id for pair in found.recommended] == [pinned]
    assert (barred, "conflict") in [(pair.team_id, str(pair.code)) for pair in found.held_back]
    assert liked in matcher.index.row


def test_a_team_put_again_unchanged_keeps_its_numbers(told, asked):
    pool_ = Pool.build(told)
    before = pool_.over(pool_.base, Weights())
    pool_.put(told[7:9])
    after = pool_.over(pool_.later, Weights())

    assert [*after.index.row] == [told[7].id, told[8].id]
    for (old, _), (new, _) in zip(before.scored(asked), after.scored(asked), strict=True):
        assert np.abs(old[7:9] - new).max() < 1e-6


def fresh(number, text):
    return TeamProfile.from_record({"id": f"new{number}", "name": "新", "profile": text})


def test_teams_come_change_and_go_in_memory_and_on_disk(told, asked, tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "MERGE_AT", 4)
    kept = Pool.build(told)
    challenge = asked[0]
    text = " ".join(p.text for p in challenge.passages)
    for round_ in range(3):
        kept.put([fresh(round_, text), fresh("-every-time", text + " 蜘蛛")])
        kept.remove([told[round_].id])
        kept.save(tmp_path, {"round": round_})
        kept, facts = Pool.open(tmp_path)
        first = kept.matches(challenge, options(round_ + 2), weights=Weights()).recommended

        assert facts == {"round": round_}
        assert len(kept) == 172 + 1
        assert told[round_].id not in kept
        assert {pair.team_id for pair in first} == {
            "new-every-time", *(f"new{n}" for n in range(round_ + 1))
        }  # fmt: skip
    assert sorted(team.id for team in kept.teams()) == sorted(
        ["new0", "new1", "new2", "new-every-time", *(team.id for team in told[3:])]
    )


def test_a_change_is_saved_without_writing_the_large_part_again(told, tmp_path):
    Pool.build(told).save(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.index") if p.parent != tmp_path}
    kept, _ = Pool.open(tmp_path)
    kept.put([fresh(1, "瑕疵檢測")])
    kept.save(tmp_path)

    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert "new1" in Pool.open(tmp_path)[0]


def test_what_is_not_there_is_refused_and_nothing_is_lost(told, tmp_path):
    kept = Pool.build(told[:3])

    with pytest.raises(KeyError):
        kept.remove([told[0].id, "nobody"])
    assert len(kept) == 3
    with pytest.raises(ValueError, match="unique"):
        Pool.build([told[0], told[0]])
    with pytest.raises(FileNotFoundError):
        Pool.open(tmp_path)
    (tmp_path / "later.index").write_bytes(b"x")
    with pytest.raises(Damaged):
        Pool.open(tmp_path)


def test_teams_without_texts_and_challenges_without_teams_do_no_harm(asked):
    silent = TeamProfile("silent", ())
    kept = Pool.build([silent])

    assert kept.matches(asked[0], options(), weights=Weights()).recommended == ()
    kept.put([fresh(1, "\n".join(p.text for p in asked[0].passages))])
    found = kept.matches(asked[0], options(), weights=Weights()).recommended
    assert [pair.team_id for pair in found] == ["new1"]


def test_frozen_statistics_give_a_team_the_numbers_it_had(whole, told, asked):
    statistics = frozen(whole.index, whole.concept_rarity)
    alone = matcher_by(statistics, [told[50]], Weights())

    for (ours, parts), (theirs, all_parts) in zip(
        alone.scored(asked), whole.scored(asked), strict=True
    ):
        assert ours[0] == pytest.approx(theirs[50], abs=1e-6)
        for name in PARTS:
            assert parts[name][0] == pytest.approx(all_parts[name][50], abs=1e-6)
    assert len(statistics) < 400_000
