"""What an invented team says in an invented proposal, made from both their records."""

from __future__ import annotations

import random
from collections.abc import Sequence

from matchmaker import taxonomy
from matchmaker.challenges.models import Challenge, TargetKpi
from matchmaker.demo.cohort import Record
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.content import (
    Answer,
    Budget,
    BudgetLine,
    Commitment,
    DataUse,
    Kpis,
    Milestone,
    People,
    Plan,
    SectionContent,
    Share,
)
from matchmaker.proposals.gaps import longest_poc, share_of_challenge

USUAL_WEEKS, USUAL_SUM = 16, 1_200_000  # where the challenge says nothing
OPENING = 450  # characters
COSTS = (
    ("人事費（研究與工程人力）", 0.62),
    ("感測與運算設備租賃", 0.2),
    ("場域測試與資料標註", 0.13),
    ("差旅與雜支", 0.05),
)
STEPS = (
    (0.2, "資料盤點與標註規範", "資料品質報告，與出題單位共同確認的標註樣本"),
    (0.6, "模型訓練與離線驗證", "以保留資料驗證的成績，附錯誤案例分析"),
    (1.0, "場域試運轉與量測", "依目標指標量測的報告與操作說明"),
)
TASKS = ("計畫主持與場域溝通", "模型開發", "資料工程", "系統整合", "場域量測", "使用者訓練")


def sections(
    challenge: Challenge, problem: Record, team: Record, names: Sequence[str], *, seed: int
) -> list[SectionContent]:
    """A whole proposal that lacks nothing, section by section.

    Args:
        names: the people who do the work.
    """
    chance = random.Random(seed)  # noqa: S311 - a demo, not a secret
    return [
        _answer(problem, team),
        _data(problem, team),
        _plan(challenge),
        Kpis(tuple(_commitment(kpi, chance) for kpi in challenge.kpis)),
        _budget(challenge, chance),
        _people(names),
    ]


def _answer(problem: Record, team: Record) -> Answer:
    skill_zh, skill_en = _terms("technologies", team)
    return Answer(
        title=_both(
            _named(skill_zh, problem["title"], "zh_TW", "以{skill}解「{name}」"),
            _named(skill_en, problem["title"], "en", "{skill} for “{name}”"),
        ),
        summary=_both(
            _opening(_said(team["profile"], "zh_TW"), "。")
            + "我們把這套做法帶到貴單位的場域，先以現有資料建立基準，再在現場量測成效。",
            _opening(_said(team["profile"], "en", end=" "), ". ")
            + "We bring this to your site: a baseline from the data at hand first, then measured "
            "results on site.",
        ),
        approach=_both(
            _said(problem["wanted"], "zh_TW", start="出題單位想要的是：", end="\n\n")
            + f"我們分三步進行：先確認資料能回答問題，再以{skill_zh}建立模型，"
            "最後在場域與現行做法並行比較。每一步都有可以停下來的判斷點。",
            _said(problem["wanted"], "en", start="What is wanted: ", end="\n\n")
            + f"We go in three steps: check that the data can answer the question, build the model "
            f"({skill_en}), then run it beside the present way of working. Each step has a point "
            "at which stopping is the right decision.",
        ),
    )


def _data(problem: Record, team: Record) -> DataUse:
    skill_zh, skill_en = _terms("technologies", team)
    described = problem["data"]["description"]
    return DataUse(
        data=_both(
            _said(described, "zh_TW", start="使用出題單位提供的資料：")
            + "資料不離開出題單位指定的環境。",
            _said(described, "en", start="The owner's data: ", end=" ")
            + "No data leaves the place that the owner names.",
        ),
        models=_both(
            f"{skill_zh}，以公開預訓練權重起步，再以場域資料微調。",
            f"{skill_en}, starting from public weights and tuned on data of the site.",
        ),
        limits=_both(
            "換季、換線或換機型後要重新量測；模型只提供建議，最後由現場人員決定。",
            "After a change of season, line or machine it has to be measured again; the model "
            "advises, people on site decide.",
        ),
    )


def _plan(challenge: Challenge) -> Plan:
    weeks = longest_poc(challenge) or USUAL_WEEKS
    return Plan(
        milestones=tuple(
            Milestone(name, max(1, round(weeks * part)), brings) for part, name, brings in STEPS
        ),
        needs=_both(
            "請出題單位指定一位聯絡人，並安排每週一次三十分鐘的現場時間。",
            "We ask for one contact and half an hour on site every week.",
        ),
    )


def _commitment(kpi: TargetKpi, chance: random.Random) -> Commitment:
    """Most teams promise the target; some are more careful, and say so."""
    if chance.random() < 0.06:
        return Commitment(kpi_id=kpi.id, cannot=True, reason="概念驗證期間太短，量不到足夠的樣本。")
    return Commitment(
        kpi_id=kpi.id, value=kpi.target, method="與出題單位共同量測四週，逐日記錄並保留原始資料。"
    )


def _budget(challenge: Challenge, chance: random.Random) -> Budget:
    most = [share_of_challenge(challenge), challenge.call.ceiling_twd, USUAL_SUM * 2]
    asked = min(each for each in most if each is not None) * chance.choice((0.8, 0.9, 0.95))
    amounts = [round(asked * part, -3) for _item, part in COSTS]
    return Budget(
        lines=tuple(
            BudgetLine(item, int(amount), 0)
            for (item, _part), amount in zip(COSTS, amounts, strict=True)
        ),
        note=_both("金額含稅，依實支實付核銷。", "With tax; settled by receipts."),
    )


def _people(names: Sequence[str]) -> People:
    """Equal shares in whole percent; the first person takes what is left over."""
    each = 100 // len(names)
    first = 100 - each * (len(names) - 1)
    return People(
        tuple(
            Share(name, TASKS[position % len(TASKS)], (first if position == 0 else each) / 100)
            for position, name in enumerate(names)
        )
    )


def _terms(kind: str, team: Record) -> tuple[str, str]:
    """The first terms that a team claims, in both languages."""
    labels = [taxonomy.label(kind, term) for term in team[kind][:2]]
    return "與".join(each.zh_TW or "" for each in labels), " and ".join(
        each.en or "" for each in labels
    )


def _said(text: Record | None, side: str, *, start: str = "", end: str = "") -> str:
    """One side of a text with what stands around it; nothing where it was not written."""
    words = (text or {}).get(side)
    return f"{start}{words}{end}" if words else ""


def _opening(text: str, stop: str) -> str:
    """As many whole sentences as leave room in a summary."""
    if len(text) <= OPENING:
        return text
    end = text.rfind(stop, 0, OPENING)
    return text[: end + len(stop)] if end >= 0 else ""


def _named(skill: str, title: Record, side: str, pattern: str) -> str | None:
    name = title.get(side)
    return pattern.format(skill=skill, name=name)[:120] if name else None


def _both(zh: str | None, en: str | None) -> Localized:
    return Localized(zh_TW=zh, en=en)
