"""What a run stores, and a page shows, against a slow and obvious computation of the same."""

from __future__ import annotations

import random
import re

import pytest
from sqlalchemy import select

from matchmaker.kernel.localized import Localized
from matchmaker.matching import computing, profiles
from matchmaker.matching.constraints import Rules
from matchmaker.matching.lifecycle import Obstacle
from matchmaker.matching.models import Recommendation
from matchmaker.matching.profiles import ChallengeInput, Inputs, TeamInput
from matchmaker.recommender import ChallengeProfile, TeamProfile, fit_of, score_records
from tests.factories.matching import add_team, make_cast, make_challenge

PROBLEMS = (
    ("zh", "產線面板瑕疵檢測", "人工目檢漏看刮傷，AOI 影像誤判太多。", ["defect_detection"]),
    ("en", "Forecast school meals", "Kitchens throw food away.", ["time_series_forecasting"]),
    ("zh", "客服語音轉文字", "電話客服錄音要轉成文字並摘要。", ["speech_recognition"]),
)
TEAMS = (
    ("zh", "視覺團隊", "我們用少量影像做面板瑕疵檢測與刮傷分割。", ["defect_detection"]),
    ("en", "Keen Eye", "We find scratches and other defects in AOI images of panels.", []),
    ("en", "Meal planners", "We forecast how many meals a school kitchen needs.", []),
    ("zh", "語音團隊", "語音辨識、電話客服錄音轉文字與摘要。", ["speech_recognition"]),
    ("zh", "烘焙坊", "手工麵包。", []),
)


def both(lang: str, text: str) -> Localized:
    return Localized(zh_TW=text) if lang == "zh" else Localized(en=text)


@pytest.fixture
def mixed(session, people):
    """Problems and teams in two languages, some of which have nothing in common."""
    cast = make_cast(session, people, challenges=0, teams=0)
    for lang, title, body, technologies in PROBLEMS:
        challenge = make_challenge(
            session, cast.call, people.organization(f"Owner of {title}"), now=cast.now,
            technologies=technologies, domains=[],
        )  # fmt: skip
        challenge.title, challenge.pain = both(lang, title), both(lang, body)
        cast.challenges.append(challenge)
    for lang, name, profile, technologies in TEAMS:
        team = add_team(cast, name=name, technologies=technologies, domains=[])
        team.name, team.profile = both(lang, name), both(lang, profile)
        team.projects.clear()
    session.commit()
    return cast


def obvious(cast) -> dict[str, list[tuple[str, float]]]:
    """For each challenge the teams and scores, best first: one challenge and nothing stored."""
    teams = [profiles.team_profile(team) for team in cast.teams]
    found = {}
    for challenge in cast.challenges:
        row = score_records([profiles.challenge_profile(challenge)], teams)[0]
        scored = [(cast.teams[n].ref, float(row[n])) for n in range(len(teams)) if row[n] > 0]
        found[challenge.ref] = sorted(scored, key=lambda pair: -pair[1])
    return found


def stored(session, run) -> dict[str, list[tuple[str, float]]]:
    rows = session.scalars(
        select(Recommendation)
        .where(Recommendation.run_id == run.id, Recommendation.rank.is_not(None))
        .order_by(Recommendation.challenge_id, Recommendation.rank)
    )
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        found.setdefault(row.challenge.ref, []).append((row.team.ref, row.score))
    return found


def test_a_run_stores_what_the_library_says_of_each_challenge_alone(mixed, session):
    run = mixed.run()

    wanted, found = obvious(mixed), stored(session, run)

    assert {ref: [team for team, _ in rows] for ref, rows in found.items()} == {
        ref: [team for team, _ in rows] for ref, rows in wanted.items()
    }
    for ref, rows in wanted.items():
        assert [score for _, score in found[ref]] == pytest.approx([score for _, score in rows])


def test_the_right_team_stands_first_across_languages(mixed, session):
    found = stored(session, mixed.run())

    best = [found[challenge.ref][0][0] for challenge in mixed.challenges]

    assert best[0] in (mixed.teams[0].ref, mixed.teams[1].ref)  # either does just that
    assert best[1:] == [mixed.teams[2].ref, mixed.teams[3].ref]


def test_fit_counts_and_best_scores_follow_from_the_scores(mixed, session):
    from matchmaker.matching.models import RunChallenge

    run = mixed.run()
    wanted = obvious(mixed)

    for each in session.scalars(select(RunChallenge).where(RunChallenge.run_id == run.id)):
        fits = [fit_of(score).value for _, score in wanted[each.challenge.ref]]
        assert (each.strong, each.fair) == (fits.count("strong"), fits.count("fair"))
        assert each.best == pytest.approx(wanted[each.challenge.ref][0][1])
        assert each.is_gap is (each.strong + each.fair < each.wanted)


def test_the_board_shows_those_scores_in_that_order(mixed, browse_as):
    mixed.run()
    browser = browse_as(mixed.pm)

    for ref, rows in obvious(mixed).items():
        page = browser.get(f"/matching?challenge={ref}").get_data(as_text=True)
        shown = [
            (article.split('"')[0], re.search(r'class="score-number">([\d.]+)<', article)[1])
            for article in page.split('<article class="match" id="')[1:]
        ]
        assert shown == [(team, f"{score:.2f}") for team, score in rows[:5]]


def test_a_team_reads_its_challenges_in_the_order_of_the_same_scores(mixed, browse_as):
    mixed.run(published=True)
    wanted = obvious(mixed)

    for team, lead in zip(mixed.teams, mixed.leads, strict=True):
        own = [
            (ref, dict(rows)[team.ref]) for ref, rows in wanted.items() if team.ref in dict(rows)
        ]
        page = browse_as(lead).get("/recommendations").get_data(as_text=True)
        shown = re.findall(r'card challenge-card">.*?class="ref">(CH-[\d-]+)<', page, re.DOTALL)
        assert shown == [ref for ref, _ in sorted(own, key=lambda pair: -pair[1])]


def profile_of(number: int, words: list[str], kind):
    return kind.from_record({"id": f"{kind.__name__}{number}", "title": " ".join(words),
                             "name": f"n{number}", "profile": {"en": " ".join(words)},
                             "capacity": 1})  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_no_rule_is_ever_broken(seed):
    chance = random.Random(seed)
    words = ["panel", "defect", "image", "meal", "forecast", "speech", "crane", "pond"]
    challenges = [
        ChallengeInput(n, 1, 2, profile_of(n, chance.sample(words, 4), ChallengeProfile))
        for n in range(4)
    ]
    teams = [
        TeamInput(n, 1, profile_of(n, chance.sample(words, 4), TeamProfile)) for n in range(10)
    ]
    pairs = [(c.id, t.id) for c in challenges for t in teams]
    codes = [Obstacle.SAME_ORGANIZATION, Obstacle.DISMISSED_BY_TEAM, Obstacle.DECLINED]
    forbidden = {pair: chance.choice(codes) for pair in chance.sample(pairs, 10)}
    free = [pair for pair in pairs if pair not in forbidden]
    rules = Rules(
        forbidden, dict.fromkeys(chance.sample(range(10), 3), Obstacle.FULL),
        frozenset(chance.sample(free, 3)),
    )  # fmt: skip

    results = computing.compute(Inputs(challenges, teams, rules))

    held = {(r.challenge_id, r.team_id): r.held_back for r in results.rows if r.held_back}
    assert held == {
        pair: found.value for pair in pairs if (found := rules.obstacle(*pair)) is not None
    }
    for challenge in challenges:
        ranked = sorted(
            (r for r in results.rows if r.challenge_id == challenge.id and r.rank),
            key=lambda row: row.rank,
        )
        assert [row.rank for row in ranked] == list(range(1, len(ranked) + 1))
        is_loose = [(row.challenge_id, row.team_id) not in rules.pinned for row in ranked]
        assert is_loose == sorted(is_loose)
        loose = [row.score for row, free in zip(ranked, is_loose, strict=True) if free]
        assert loose == sorted(loose, reverse=True)
