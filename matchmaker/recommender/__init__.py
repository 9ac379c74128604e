"""Pairs challenges with teams from their texts and tags, and says why.

A library without ties to the rest: no database, no web, nothing of ours imported. Words: a
*part* is a named share of a score; a *reason* is a code with parameters and quoted evidence; a
*gap* is what is missing; a team is *held back* by a hard constraint.

The interface, kept stable:

- ``score_records(challenges, teams)`` → array (n_challenges, n_teams) from plain records.
- ``recommend(challenges, teams, weights=, constraints=, top=, seed=, feedback=, explain=,
  on_progress=, should_stop=)`` → ``Run`` with ``.version``, ``.input_digest``, ``.weights``,
  ``.seed`` and ``.matches``: one ``ChallengeMatches(challenge_id, recommended, held_back)`` per
  challenge, in the order given. ``Run.to_dict()`` is ready for JSON.
- ``Matching(challenges, teams, …)``: the same run as an iterator over its matches; teams by the
  ten thousand are kept packed (see ``pool``), and only candidates are scored.
- ``Recommendation``: challenge_id, team_id, rank, score in 0–1, parts (they add up to the score),
  fit (``strong`` from 0.52, ``fair`` from 0.42, else ``weak``), pinned, reasons, gaps.
- ``Reason``: code, params, part, share, evidence; ``Evidence``: side, field, language, start,
  end, quote, context, context_start. ``Gap``: code, params.
- ``HeldBack``: challenge_id, team_id, code (conflict, ineligible, capacity, excluded), score.
- ``ChallengeProfile`` and ``TeamProfile``: frozen values; ``from_record`` reads both the short
  records (title, body, domain, tech) and the full ones ({"zh_TW": …, "en": …} texts, domains,
  technologies …). ``Passage`` and ``Item`` are what they are made of.
- ``Constraints(forbidden={(challenge, team): code}, held_back={team: code}, pinned={pairs})``.
- ``Matcher(teams)``: index built once; ``.teams_for(challenge)``, ``.challenges_for(team_id,
  challenges)``, ``.scores(challenges)``.
- ``Matcher.what_if(challenge).steps(row, score)`` → what single changes of a team, and two of them
  together, would bring; ``advice.Adviser(matcher, challenges).advise(team_id)`` → what it could add
  for open challenges, and for how many that would help.
- ``SENTENCES[code]`` is the English msgid with ``%(name)s`` gaps, ``say(code, params, lang)`` the
  finished sentence without a catalogue, ``shown_params(params, lang)`` the values as text.
"""

from matchmaker.recommender.constraints import ClashingConstraints, Constraints, HeldBackFor
from matchmaker.recommender.explanation import Reason
from matchmaker.recommender.gaps import Gap
from matchmaker.recommender.matcher import Matcher, Options
from matchmaker.recommender.parts import PARTS, Weights
from matchmaker.recommender.pool import Pool
from matchmaker.recommender.records import ChallengeProfile, Item, Passage, TeamProfile
from matchmaker.recommender.results import (
    ChallengeMatches,
    Fit,
    HeldBack,
    Recommendation,
    Run,
    fit_of,
)
from matchmaker.recommender.run import Cancelled, Matching, recommend, score_records, version
from matchmaker.recommender.spans import Evidence
from matchmaker.recommender.wording import SENTENCES, concept_label, say, shown_params

__all__ = [
    "PARTS",
    "SENTENCES",
    "Cancelled",
    "ChallengeMatches",
    "ChallengeProfile",
    "ClashingConstraints",
    "Constraints",
    "Evidence",
    "Fit",
    "Gap",
    "HeldBack",
    "HeldBackFor",
    "Item",
    "Matcher",
    "Matching",
    "Options",
    "Passage",
    "Pool",
    "Reason",
    "Recommendation",
    "Run",
    "TeamProfile",
    "Weights",
    "concept_label",
    "fit_of",
    "recommend",
    "say",
    "score_records",
    "shown_params",
    "version",
]
