"""Verbs on challenges, through the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.audit import queries as audit
from matchmaker.audit import service as audit_service
from matchmaker.challenges import events, queries, service
from matchmaker.challenges.content import Content, Data, Dates, Kpi, Kpis, Need, Rules
from matchmaker.challenges.lifecycle import BEFORE_AWARD, CHALLENGE, ChallengeState
from matchmaker.challenges.models import Better, ChallengeKind
from matchmaker.kernel.actor import PUBLIC, SYSTEM
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Stale, WrongState
from matchmaker.kernel.events import subscribe
from matchmaker.kernel.i18n import Lang
from matchmaker.programs import service as programs
from tests.factories.challenges import PATHS, complete_content

S = ChallengeState
DAY = timedelta(days=1)
heard: list[object] = []


for kind in vars(events).values():
    if isinstance(kind, type) and issubclass(kind, events.ChallengeFact):
        subscribe(kind)(lambda _session, event: heard.append(event))


@pytest.fixture(autouse=True)
def silence():
    """Every test begins with nothing heard."""
    heard.clear()


def last(session, challenge):
    """The newest audit entry about a challenge."""
    return audit.of_object(session, "challenge", challenge.id)[0]


def test_a_new_challenge_is_a_draft_of_its_owner(challenges, people, session):
    organization, call = people.organization(), people.call()
    lead = challenges.actor(people.owner_lead(organization))

    made = service.create(
        session, call, organization, Content(need=Need(title_zh="良率預測")),
        actor=lead, now=challenges.now,
    )  # fmt: skip

    assert (made.state, made.kind, made.ref, made.closes_at) == (
        S.DRAFT, ChallengeKind.INDUSTRY, None, call.closes_at,
    )  # fmt: skip
    assert (made.title.zh_TW, made.title.original, made.title.zh_by, made.title.zh_at) == (
        "良率預測", Lang.ZH_TW, lead.user_id, challenges.now,
    )  # fmt: skip
    assert heard == [events.ChallengeCreated(made.id, lead.user_id, challenges.now)]
    assert last(session, made).after == {
        "state": "draft", "call": call.slug, "owner": organization.ref,
    }  # fmt: skip


def test_a_closed_call_takes_no_challenge(challenges, people, session):
    organization, call = people.organization(), people.call()
    lead = challenges.actor(people.owner_lead(organization))

    with pytest.raises(Invalid) as refusal:
        service.create(session, call, organization, actor=lead, now=call.closes_at)

    assert list(refusal.value.fields) == ["call"]


def test_strangers_post_nothing_for_an_organisation(challenges, people, session):
    organization, call = people.organization(), people.call()
    stranger = challenges.actor(people.owner_lead(people.organization()))

    for actor in (stranger, PUBLIC):
        with pytest.raises(NotAllowed):
            service.create(session, call, organization, actor=actor, now=challenges.now)


def test_each_side_of_a_text_keeps_its_own_author_and_time(challenges, people, session):
    challenge = challenges.make(S.DRAFT)
    member = challenges.actor(people.owner_member(challenge.organization))
    later = challenges.now + DAY
    need = replace(complete_content().need, title_zh="新標題", title_en=challenge.title.en)

    service.edit(session, challenge, need, version=challenge.version, actor=member, now=later)

    title = challenge.title
    assert (title.zh_TW, title.zh_by, title.zh_at) == ("新標題", member.user_id, later)
    assert (title.en_by, title.en_at) == (challenges.lead.user_id, challenges.now)
    assert title.out_of_date is Lang.EN
    assert (challenge.edited_by, challenge.edited_at) == (member.user_id, later)
    assert last(session, challenge).after == {"title_zh": "新標題"}
    assert last(session, challenge).before == {"title_zh": "面板瑕疵自動檢測"}


def test_saving_without_a_change_leaves_no_trace(challenges, session):
    challenge = challenges.make(S.DRAFT)
    version, entries = challenge.version, len(queries.history(session, challenge))

    service.edit(
        session, challenge, replace(complete_content(challenge.title.en).need),
        version=version, actor=challenges.lead, now=challenges.now + DAY,
    )  # fmt: skip

    assert (challenge.version, len(queries.history(session, challenge))) == (version, entries)


def test_who_saves_second_is_told(challenges, session):
    challenge = challenges.make(S.DRAFT)
    opened = challenge.version
    service.edit(
        session, challenge, Rules(ip_wishes_en="Ours"), version=opened,
        actor=challenges.lead, now=challenges.now,
    )  # fmt: skip

    with pytest.raises(Stale):
        service.edit(
            session, challenge, Rules(ip_wishes_en="Theirs"), version=opened,
            actor=challenges.lead, now=challenges.now,
        )  # fmt: skip

    assert challenge.ip_wishes.en == "Ours"


def test_a_change_of_the_confidential_part_is_recorded_without_its_words(challenges, session):
    challenge = challenges.make(S.DRAFT)
    secret = Rules(ip_wishes_en="Shared by both sides", confidential_en="Supplier of the foil!")

    service.edit(
        session, challenge, secret, version=challenge.version, actor=challenges.lead,
        now=challenges.now,
    )  # fmt: skip

    entry = last(session, challenge)
    assert challenge.confidential.en == "Supplier of the foil!"
    assert "foil" not in str((entry.before, entry.after))
    assert set(entry.after) == {"confidential_en"}


VAGUE = [
    (Kpi(name_en="improve accuracy"), {"unit", "better", "target", "baseline"}),
    (Kpi(name_en="Accuracy", unit="ratio", better=Better.HIGHER, target=0.9), {"baseline"}),
    (Kpi(unit="h", better=Better.LOWER, baseline=3, target=1), {"name_zh"}),
    (Kpi(name_zh="時間", unit="h", better=Better.LOWER, baseline=1, target=3), {"target"}),
    (Kpi(name_zh="率", unit="ratio", better=Better.HIGHER, baseline=80, target=90),
     {"baseline", "target"}),
    (Kpi(name_zh="率", unit="h", better=Better.HIGHER, baseline=float("nan"), target=1),
     {"baseline"}),
]  # fmt: skip


@pytest.mark.parametrize(("kpi", "wrong"), VAGUE)
def test_a_goal_that_nobody_can_check_is_refused(challenges, session, kpi, wrong):
    challenge = challenges.make(S.DRAFT)

    with pytest.raises(Invalid) as refusal:
        service.edit(
            session, challenge, Kpis((kpi,)), version=challenge.version,
            actor=challenges.lead, now=challenges.now,
        )  # fmt: skip

    assert set(refusal.value.fields) == {f"rows-0-{name}" for name in wrong}


@pytest.mark.parametrize(
    "kpi",
    [
        Kpi(name_en="Delay", unit="h", better=Better.LOWER, baseline=3, target=1),
        Kpi(name_en="Guard", unit="h", better=Better.LOWER, baseline=3, target=3),
        Kpi(name_zh="率", unit="ratio", better=Better.HIGHER, target=1, method_zh="兩週抽樣"),
    ],
)
def test_a_goal_with_a_baseline_or_a_way_to_measure_it_is_taken(challenges, session, kpi):
    challenge = challenges.make(S.DRAFT)

    service.edit(
        session, challenge, Kpis((kpi,)), version=challenge.version,
        actor=challenges.lead, now=challenges.now,
    )  # fmt: skip

    assert [(k.unit, k.baseline, k.target) for k in challenge.kpis] == [
        (kpi.unit, kpi.baseline, kpi.target)
    ]


def test_a_report_may_leave_a_target_out(challenges, people, session):
    kpi = Kpi(name_en="Accuracy", unit="ratio", better=Better.HIGHER)

    made = challenges.make(
        S.DRAFT, content=Content(need=Need(title_en="A"), kpi=Kpis((kpi,))), provenance="report"
    )

    assert [(k.baseline, k.target) for k in made.kpis] == [(None, None)]


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        (Need(title_en="x" * 121), {"title_en"}),
        (Data(modalities=("telepathy",)), {"modalities"}),
        (Data(data_rows=-1), {"data_rows"}),
        (Data(ready_data=4), {"ready_data"}),
        (Dates(k_poc=0), {"k_poc"}),
        (Dates(k_poc=6), {"k_poc"}),
        (Dates(poc_weeks=105), {"poc_weeks"}),
        (Kpis(tuple(VAGUE[1][0] for _ in range(9))), {""}),
    ],
)
def test_entries_outside_their_limits_are_named(challenges, session, section, wrong):
    challenge = challenges.make(S.DRAFT)

    with pytest.raises(Invalid) as refusal:
        service.edit(
            session, challenge, section, version=challenge.version, actor=challenges.lead,
            now=challenges.now,
        )  # fmt: skip

    assert set(refusal.value.fields) == wrong


def test_dates_lie_within_the_call_and_in_order(challenges, people, session):
    call = people.call(poc_weeks_max=20)
    challenge = challenges.make(S.DRAFT, call=call)
    closes = call.closes_at

    def refused(dates):
        with pytest.raises(Invalid) as refusal:
            service.edit(
                session, challenge, dates, version=challenge.version, actor=challenges.lead,
                now=challenges.now,
            )  # fmt: skip
        return set(refusal.value.fields)

    assert refused(Dates(closes_at=closes + DAY)) == {"closes_at"}
    assert refused(Dates(closes_at=call.opens_at)) == {"closes_at"}
    assert refused(Dates(publish_at=closes)) == {"publish_at"}
    assert refused(Dates(closes_at=closes - DAY, publish_at=closes - DAY)) == {"publish_at"}
    assert refused(Dates(poc_weeks=21)) == {"poc_weeks"}


def test_gaps_are_listed_by_section_and_nothing_moves(challenges, session):
    challenge = challenges.make(S.DRAFT, content=Content(need=Need(title_en="Only a title")))

    with pytest.raises(Invalid) as refusal:
        service.submit(
            session, challenge, accept_terms=False, actor=challenges.lead, now=challenges.now
        )

    assert list(refusal.value.fields) == [
        "need.pain", "need.wanted", "background.background", "background.domains",
        "background.ready_talent", "background.ready_tools", "data.data_description",
        "data.data_sensitivity", "data.modalities", "data.ready_data", "kpi.rows",
        "rules.ip_wishes", "dates.poc_weeks", "dates.ready_budget", "accept_terms",
    ]  # fmt: skip
    assert challenge.state is S.DRAFT


def test_the_terms_have_to_be_accepted(challenges, session):
    challenge = challenges.make(S.DRAFT)

    with pytest.raises(Invalid) as refusal:
        service.submit(
            session, challenge, accept_terms=False, actor=challenges.lead, now=challenges.now
        )

    assert list(refusal.value.fields) == ["accept_terms"]


def test_handing_in_twice_is_a_conflict(challenges, session):
    challenge = challenges.make(S.SUBMITTED)

    with pytest.raises(WrongState):
        service.submit(
            session, challenge, accept_terms=True, actor=challenges.lead, now=challenges.now
        )

    assert challenge.terms_accepted_by == challenges.lead.user_id


def test_after_changes_it_is_handed_in_again(challenges, session):
    challenge = challenges.make(S.CHANGES_REQUESTED)
    assert challenge.staff_note == "More on the data"

    service.submit(session, challenge, accept_terms=True, actor=challenges.lead, now=challenges.now)

    assert challenge.state is S.SUBMITTED


def test_nobody_approves_what_they_wrote_or_edited_last(challenges, people, session):
    challenge = challenges.make(S.SUBMITTED)
    other_pm = challenges.actor(people.pm(challenge.call.program))
    challenge.created_by = challenges.pm.user_id

    with pytest.raises(NotAllowed) as refusal:
        service.approve(session, challenge, actor=challenges.pm, now=challenges.now)
    service.approve(session, challenge, actor=other_pm, now=challenges.now)

    assert "another manager has to approve it" in str(refusal.value)
    assert challenge.state is S.APPROVED


def test_a_manager_with_a_conflict_decides_nothing(challenges, session):
    challenge = challenges.make(S.SUBMITTED)
    owner = ("organization", challenge.organization_id)
    pm = replace(challenges.pm, conflicts=frozenset({owner}))

    with pytest.raises(NotAllowed):
        service.approve(session, challenge, actor=pm, now=challenges.now)
    with pytest.raises(NotAllowed):
        service.reject(session, challenge, "No", actor=pm, now=challenges.now)


def test_approval_needs_data_class_ip_terms_and_a_way_to_measure(challenges, session):
    challenge = challenges.make(S.SUBMITTED)
    challenge.data_sensitivity = None
    challenge.ip_wishes = challenge.ip_wishes.edited(None, None, by=None, at=challenges.now)
    challenge.kpis = []

    with pytest.raises(Invalid) as refusal:
        service.approve(session, challenge, actor=challenges.pm, now=challenges.now)

    assert [str(message) for message in refusal.value.fields.values()] == [
        "There is no target KPI and no reason why there is none.",
        "The sensitivity of the data is not stated.",
        "Neither the challenge nor its call says whose the results will be.",
    ]


@pytest.mark.parametrize("verb", ["request_changes", "reject"])
@pytest.mark.parametrize("words", ["", "   ", "\n\u3000"])
def test_sending_back_needs_words(challenges, session, verb, words):
    challenge = challenges.make(S.SUBMITTED)

    with pytest.raises(Invalid):
        getattr(service, verb)(session, challenge, words, actor=challenges.pm, now=challenges.now)

    assert challenge.state is S.SUBMITTED


def test_publishing_gives_the_next_reference_of_the_year(challenges, session):
    new_year_in_taipei = challenges.now.replace(month=12, day=31, hour=16)
    first, second = challenges.make(S.PUBLISHED), challenges.make(S.PUBLISHED)
    third = challenges.make(S.APPROVED)
    third.closes_at = new_year_in_taipei + 9 * DAY
    service.publish(session, third, actor=challenges.pm, now=new_year_in_taipei)

    assert [first.ref, second.ref, third.ref] == ["CH-26-001", "CH-26-002", "CH-27-001"]
    assert first.key == "CH-26-001"


def test_references_go_on_after_nine_hundred_and_ninety_nine(challenges, session):
    challenges.make(S.PUBLISHED).ref = "CH-26-999"
    session.flush()
    thousandth = challenges.make(S.PUBLISHED)
    after = challenges.make(S.PUBLISHED)

    assert [thousandth.ref, after.ref] == ["CH-26-1000", "CH-26-1001"]


def test_a_withdrawn_reference_is_never_given_again(challenges):
    withdrawn = challenges.make(S.WITHDRAWN)

    assert (withdrawn.ref, challenges.make(S.PUBLISHED).ref) == ("CH-26-001", "CH-26-002")


def test_the_clock_publishes_when_it_is_time(challenges, session):
    planned = challenges.now + DAY
    challenge = challenges.make(S.APPROVED, publish_at=planned)
    unplanned = challenges.make(S.APPROVED)

    with pytest.raises(WrongState):
        service.publish(session, challenge, actor=SYSTEM, now=planned - timedelta(seconds=1))
    assert service.run_clock(session, now=planned - timedelta(seconds=1)) == ([], [])
    assert service.run_clock(session, now=planned) == ([challenge.id], [])
    assert service.run_clock(session, now=planned) == ([], [])
    assert unplanned.state is S.APPROVED


def test_evaluation_begins_at_the_closing_instant(challenges, session):
    challenge = challenges.make(S.PUBLISHED)
    closes = challenge.closes_at

    with pytest.raises(WrongState):
        service.evaluate(session, challenge, actor=SYSTEM, now=closes - timedelta(microseconds=1))
    assert service.run_clock(session, now=closes) == ([], [challenge.id])
    assert challenge.state is S.EVALUATING


def test_deadlines_move_by_the_length_of_the_pause(challenges, session):
    challenge = challenges.make(S.PUBLISHED)
    closes = challenge.closes_at
    service.pause(session, challenge, "Line stands", actor=challenges.pm, now=challenges.now)

    with pytest.raises(WrongState):
        service.evaluate(session, challenge, actor=SYSTEM, now=closes)
    service.resume(
        session, challenge, actor=challenges.pm, now=challenges.now + timedelta(days=3, hours=5)
    )

    assert challenge.closes_at == closes + timedelta(days=3, hours=5)
    assert [notice["kind"] for notice in challenge.notices] == ["paused", "resumed"]


def test_a_closing_time_is_only_moved_later(challenges, session):
    challenge = challenges.make(S.PUBLISHED)
    was = challenge.closes_at

    for wrong in (was, was - DAY, was + 400 * DAY):
        with pytest.raises(Invalid):
            service.extend_close(
                session, challenge, wrong, "Typhoon", actor=challenges.pm, now=challenges.now
            )
    with pytest.raises(Invalid):
        service.extend_close(
            session, challenge, was + DAY, " ", actor=challenges.pm, now=challenges.now
        )
    with pytest.raises(WrongState):
        service.extend_close(session, challenge, was + DAY, "Late", actor=challenges.pm, now=was)
    service.extend_close(
        session, challenge, was + DAY, "Typhoon", actor=challenges.pm, now=challenges.now
    )

    assert challenge.closes_at == was + DAY
    assert [(n["kind"], n["was"], n["text"]) for n in challenge.notices] == [
        ("extended", was.isoformat(), "Typhoon")
    ]


def test_challenges_move_with_their_call(challenges, people, session):
    call = people.call()
    with_it = challenges.make(S.PUBLISHED, call=call)
    closed_with_it = challenges.make(S.EVALUATING, call=call)
    own = challenges.make(S.PUBLISHED, call=call, closes_at=call.closes_at - DAY)
    was = call.closes_at

    programs.extend_call(
        session, call, closes_at=was + 7 * DAY, notice_zh="颱風", notice_en="Typhoon",
        version=call.version, actor=challenges.actor(people.pm(call.program)), now=challenges.now,
    )  # fmt: skip

    assert [c.closes_at for c in (with_it, closed_with_it, own)] == [was + 7 * DAY, was, was - DAY]


def test_an_owner_asks_and_the_office_consents(challenges, session):
    challenge = challenges.make(S.PUBLISHED)

    with pytest.raises(WrongState):
        service.withdraw(session, challenge, "Because", actor=challenges.pm, now=challenges.now)
    service.ask_withdrawal(session, challenge, "Solved", actor=challenges.lead, now=challenges.now)
    with pytest.raises(WrongState):
        service.ask_withdrawal(
            session, challenge, "Again", actor=challenges.lead, now=challenges.now
        )
    with pytest.raises(NotAllowed):
        service.withdraw(session, challenge, actor=challenges.lead, now=challenges.now)
    service.withdraw(session, challenge, actor=challenges.pm, now=challenges.now)

    assert (challenge.state, challenge.staff_note) == (S.WITHDRAWN, "Solved")
    assert heard[-2:] == [
        events.ChallengeWithdrawalAsked(
            challenge.id, challenges.lead.user_id, challenges.now, "Solved"
        ),
        events.ChallengeWithdrawn(challenge.id, challenges.pm.user_id, challenges.now, "Solved"),
    ]


def test_nothing_is_withdrawn_after_the_award(challenges, session):
    challenge = challenges.make(S.AWARDED)

    with pytest.raises(WrongState):
        service.ask_withdrawal(
            session, challenge, "Late", actor=challenges.lead, now=challenges.now
        )


VERBS = {
    "submit": lambda s, c, a, n: service.submit(s, c, accept_terms=True, actor=a, now=n),
    "request_changes": lambda s, c, a, n: service.request_changes(s, c, "x", actor=a, now=n),
    "approve": lambda s, c, a, n: service.approve(s, c, actor=a, now=n),
    "reject": lambda s, c, a, n: service.reject(s, c, "x", actor=a, now=n),
    "publish": lambda s, c, a, n: service.publish(s, c, actor=a, now=n),
    "pause": lambda s, c, a, n: service.pause(s, c, "x", actor=a, now=n),
    "resume": lambda s, c, a, n: service.resume(s, c, actor=a, now=n),
    "evaluate": lambda s, c, a, n: service.evaluate(s, c, actor=a, now=n),
    "withdraw": lambda s, c, a, n: service.withdraw(s, c, "x", actor=a, now=n),
}
DOERS = {
    "submit": {"lead"}, "request_changes": {"pm"}, "approve": {"pm"}, "reject": {"pm"},
    "publish": {"pm"}, "pause": {"pm"}, "resume": {"pm"}, "evaluate": {"system"},
    "withdraw": {"pm"},
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", PATHS)
def test_every_verb_by_everybody_in_every_state(challenges, people, session, verb, state):
    """A verb succeeds for exactly its doers in exactly its states; all else changes nothing."""
    challenge = challenges.make(state)
    if state in BEFORE_AWARD and verb == "withdraw":
        challenge.withdrawal_asked_at, challenge.withdrawal_reason = challenges.now, "x"
    session.commit()
    at = challenge.closes_at if verb == "evaluate" else challenges.now
    program, organization = challenge.call.program, challenge.organization
    everybody = {
        "lead": challenges.lead, "pm": challenges.pm, "system": SYSTEM, "public": PUBLIC,
        "member": challenges.actor(people.owner_member(organization)),
        "admin": challenges.actor(people.admin()), "auditor": challenges.actor(people.auditor()),
        "other lead": challenges.actor(people.owner_lead(people.organization())),
        "other pm": challenges.actor(people.pm(people.program())),
    }  # fmt: skip
    assert program is not None

    done = set()
    for name, actor in everybody.items():
        before = challenge.state, challenge.version
        with session.begin_nested() as attempt:
            try:
                VERBS[verb](session, challenge, actor, at)
            except Refusal:
                assert (challenge.state, challenge.version) == before
            else:
                done.add(name)
                attempt.rollback()
        session.refresh(challenge)

    assert done == (DOERS[verb] if CHALLENGE.allows(state, verb) else set())


def test_following_twice_and_unfollowing_twice_is_calm(challenges, session):
    challenge = challenges.make(S.PUBLISHED)
    fan = challenges.actor(challenges.people.user())

    for _ in range(2):
        service.follow(session, challenge, actor=fan, now=challenges.now)
    followed = queries.followers(session, challenge.id)
    for _ in range(2):
        service.unfollow(session, challenge, actor=fan)

    assert (followed, queries.followers(session, challenge.id)) == ([fan.user_id], [])
    with pytest.raises(NotFound):
        service.follow(session, challenges.make(S.DRAFT), actor=fan, now=challenges.now)


def test_the_record_stays_whole(challenges, session):
    for state in PATHS:
        challenges.make(state)

    assert audit_service.first_broken(session) is None


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien's \"panel\"",
        "ＡＢＣ１２３ 良率",
        "🚀🔧",
        "שלום עולם",
        "x" * 10_000,
        "a\x00b",
        "<b>",
    ],
)
def test_whatever_is_written_is_kept(challenges, session, text):
    challenge = challenges.make(S.DRAFT)
    need = replace(complete_content().need, pain_zh=text)

    service.edit(
        session, challenge, need, version=challenge.version, actor=challenges.lead,
        now=challenges.now,
    )  # fmt: skip
    session.expire(challenge)

    assert challenge.pain.zh_TW == text.replace("\x00", "")
