"""The sentences behind the codes of an assignment, in English and in Taiwanese Mandarin.

``facts.py`` turns reasons, repairs and explanations into a code with parameters. A web page
translates ``SENTENCES[code]`` through its own catalogue; a command line asks ``say``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.recommender.records import ZH

MOST_NAMED = 6  # of challenges or teams in one sentence; the others are counted
PLACES = {"challenge": "challenges", "challenges": "challenges", "team": "teams", "teams": "teams"}


def msg(text: str) -> str:
    """Mark a sentence for the extractor of translations; the text comes back unchanged."""
    return text


@dataclass(frozen=True)
class Said:
    """A sentence as code and parameters.

    Attributes:
        params: numbers; ``challenge``, ``challenges``, ``team`` and ``teams`` are places in the
            arrays given until ``named`` puts names there.
    """

    code: str
    params: Mapping[str, object]

    def named(self, challenges: Sequence[str], teams: Sequence[str]) -> Said:
        """The same with names for places."""
        names = {"challenges": challenges, "teams": teams}
        params = {
            key: _names(value, names[PLACES[key]]) if key in PLACES else value
            for key, value in self.params.items()
        }
        return Said(self.code, params)


def _names(value: object, names: Sequence[str]) -> object:
    if isinstance(value, int):
        return names[value]
    return [names[place] for place in value] if isinstance(value, list | tuple) else value


SENTENCES: dict[str, str] = {
    # how it ended
    "status.optimal": msg("The best plan there is; this is proven."),
    "status.feasible": msg("A plan that keeps every rule; it may not be the best."),
    "status.infeasible": msg("No plan can keep all rules."),
    "status.timed_out": msg("The time was up before the search came to its end."),
    "status.cancelled": msg("The search was stopped."),
    # why there is no plan
    "reason.pin_forbidden": msg("%(team)s is fixed for %(challenge)s, but this pair is forbidden."),
    "reason.least_most": msg(
        "The fewest teams for %(challenge)s (%(least)s) are more than the most (%(most)s)."
    ),
    "reason.pins_most": msg(
        "More teams are fixed for %(challenge)s (%(count)s) than it takes (%(most)s): %(teams)s."
    ),
    "reason.pins_room": msg(
        "%(team)s is fixed for more challenges (%(count)s) than it can take on (%(room)s): "
        "%(challenges)s."
    ),
    "reason.too_few_teams": msg("%(challenge)s asks for more teams (%(least)s) than there are."),
    "reason.too_few_allowed": msg(
        "%(challenge)s asks for more teams (%(least)s) than may be assigned to it (%(left)s)."
    ),
    "reason.sums": msg(
        "All challenges ask for more places (%(needed)s) than all teams offer (%(offered)s)."
    ),
    "reason.competition": msg(
        "Places asked for by %(challenges)s: %(needed)s. Room at the teams they may have "
        "(%(teams)s): %(offered)s."
    ),
    "reason.competition_pins": msg(
        "Places asked for by %(challenges)s: %(needed)s. Room that fixed pairs leave at the "
        "teams they may have (%(teams)s): %(offered)s."
    ),
    # what would help
    "repair.pinned": msg("Do not fix %(team)s for %(challenge)s."),
    "repair.capacity": msg("Let %(team)s take on more challenges: %(to)s instead of %(from)s."),
    "repair.capacity_all": msg("Find more room among the teams: %(by)s."),
    "repair.demand_min": msg("Ask for fewer teams for %(challenge)s: %(to)s instead of %(from)s."),
    "repair.demand_min_all": msg("Ask for fewer teams over all challenges: %(by)s."),
    "repair.demand_max": msg("Let %(challenge)s take more teams: %(to)s instead of %(from)s."),
    "repair.forbidden": msg("Allow these teams for %(challenge)s: %(teams)s."),
    "repair.unknown": msg("Give these teams a score for %(challenge)s: %(teams)s."),
    "repair.none": msg("Nothing that may bend would help here."),
    # why a pair is in the plan, or is not
    "pair.pinned": msg("The pair is fixed."),
    "pair.chosen": msg("Chosen: without this pair the plan would lose %(cost)s in total."),
    "pair.chosen_equal": msg("Chosen: another plan without this pair would be as good."),
    "pair.needed": msg("Chosen: without this pair no plan could keep all rules."),
    "pair.forbidden": msg("Not in the plan: the pair is forbidden."),
    "pair.unknown": msg("Not in the plan: there is no score for this pair."),
    "pair.no_room": msg("Not in the plan: the team can take on nothing."),
    "pair.impossible": msg("Not in the plan: with this pair no plan could keep all rules."),
    "pair.team_used": msg(
        "Not in the plan: the team adds more elsewhere (%(challenges)s). The pair would cost "
        "%(cost)s in total."
    ),
    "pair.challenge_full": msg(
        "Not in the plan: the challenge is full with teams that add more (%(teams)s). The "
        "pair would cost %(cost)s in total."
    ),
    "pair.costs": msg("Not in the plan: the pair would cost %(cost)s in total."),
    "pair.equal": msg("Not in the plan: a plan with this pair would be as good."),
    "pair.chosen_fair": msg(
        "Chosen: without this pair the challenges that are worst off would get less."
    ),
    "pair.unfair": msg(
        "Not in the plan: with this pair the challenges that are worst off would get less; "
        "the total would change by %(change)s."
    ),
}

CHINESE: dict[str, str] = {
    "status.optimal": "這是最佳的分配方案，並已獲得證明。",
    "status.feasible": "這個分配方案符合所有規則，但不一定是最佳方案。",
    "status.infeasible": "沒有任何分配方案能同時符合所有規則。",
    "status.timed_out": "搜尋尚未結束，時間已到。",
    "status.cancelled": "搜尋已停止。",
    "reason.pin_forbidden": "%(team)s 已指定給 %(challenge)s，但這組配對被禁止。",
    "reason.least_most": "%(challenge)s 至少要 %(least)s 隊，卻又最多只能有 %(most)s 隊。",
    "reason.pins_most": (
        "已有 %(count)s 隊指定給 %(challenge)s，但它最多只能有 %(most)s 隊：%(teams)s。"
    ),
    "reason.pins_room": (
        "%(team)s 已指定給 %(count)s 題，但只能承接 %(room)s 題：%(challenges)s。"
    ),
    "reason.too_few_teams": "%(challenge)s 要 %(least)s 隊，但所有團隊加起來還不到這個數目。",
    "reason.too_few_allowed": "%(challenge)s 要 %(least)s 隊，但可以分配給它的只有 %(left)s 隊。",
    "reason.sums": "所有題目共需要 %(needed)s 個名額，所有團隊合計只能承接 %(offered)s 個。",
    "reason.competition": (
        "%(challenges)s 合計需要 %(needed)s 個名額，可分配的團隊（%(teams)s）"
        "只能承接 %(offered)s 個。"
    ),
    "reason.competition_pins": (
        "%(challenges)s 合計需要 %(needed)s 個名額，可分配的團隊（%(teams)s）"
        "扣除已指定的配對後，只能承接 %(offered)s 個。"
    ),
    "repair.pinned": "不要把 %(team)s 指定給 %(challenge)s。",
    "repair.capacity": "讓 %(team)s 承接 %(to)s 題，而不是 %(from)s 題。",
    "repair.capacity_all": "請團隊合計再多承接 %(by)s 題。",
    "repair.demand_min": "%(challenge)s 改為至少 %(to)s 隊，而不是 %(from)s 隊。",
    "repair.demand_min_all": "所有題目合計少要 %(by)s 隊。",
    "repair.demand_max": "讓 %(challenge)s 最多有 %(to)s 隊，而不是 %(from)s 隊。",
    "repair.forbidden": "允許下列團隊與 %(challenge)s 配對：%(teams)s。",
    "repair.unknown": "為下列團隊與 %(challenge)s 的配對評分：%(teams)s。",
    "repair.none": "可以放寬的規則都無法解決這個問題。",
    "pair.pinned": "這組配對是指定的。",
    "pair.chosen": "已選入：若沒有這組配對，總分會少 %(cost)s。",
    "pair.chosen_equal": "已選入：另有一個不含這組配對的方案，結果一樣好。",
    "pair.needed": "已選入：若沒有這組配對，就沒有方案能符合所有規則。",
    "pair.forbidden": "未選入：這組配對被禁止。",
    "pair.unknown": "未選入：這組配對沒有分數。",
    "pair.no_room": "未選入：這個團隊無法承接任何題目。",
    "pair.impossible": "未選入：若加入這組配對，就沒有方案能符合所有規則。",
    "pair.team_used": (
        "未選入：這個團隊用在別的題目貢獻更大（%(challenges)s）。加入這組配對會使總分少 %(cost)s。"
    ),
    "pair.challenge_full": (
        "未選入：這一題的名額已由貢獻更大的團隊占滿（%(teams)s）。加入這組配對會使總分少 %(cost)s。"
    ),
    "pair.costs": "未選入：加入這組配對會使總分少 %(cost)s。",
    "pair.equal": "未選入：含有這組配對的方案結果一樣好。",
    "pair.chosen_fair": "已選入：若沒有這組配對，處境最差的題目會更差。",
    "pair.unfair": "未選入：加入這組配對會讓處境最差的題目更差；總分變動 %(change)s。",
}


def say(said: Said, lang: str) -> str:
    """The sentence with its gaps filled; ``lang`` is ``zh_TW`` or ``en``."""
    text = CHINESE[said.code] if lang == ZH else SENTENCES[said.code]
    return text % {name: _shown(value, lang) for name, value in said.params.items()}


def _shown(value: object, lang: str) -> str:
    """Numbers as they are read, lists joined and cut where they grow long."""
    if isinstance(value, float):
        return f"{value:.3f}"
    if not isinstance(value, list | tuple):
        return str(value)
    words, rest = [str(each) for each in value[:MOST_NAMED]], len(value) - MOST_NAMED
    if rest > 0:
        words.append(f"另 {rest} 個" if lang == ZH else f"{rest} more")
    return ("、" if lang == ZH else ", ").join(words)
