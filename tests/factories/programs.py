"""What somebody enters about a programme or a call, complete and valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from matchmaker.kernel.localized import Localized
from matchmaker.programs.content import CallContent, ProgramContent
from matchmaker.programs.rules import CallRules, ChecklistItem


def call_content(now: datetime, **changes: object) -> CallContent:
    """A call that opened ten days ago and closes in thirty, ready to be published."""
    content = CallContent(
        opens_at=now - timedelta(days=10),
        closes_at=now + timedelta(days=30),
        name_zh="115 年度徵件",
        name_en="Call 2026",
        about_zh="徵求產業題目的概念驗證。",
        about_en="Proofs of concept for problems of industry.",
        review_from=(now + timedelta(days=31)).date(),
        decision_on=(now + timedelta(days=60)).date(),
        budget_twd=20_000_000,
        ceiling_twd=1_500_000,
        poc_weeks_max=16,
        rules=CallRules(),
        terms_zh="參與者應保密。",
        terms_en="Whoever takes part keeps secrets.",
        ip_terms_zh="成果歸團隊所有。",
        ip_terms_en="The team owns the results.",
        checklist=(ChecklistItem("", Localized(zh_TW="計畫書", en="Plan")),),
    )
    return replace(content, **changes)  # type: ignore[arg-type]


def program_content(**changes: object) -> ProgramContent:
    """A programme with a name and a sentence in both languages."""
    content = ProgramContent(
        name_zh="AI 新創領航計畫",
        name_en="AI Startup Pilot",
        about_zh="企業出題，新創解題。",
        about_en="Companies post, startups solve.",
    )
    return replace(content, **changes)  # type: ignore[arg-type]
