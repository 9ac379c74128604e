"""A programme of any size for measuring: N challenges, 2N proposals, N/2 teams, the same each time.

The one place that does not go through verbs: rows are inserted in bulk, with one entry in the
record for all of them, because what is measured is how pages read them and not how they came.
Texts are composed from the taxonomy and from sentences of the invented cohort by a seeded draw.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from matchmaker import taxonomy
from matchmaker.audit.service import record
from matchmaker.challenges import queries as challenge_queries
from matchmaker.challenges.content import with_wider
from matchmaker.challenges.lifecycle import PUBLIC_STATES, ChallengeState
from matchmaker.challenges.models import (
    Better,
    Challenge,
    ChallengeKind,
    ChallengeTag,
    Sensitivity,
    TargetKpi,
)
from matchmaker.demo import accounts, loader
from matchmaker.demo.accounts import DemoAccount, Seat
from matchmaker.demo.cohort import Cohort, cohort
from matchmaker.demo.programme import IP_EN, IP_ZH, TERMS_EN, TERMS_ZH, at
from matchmaker.kernel.actor import SYSTEM, Hat, Role, Scope
from matchmaker.kernel.database import Database
from matchmaker.kernel.identifiers import ALPHABET, reference
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.search import SearchEntry
from matchmaker.kernel.text import search_tokens
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.programs import service as programs
from matchmaker.programs.content import CallContent, ProgramContent
from matchmaker.programs.models import Call, Program
from matchmaker.proposals.content import Answer, Section
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.parts import TITLE
from matchmaker.teams.models import EvidenceKind, MemberRole, PastProject, Team, TeamMember, TeamTag

SEED = 20_261_125
CHUNK = 1_000
FEWEST, MOST = 10, 100_000  # below, there are not as many different pairs as proposals
FICTIONAL = "fictional"
C, P = ChallengeState, ProposalState
STATES: Mapping[str, Mapping[ChallengeState, int]] = {
    "open": {
        C.PUBLISHED: 80, C.PAUSED: 2, C.APPROVED: 4, C.SUBMITTED: 6, C.CHANGES_REQUESTED: 3,
        C.DRAFT: 5,
    },
    "closed": {C.EVALUATING: 80, C.NOT_AWARDED: 10, C.WITHDRAWN: 10},
}  # fmt: skip
OPEN_SHARE = 0.75
PROPOSED: Mapping[str, Mapping[ProposalState, int]] = {
    "open": {P.DRAFT: 40, P.SUBMITTED: 54, P.WITHDRAWN: 6},
    "closed": {P.SUBMITTED: 30, P.UNDER_REVIEW: 55, P.INELIGIBLE: 5, P.WITHDRAWN: 10},
}
PLACES = (
    ("臺北", "Taipei"), ("新北", "New Taipei"), ("桃園", "Taoyuan"), ("新竹", "Hsinchu"),
    ("苗栗", "Miaoli"), ("臺中", "Taichung"), ("彰化", "Changhua"), ("南投", "Nantou"),
    ("雲林", "Yunlin"), ("嘉義", "Chiayi"), ("臺南", "Tainan"), ("高雄", "Kaohsiung"),
    ("屏東", "Pingtung"), ("宜蘭", "Yilan"), ("花蓮", "Hualien"), ("臺東", "Taitung"),
)  # fmt: skip
FIRST = (
    ("明", "Ming"), ("遠", "Yuan"), ("恆", "Heng"), ("啟", "Qi"), ("澄", "Cheng"), ("嘉", "Jia"),
    ("宏", "Hong"), ("昱", "Yu"), ("禾", "He"), ("岳", "Yue"), ("清", "Qing"), ("映", "Ying"),
)  # fmt: skip
SECOND = (
    ("曜", "yao"), ("川", "chuan"), ("策", "ce"), ("林", "lin"), ("衡", "heng"), ("辰", "chen"),
    ("帆", "fan"), ("源", "yuan"), ("達", "da"), ("理", "li"), ("森", "sen"), ("光", "guang"),
)  # fmt: skip
OWNER_KINDS = (
    (OrgType.COMPANY, "工業", "Industries"), (OrgType.COMPANY, "實業", "Works"),
    (OrgType.ASSOCIATION, "產業公會", "Guild"), (OrgType.PUBLIC_AGENCY, "公共事務局", "Bureau"),
)  # fmt: skip
TEAM_KINDS = (("智能", "AI"), ("數據", "Data"), ("資訊", "Systems"), ("實驗室", "Lab"))
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪"
GIVEN = ("怡君", "家豪", "雅婷", "冠宇", "詩涵", "承翰", "佳穎", "柏翰", "欣怡", "宗翰")
REGIONS = ("north", "central", "south", "east")


@dataclass(frozen=True)
class Size:
    """How much there is: ``challenges`` is N."""

    challenges: int

    @property
    def proposals(self) -> int:
        """Two for each challenge."""
        return 2 * self.challenges

    @property
    def teams(self) -> int:
        """One for two challenges."""
        return self.challenges // 2

    @property
    def owners(self) -> int:
        """One for ten challenges."""
        return max(5, self.challenges // 10)


@dataclass(frozen=True)
class Made:
    """Where to look at what was made: the programme, its open call, an owner and a team."""

    program: Program
    call: Call
    owner_id: int
    team_id: int


def fill(session: Session, challenges: int, *, now: datetime) -> Made:
    """A programme of this size; one that is there already is found again.

    Raises:
        ValueError: too few challenges for that many different proposals.
    """
    if challenges < FEWEST:
        raise ValueError(f"at least {FEWEST} challenges")
    slug = f"scale-{challenges}"
    program = session.scalar(select(Program).where(Program.slug == slug))
    if program is not None:
        return _found(session, program)
    return _Filling(session, Size(challenges), now).run(slug)


def load(database: Database, challenges: int, *, home: Path, now: datetime) -> list[DemoAccount]:
    """Fill the programme and return how to sign in: beside the demo where it is loaded already,
    instead of it in an empty database.
    """
    password = accounts.passphrase(home / "demo-passphrase")
    with database.transaction() as session:
        is_beside = loader.is_loaded(session)
        made = fill(session, challenges, now=now)
        seats = (
            loader.seats_held(session)
            if is_beside
            else loader.seats_of(made.owner_id, made.team_id, made.program.id)
        )
        seats = [*seats, Seat(Role.PM, Scope.PROGRAM, made.program.id, "江專案")]
        accounts.fill(session, seats, password=password, now=now)
    return [
        DemoAccount(seat.role.value, seat.name, accounts.address(seat.role), password)
        for seat in seats[:-1]
    ]


def _found(session: Session, program: Program) -> Made:
    """What is there, with an owner and a team that have something to do in the open call."""
    call = session.scalars(select(Call).where(Call.slug == f"{program.slug}-open")).one()
    owner = session.scalars(
        select(Challenge.organization_id).where(Challenge.call_id == call.id).order_by(Challenge.id)
    ).first()
    team = session.scalars(
        select(Proposal.team_id)
        .join(Challenge, Challenge.id == Proposal.challenge_id)
        .where(Challenge.call_id == call.id)
        .order_by(Proposal.team_id)
    ).first()
    return Made(program, call, owner or 0, team or 0)


class _Filling:
    """One programme being filled, each kind of thing with draws of its own."""

    def __init__(self, session: Session, size: Size, now: datetime):
        self.session, self.size, self.now = session, size, now
        self.cohort: Cohort = cohort()
        self.written = at(now, -60)
        self.told = [each for team in self.cohort.teams for each in team["projects"]]

    def chance(self, of: str) -> random.Random:
        """Draws for one kind of thing, the same whatever else is drawn."""
        return random.Random(f"{SEED}/{self.size.challenges}/{of}")  # noqa: S311 - no secret

    def run(self, slug: str) -> Made:
        """Everything, in the order in which one needs the other."""
        program, calls = self._programme(slug)
        rows = list(self._owners())
        owners = self._insert(Organization, rows)
        self._make_findable("organization", owners, [_texts_of(row) for row in rows])
        challenges = self._challenges(calls, owners)
        teams = self._teams()
        self._proposals(challenges, teams)
        record(
            self.session, "demo.scale", actor=SYSTEM, now=self.now, kind="program",
            object_id=program.id, name=program.slug, program_id=program.id,
            after={
                "challenges": self.size.challenges, "proposals": self.size.proposals,
                "teams": self.size.teams,
            },
        )  # fmt: skip
        self.session.execute(text("ANALYZE"))
        return _found(self.session, program)

    def _programme(self, slug: str) -> tuple[Program, dict[str, Call]]:
        many = self.size.challenges
        program = programs.create_program(
            self.session,
            ProgramContent(
                name_zh=f"量測用計畫（{many:,} 題）",
                name_en=f"Programme for measuring ({many:,} challenges)",
                slug=slug,
            ),
            actor=SYSTEM, now=at(self.now, -200), provenance=FICTIONAL,
        )  # fmt: skip
        manager = replace(SYSTEM, hats=frozenset({Hat(Role.PM, Scope.PROGRAM, program.id)}))
        spans = {
            "closed": (-150, -30, "第一梯次", "round 1"),
            "open": (-24, 21, "第二梯次", "round 2"),
        }
        calls = {}
        for key, (opens, closes, zh, en) in spans.items():
            content = CallContent(
                opens_at=at(self.now, opens, hour=9), closes_at=at(self.now, closes, hour=18),
                name_zh=f"量測{zh}（{many:,} 題）", name_en=f"Measuring, {en} ({many:,})",
                about_zh="虛構的徵件，用於量測效能。", about_en="An invented call for measuring.",
                slug=f"{slug}-{key}", terms_zh=TERMS_ZH, terms_en=TERMS_EN, ip_terms_zh=IP_ZH,
                ip_terms_en=IP_EN, poc_weeks_max=26,
            )  # fmt: skip
            day = at(self.now, opens - 10)
            call = programs.create_call(self.session, program, content, actor=manager, now=day)
            programs.publish_call(self.session, call, version=call.version, actor=manager, now=day)
            calls[key] = call
        return program, calls

    def _owners(self) -> Iterator[dict[str, Any]]:
        chance = self.chance("owners")
        last = self.session.scalar(select(func.max(Organization.id))) or 0
        for number in range(self.size.owners):
            kind, zh, en = chance.choice(OWNER_KINDS)
            place, name = chance.choice(PLACES), _name(chance)
            yield {
                "public_id": _public_id(chance),
                "ref": reference("OR", last + number + 1),
                "name": self._both(f"{place[0]}{name[0]}{zh}", f"{name[1]} {en}, {place[1]}"),
                "type": kind,
                "city": place[0],
                "region": chance.choice(REGIONS),
                "provenance": FICTIONAL,
                "created_at": self.written,
            }

    def _challenges(self, calls: Mapping[str, Call], owners: Sequence[int]) -> list[_Problem]:
        chance = self.chance("challenges")
        first = int(challenge_queries.next_reference(self.session, self.now).rsplit("-", 1)[1])
        numbers = iter(range(first, first + self.size.challenges))
        made: list[_Problem] = []
        for chunk in _chunks(range(self.size.challenges)):
            rows, kpis, words = [], [], []
            for _ in chunk:
                key = "open" if chance.random() < OPEN_SHARE else "closed"
                row, goal = self._challenge(chance, key, calls[key], owners)
                if row["state"] in PUBLIC_STATES or row["state"] is C.WITHDRAWN:
                    row["ref"] = reference("CH", next(numbers), self.now)
                rows.append(row)
                kpis.append(goal)
                words.append(_texts_of(row))
            ids = self._insert(Challenge, rows)
            made += [
                _Problem(id_, key_of, row["state"], row["title"])
                for id_, row in zip(ids, rows, strict=True)
                for key_of in ("open" if row["call_id"] == calls["open"].id else "closed",)
            ]
            self._insert(
                TargetKpi,
                ({**g, "challenge_id": i} for i, g in zip(ids, kpis, strict=True)),
            )
            self._tag(ChallengeTag, "challenge_id", ids, rows, taxonomy.KINDS)
            self._make_findable("challenge", ids, words)
        return made

    def _challenge(
        self, chance: random.Random, key: str, call: Call, owners: Sequence[int]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One challenge and its KPI: a title from terms, the rest from records of its field."""
        base = chance.choice(self.cohort.challenges)
        domain = base["domains"][0]
        near = [row for row in self.cohort.challenges if domain in row["domains"]]
        technologies = _some(chance, "technologies", 1, 3)
        use = chance.choice(list(taxonomy.terms("use_cases").values()))
        place, tech = chance.choice(PLACES), taxonomy.label("technologies", technologies[0])
        field = taxonomy.label("domains", domain)
        state = _drawn(chance, STATES[key])
        published = call.opens_at if state in PUBLIC_STATES or state is C.WITHDRAWN else None
        texts = {
            name: self._of_record(chance.choice(near), name)
            for name in ("background", "pain", "current_way", "wanted", "site")
        }
        data = chance.choice(near)
        row = {
            "public_id": _public_id(chance),
            "ref": None,
            "call_id": call.id,
            "organization_id": chance.choice(owners),
            "kind": ChallengeKind(base["kind"]),
            "state": state,
            "title": self._both(
                f"{place[0]}{field.zh_TW}：以{tech.zh_TW}進行{use.label.zh_TW}",
                f"{use.label.en} by {(tech.en or '').lower()} for {(field.en or '').lower()}, "
                f"{place[1]}",
            ),
            "summary": self._of_record(base, "wanted"),
            **texts,
            "data_description": self._of_record(data["data"], "description"),
            "data_access": self._of_record(data["data"], "access"),
            "data_rows": chance.choice((None, chance.randint(1, 200) * 100)),
            "data_labels": chance.choice((None, 0, chance.randint(1, 50) * 10)),
            "data_sensitivity": chance.choice(list(Sensitivity)),
            "domains": list(base["domains"]),
            "technologies": technologies,
            "modalities": _some(chance, "modalities", 1, 2),
            "use_cases": [use.id],
            "deployment": _some(chance, "deployment", 1, 1),
            "budget_twd": chance.randint(5, 40) * 50_000,
            "k_poc": chance.choice((1, 1, 2, 2, 3)),
            "poc_weeks": chance.randint(8, 26),
            "readiness": {
                need: chance.randint(0, 3) for need in ("budget", "data", "talent", "tools")
            },
            "provenance": FICTIONAL,
            "created_at": self.written,
            "edited_at": self.written,
            **_moments(state, self.written),
            "published_at": published,
            "closes_at": call.closes_at - timedelta(hours=chance.choice((0, 0, 24, 72, 168))),
        }
        return row, self._kpi(
            chance.choice([row for row in near if row["kpis"]] or [base])["kpis"][0]
        )

    def _kpi(self, kpi: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "position": 0,
            "code": kpi["id"],
            "name": self._of_record(kpi, "name"),
            "unit": kpi["unit"],
            "better": Better(kpi["better"]),
            "baseline": kpi["baseline"],
            "target": kpi["target"],
            "method": self._of_record(kpi, "method"),
        }

    def _teams(self) -> list[int]:
        chance = self.chance("teams")
        last = self.session.scalar(select(func.max(Team.id))) or 0
        made: list[int] = []
        for chunk in _chunks(range(self.size.teams)):
            rows = [self._team(chance, reference("TM", last + number + 1)) for number in chunk]
            projects = [self._projects(chance) for _ in chunk]
            ids = self._insert(Team, rows)
            self._insert(
                PastProject,
                (
                    each | {"team_id": i}
                    for i, own in zip(ids, projects, strict=True)
                    for each in own
                ),
            )
            self._insert(
                TeamMember, (each for i in ids for each in _members(chance, i, self.written))
            )
            self._tag(TeamTag, "team_id", ids, rows, ("domains", "technologies", "modalities"))
            self._tag_plainly(ids, rows)
            words = [
                [*_texts_of(row), *(t for p in own for t in _texts_of(p))]
                for row, own in zip(rows, projects, strict=True)
            ]
            self._make_findable("team", ids, words)
            made += ids
        return made

    def _team(self, chance: random.Random, ref: str) -> dict[str, Any]:
        name, kind = _name(chance), chance.choice(TEAM_KINDS)
        base = chance.choice(self.cohort.teams)
        return {
            "public_id": _public_id(chance),
            "ref": ref,
            "name": self._both(f"{name[0]}{kind[0]}", f"{name[1]} {kind[1]}"),
            "profile": self._of_record(base, "profile"),
            "domains": list(base["domains"]),
            "technologies": list(
                dict.fromkeys([*base["technologies"], *_some(chance, "technologies", 0, 2)])
            ),
            "modalities": list(base["modalities"]),
            "languages": ["zh-TW", "en"] if chance.random() < 0.6 else ["zh-TW"],
            "regions": [chance.choice(REGIONS)],
            "city": chance.choice(PLACES)[0],
            "founded": chance.randint(2008, 2024),
            "capacity": chance.choice((0, 1, 1, 2, 2, 3)),
            "is_listed": True,
            "provenance": FICTIONAL,
            "created_at": self.written,
            "edited_at": self.written,
        }

    def _projects(self, chance: random.Random) -> list[dict[str, Any]]:
        kinds = (EvidenceKind.SELF, EvidenceKind.LETTER, EvidenceKind.PUBLISHED)
        found = []
        for position in range(1, chance.randint(1, 3) + 1):
            base = chance.choice(self.told)
            found.append(
                {
                    "position": position,
                    "title": self._of_record(base, "title"),
                    "body": self._of_record(base, "body"),
                    "year": chance.randint(2019, 2025),
                    "site": base.get("site") or None,
                    "results": base.get("results") or None,
                    "evidence": chance.choice(kinds),
                }
            )
        return found

    def _proposals(self, challenges: Sequence[_Problem], teams: Sequence[int]) -> None:
        """Different pairs of public challenges and teams, so many for each challenge."""
        chance = self.chance("proposals")
        public = [each for each in challenges if each.state in PUBLIC_STATES]
        taken: set[tuple[int, int]] = set()
        while len(taken) < self.size.proposals:
            taken.add((chance.randrange(len(public)), chance.randrange(len(teams))))
        approaches = [self._of_record(each, "body") for each in self.told]
        for chunk in _chunks(sorted(taken)):
            rows = [
                self._proposal(chance, public[problem], teams[team], approaches)
                for problem, team in chunk
            ]
            ids = self._insert(Proposal, rows)
            versions = (_version(i, row) for i, row in zip(ids, rows, strict=True))
            self._insert(ProposalVersion, (each for each in versions if each))

    def _proposal(
        self,
        chance: random.Random,
        problem: _Problem,
        team_id: int,
        approaches: Sequence[Localized],
    ) -> dict[str, Any]:
        state = _drawn(chance, PROPOSED[problem.call])
        day = at(self.now, -20 if problem.call == "open" else -60) + timedelta(
            minutes=chance.randint(0, 20_000)
        )
        title = self._both(
            f"{problem.title.zh_TW}的解方", f"An answer to: {problem.title.en}"[:TITLE]
        )
        answer = Answer(title=title, summary=chance.choice(approaches))
        handed_in = None if state is P.DRAFT else day + timedelta(hours=3)
        return {
            "public_id": _public_id(chance),
            "challenge_id": problem.id,
            "team_id": team_id,
            "state": state,
            "title": title,
            "content": {Section.ANSWER.value: answer.to_json()},
            "edits": {Section.ANSWER.value: 1},
            "created_at": day,
            "edited_at": day,
            "submitted_at": handed_in,
            "submitted_version": 1 if handed_in else None,
            "withdrawn_at": day + timedelta(days=1) if state is P.WITHDRAWN else None,
            "provenance": FICTIONAL,
        }

    def _both(self, zh: str | None, en: str | None) -> Localized:
        """A text as if it had been written on the day of everything."""
        return Localized().edited(zh, en, by=None, at=self.written)

    def _of_record(self, row: Mapping[str, Any], name: str) -> Localized:
        sides = row.get(name) or {}
        return self._both(sides.get("zh_TW"), sides.get("en"))

    def _insert(self, kind: type[Any], rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert rows in bulk; their ids in the same order."""
        waiting = list(rows)
        if not waiting:
            return []
        stmt = insert(kind).returning(kind.id, sort_by_parameter_order=True)
        return list(self.session.scalars(stmt, waiting))

    def _tag(
        self,
        kind: type[Any],
        key: str,
        ids: Sequence[int],
        rows: Sequence[Mapping[str, Any]],
        lists: Sequence[str],
    ) -> None:
        """Tags of things, wider terms included."""
        tags = [
            {key: id_, "kind": name, "term": term}
            for id_, row in zip(ids, rows, strict=True)
            for name in lists
            for term in sorted({wide for each in row[name] for wide in with_wider(name, each)})
        ]
        self.session.execute(insert(kind), tags)

    def _tag_plainly(self, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> None:
        """Tags of teams that no taxonomy widens."""
        tags = [
            {"team_id": id_, "kind": name, "term": term}
            for id_, row in zip(ids, rows, strict=True)
            for name in ("regions", "languages")
            for term in row[name]
        ]
        self.session.execute(insert(TeamTag), tags)

    def _make_findable(
        self, kind: str, ids: Sequence[int], words: Sequence[Sequence[str | None]]
    ) -> None:
        """The same tokens as :func:`matchmaker.kernel.search.remember` keeps, in bulk."""
        rows = [
            {
                "kind": kind,
                "object_id": id_,
                "tokens": " ".join(" ".join(search_tokens(each)) for each in texts if each),
            }
            for id_, texts in zip(ids, words, strict=True)
        ]
        self.session.execute(insert(SearchEntry), rows)


@dataclass(frozen=True)
class _Problem:
    """What proposals need to know of a challenge."""

    id: int
    call: str
    state: ChallengeState
    title: Localized


def _members(chance: random.Random, team_id: int, since: datetime) -> Iterator[dict[str, Any]]:
    for place in range(chance.randint(2, 5)):
        yield {
            "team_id": team_id,
            "name": chance.choice(SURNAMES) + chance.choice(GIVEN),
            "title": "",
            "role": MemberRole.LEAD if place == 0 else MemberRole.MEMBER,
            "joined_on": since.date(),
        }


def _moments(state: ChallengeState, day: datetime) -> dict[str, datetime | None]:
    """When what has to have happened before a state happened."""
    was_handed_in = state is not C.DRAFT
    was_approved = state not in {C.DRAFT, C.SUBMITTED, C.CHANGES_REQUESTED}
    return {
        "submitted_at": day + timedelta(hours=5) if was_handed_in else None,
        "terms_accepted_at": day + timedelta(hours=5) if was_handed_in else None,
        "approved_at": day + timedelta(days=2) if was_approved else None,
        "paused_at": day + timedelta(days=50) if state is C.PAUSED else None,
    }


def _version(proposal_id: int, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was handed in, sealed; None for a draft."""
    if row["submitted_at"] is None:
        return None
    sealed = ProposalVersion(content=row["content"], people=[]).sealed_bytes
    return {
        "proposal_id": proposal_id,
        "number": 1,
        "content": row["content"],
        "people": [],
        "digest": hashlib.sha256(sealed).hexdigest(),
        "saved_at": row["submitted_at"],
        "was_submitted": True,
    }


def _texts_of(row: Mapping[str, Any]) -> list[str | None]:
    """Everything a row says that is public: both sides of its texts, and labels of its terms."""
    found: list[str | None] = [row.get("ref"), row.get("city"), row.get("results")]
    for value in row.values():
        if isinstance(value, Localized):
            found += [value.zh_TW, value.en]
    for kind in taxonomy.KINDS:
        for term in row.get(kind, ()):
            label = taxonomy.label(kind, term)
            found += [label.zh_TW, label.en]
    return found


def _drawn(chance: random.Random, weights: Mapping[Any, int]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]


def _some(chance: random.Random, kind: str, fewest: int, most: int) -> list[str]:
    return chance.sample(sorted(taxonomy.terms(kind)), chance.randint(fewest, most))


def _name(chance: random.Random) -> tuple[str, str]:
    first, second = chance.choice(FIRST), chance.choice(SECOND)
    return first[0] + second[0], first[1] + second[1]


def _public_id(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=16))


def _chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(things)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
