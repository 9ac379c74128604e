"""The demo's programme and its three calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.demo import people
from matchmaker.demo.plan import CALLS, CallKey, CallPlan
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.localized import Localized
from matchmaker.programs import service
from matchmaker.programs.content import CallContent, ProgramContent
from matchmaker.programs.models import Call, Program
from matchmaker.programs.rules import CallRules, ChecklistItem

TERMS_ZH = (
    "出題單位與團隊對彼此提供的未公開資料負保密義務，期間自送件起三年。"
    "資料僅供本計畫概念驗證使用，驗證結束後一個月內銷毀或返還。"
)
TERMS_EN = (
    "Owner and team keep what the other side shows them confidential for three years from "
    "hand-in. Data is used for the proof of concept only, and destroyed or returned within one "
    "month after it ends."
)
IP_ZH = "概念驗證產出的程式與模型歸團隊所有；出題單位得於自有場域免費使用一年。資料歸提供者所有。"
IP_EN = (
    "Programs and models made in the PoC belong to the team; the owner may use them at its own "
    "sites for one year free of charge. Data belongs to whoever provided it."
)


@dataclass(frozen=True)
class Stage:
    """What the rest of the demo plays on: the programme, its calls, and its two managers."""

    program: Program
    calls: dict[CallKey, Call]
    manager: Actor
    second: Actor


def build(session: Session, *, now: datetime) -> Stage:
    """Set the programme up with its managers and publish its calls."""
    began = at(now, CALLS[0].published - 20)
    program = service.create_program(
        session,
        ProgramContent(
            name_zh="AI 應用媒合示範計畫",
            name_en="AI matchmaking demonstration programme",
            about_zh="虛構的計畫：企業與公部門出題，團隊以概念驗證解題。",
            about_en="An invented programme: companies and public bodies post problems, teams "
            "answer with proofs of concept.",
            slug="ai-match-demo",
        ),
        actor=SYSTEM,
        now=began,
        provenance="fictional",
    )
    seat = (Role.PM, Scope.PROGRAM, program.id)
    manager = people.acting(
        session, people.enter(session, "pm-one", "周承辦", now=began), seat, now=began
    )
    second = people.acting(
        session, people.enter(session, "pm-two", "許複核", now=began), seat, now=began
    )
    calls = {plan.key: _call(session, program, plan, manager, now) for plan in CALLS}
    return Stage(program, calls, manager, second)


def _call(
    session: Session, program: Program, plan: CallPlan, manager: Actor, now: datetime
) -> Call:
    opens, closes = at(now, plan.opens, hour=9), at(now, plan.closes, hour=18)
    content = CallContent(
        opens_at=opens,
        closes_at=closes,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        about_zh="徵求能在真實場域驗證的 AI 解方，經費補助至概念驗證完成。",
        about_en="Looking for AI solutions that can be proven at a real site; funded until the "
        "proof of concept ends.",
        slug=plan.key.value,
        review_from=(closes + timedelta(days=3)).astimezone(TAIPEI).date(),
        decision_on=(closes + timedelta(days=75)).astimezone(TAIPEI).date(),
        budget_twd=60_000_000,
        ceiling_twd=2_000_000,
        poc_weeks_max=26,
        rules=CallRules(team_min=2, team_max=10, breach_years=3),
        terms_zh=TERMS_ZH,
        terms_en=TERMS_EN,
        ip_terms_zh=IP_ZH,
        ip_terms_en=IP_EN,
        checklist=(
            ChecklistItem("slides", Localized(zh_TW="提案簡報", en="Slides of the proposal")),
            ChecklistItem(
                "consent", Localized(zh_TW="團隊成員同意書", en="Consent of the members")
            ),
        ),
    )
    written = at(now, plan.published - 3)
    call = service.create_call(session, program, content, actor=manager, now=written)
    service.publish_call(
        session, call, version=call.version, actor=manager, now=at(now, plan.published)
    )
    return call


def at(now: datetime, days: int, *, hour: int = 10) -> datetime:
    """A full hour in Taipei, so many days from the day of loading."""
    day = now.astimezone(TAIPEI).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=days)).astimezone(now.tzinfo)
