"""What owners and teams read and do, and what never reaches them."""

from __future__ import annotations

import re

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.localized import Localized
from matchmaker.matching import candidacies, invitations
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, Side
from tests.factories.matching import add_team, make_cast, make_challenge


def text(answer) -> str:
    return answer.get_data(as_text=True)


def matches(cast, challenge=0, team=None, verb=None):
    parts = ["/challenges", cast.challenges[challenge].ref, "matches"]
    parts += [cast.teams[team].ref] if team is not None else []
    return "/".join(parts + ([verb] if verb else []))


def invite(cast, challenge=0, team=0):
    pm = cast.actor(cast.pm)
    queued = invitations.queue(
        cast.session, cast.pair(challenge, team), version=0, actor=pm, now=cast.now
    )
    invitations.release(cast.session, cast.call, [queued.public_id], actor=pm, now=cast.now)
    cast.session.commit()
    return queued


# owners


def test_an_owner_reads_fitting_teams_with_parts_reasons_and_gaps(cast, owner):
    cast.run(published=True)

    page = text(owner.get(matches(cast)))

    assert all(team.name.en in page for team in cast.teams)
    assert "Parts of this score" in page
    assert "Ask the programme to invite" in page
    assert "Release" not in page


def test_an_owner_never_learns_of_held_back_teams(cast, owner, pm, session):
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    cast.teams[1].capacity = 0
    session.commit()
    cast.run(published=True)
    staff = text(pm.get(matches(cast)))
    assert cast.teams[0].name.en in staff
    assert "held back by a rule" in staff

    page = text(owner.get(matches(cast)))

    for secret in (
        cast.teams[0].name.en, cast.teams[0].ref, cast.teams[1].name.en, "held back", "conflict of",
    ):  # fmt: skip
        assert secret not in page
    assert owner.get(matches(cast, team=0)).status_code == 404
    assert owner.get(matches(cast, team=1)).status_code == 404
    assert owner.get(matches(cast, team=2)).status_code == 200


def test_an_owner_never_learns_that_office_or_team_put_a_pair_aside(cast, owner, pm, session):
    cast.run(published=True)
    for side, person in ((Side.PM, cast.pm), (Side.TEAM, cast.leads[0])):
        candidacies.dismiss(
            session, cast.pair(), Refused(DismissReason.OTHER, f"secret of {side}"), side=side,
            version=None, actor=cast.actor(person), now=cast.now,
        )  # fmt: skip
    session.commit()
    assert "secret of pm" in text(pm.get(matches(cast, team=0)))

    for page in (text(owner.get(matches(cast))), text(owner.get(matches(cast, team=0)))):
        assert "secret of" not in page
        assert "Put aside" not in page
        assert "Dismissed" not in page


def test_the_history_of_a_pair_names_others_only_to_staff(cast, owner, pm, session):
    cast.run(published=True)
    cast.pm.name = "Wang Mei-ling"
    session.commit()
    invite(cast)
    assert "Wang Mei-ling" in text(pm.get(matches(cast, team=0)))

    page = text(owner.get(matches(cast, team=0)))

    assert "Invited" in page
    assert "Wang Mei-ling" not in page
    assert "Put on the list of invitations" not in page


def test_an_owner_wishes_for_a_team_and_puts_another_aside(cast, owner, pm, session):
    cast.run(published=True)

    owner.post(matches(cast, team=0, verb="shortlist"), data={"version": 0})
    owner.post(
        matches(cast, team=1, verb="dismiss"), data={"version": 0, "reason": "no_experience"}
    )

    page = text(pm.get(matches(cast)))
    assert "The owner would like this team to be invited." in page
    assert "Put aside by Problem owner: Too little experience with such a site" in page


def test_a_run_that_is_not_published_is_hidden_from_the_owner(cast, owner, pm):
    cast.run()

    page = text(owner.get(matches(cast)))

    assert "No recommendation is published yet." in page
    assert cast.teams[0].name.en not in page
    assert owner.get(matches(cast, team=0)).status_code == 404
    assert cast.teams[0].name.en in text(pm.get(matches(cast)))


def test_a_replaced_run_is_not_shown_to_the_owner(cast, owner, session):
    cast.run(published=True)
    cast.teams[0].is_listed = False
    session.commit()
    cast.run(published=True)

    assert cast.teams[0].name.en not in text(owner.get(matches(cast)))


# teams


def test_a_team_reads_challenges_with_three_reasons_and_what_is_missing(cast, lead):
    cast.run(published=True)

    page = text(lead.get("/recommendations"))

    assert all(challenge.title.en in page for challenge in cast.challenges)
    assert page.count('class="reason is-for"') == 6
    assert "from version 1 of the profile" in page


def test_a_team_sees_neither_scores_nor_names_of_others(cast, lead, session):
    cast.teams[1].name = Localized(en="Rival Incorporated")
    session.commit()
    cast.run(published=True)

    pages = [
        text(lead.get("/recommendations")),
        text(lead.get(f"/recommendations/{cast.challenges[0].ref}")),
        text(lead.get(f"/recommendations?why={cast.challenges[0].ref}")),
    ]

    for page in pages:
        assert cast.teams[0].name.en in page or cast.challenges[0].ref in page
        for other in cast.teams[1:]:
            assert other.name.en not in page
            assert other.ref not in page
        assert "score-number" not in page


def test_a_team_never_learns_of_challenges_that_are_not_public(cast, lead, pm, session):
    secret = make_challenge(
        session, cast.call, cast.challenges[0].organization, title="Secret defects",
        state=ChallengeState.APPROVED, now=cast.now,
    )  # fmt: skip
    cast.run(published=True)
    assert "Secret defects" in text(pm.get("/matching"))

    assert "Secret defects" not in text(lead.get("/recommendations"))
    assert "There is no public challenge" in text(lead.get(f"/recommendations?why={secret.ref}"))
    for key in (secret.ref, secret.public_id):
        assert lead.get(f"/recommendations/{key}").status_code == 404
        assert lead.post(f"/recommendations/{key}/interested").status_code == 404


def test_a_conflict_is_not_spelt_out_to_the_team(cast, lead, session):
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    session.commit()
    cast.run(published=True)

    page = text(lead.get(f"/recommendations?why={cast.challenges[0].ref}"))

    assert "A rule of the programme keeps it out of your recommendations." in page
    answer = page.split('aria-live="polite"')[1].split("</section>")[0]
    assert "conflict" not in answer.lower()
    assert "organisation that owns" not in page
    assert lead.get(f"/recommendations/{cast.challenges[0].ref}").status_code == 404


def test_a_team_never_learns_that_owner_or_office_put_it_aside(cast, lead, session):
    cast.run(published=True)
    before = text(lead.get("/recommendations"))
    for side, person in ((Side.PM, cast.pm), (Side.OWNER, cast.owners[0])):
        candidacies.dismiss(
            session, cast.pair(), Refused(DismissReason.OTHER, "secret"), side=side,
            version=None, actor=cast.actor(person), now=cast.now,
        )  # fmt: skip
    session.commit()

    after = text(lead.get("/recommendations"))

    assert bare(after) == bare(before)
    assert lead.post(f"/recommendations/{cast.challenges[0].ref}/interested").status_code == 302


def bare(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrf_token" value="[^"]+"|\b[0-9a-f]{12}\b', "", page)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda cast: None, "It is on your list."),
        (
            lambda cast: setattr(cast.teams[0], "capacity", 0),
            "The team says that it can take on no PoC.",
        ),
        (
            lambda cast: setattr(cast.teams[0], "is_listed", False),
            "Your team is not listed, so runs do not read its profile.",
        ),
    ],
)
def test_why_not_answers_by_rule(cast, lead, session, prepare, sentence):
    prepare(cast)
    session.commit()
    cast.run(published=True)

    assert sentence in text(lead.get(f"/recommendations?why={cast.challenges[0].ref}"))


def test_why_not_answers_by_score(cast, lead, session):
    for n in range(10):
        make_challenge(
            session, cast.call, cast.challenges[0].organization, title=f"Defects again {n}",
            now=cast.now,
        )  # fmt: skip
    far = make_challenge(
        session, cast.call, cast.challenges[0].organization, title="Plan menus",
        body="The kitchen plans menus by hand and throws away images.", technologies=[],
        domains=[], now=cast.now,
    )  # fmt: skip
    cast.run(published=True)

    page = text(lead.get(f"/recommendations?why={far.ref}"))

    assert re.search(r"Its fit to your profile is 0\.\d\d; the last on your list has 0\.\d\d", page)


def test_a_challenge_published_after_the_run_says_so(cast, lead, session):
    from datetime import timedelta

    cast.run(published=True)
    late = make_challenge(
        session, cast.call, cast.challenges[0].organization, title="Late", now=cast.now
    )
    late.published_at = cast.now + timedelta(minutes=1)
    session.commit()

    assert "It was published after the run." in text(lead.get(f"/recommendations?why={late.ref}"))


def test_a_changed_profile_is_pointed_out(cast, lead, session):
    cast.run(published=True)
    cast.teams[0].version += 1
    session.commit()

    assert "Your profile changed since this was computed." in text(lead.get("/recommendations"))


def test_not_for_us_moves_a_challenge_to_those_put_aside_and_back(cast, lead, session):
    cast.run(published=True)
    ref, title = cast.challenges[0].ref, cast.challenges[0].title.en

    answer = lead.post(f"/recommendations/{ref}/dismiss", data={"reason": "no_capacity"})
    assert answer.status_code == 302
    assert title not in text(lead.get("/recommendations"))
    aside = text(lead.get("/recommendations?show=aside"))
    assert "Your team put it aside: No capacity at that time." in aside
    assert title in aside

    assert lead.post(f"/recommendations/{ref}/reconsider").status_code == 302
    assert title in text(lead.get("/recommendations"))


def test_saving_follows_a_challenge_and_again_does_not(cast, lead, session):
    cast.run(published=True)
    address = f"/recommendations/{cast.challenges[0].ref}/save"

    lead.post(address)
    assert text(lead.get("/recommendations")).count("<span>Saved</span>") == 1
    lead.post(address)
    assert text(lead.get("/recommendations")).count("<span>Saved</span>") == 0


def test_an_invitation_stands_first_and_is_answered_once(cast, lead, session):
    cast.run(published=True)
    invitation = invite(cast, challenge=1)
    address = f"/recommendations/invitations/{invitation.public_id}"

    page = text(lead.get("/recommendations"))
    assert page.index(cast.challenges[1].title.en) < page.index(cast.challenges[0].title.en)
    assert "You are invited." in page
    assert "We are interested" in text(lead.get(address))
    assert lead.post(f"{address}/accept").status_code == 302
    assert lead.post(f"{address}/accept").status_code == 409
    assert lead.post(f"{address}/decline", data={"reason": "conflict"}).status_code == 409
    assert "This invitation has been answered or is over." in text(lead.get(address))


def test_declining_needs_a_reason(cast, lead, session):
    cast.run(published=True)
    invitation = invite(cast)
    address = f"/recommendations/invitations/{invitation.public_id}"

    assert lead.post(f"{address}/decline", data={}).status_code == 422
    assert lead.post(f"{address}/decline", data={"reason": "no_capacity"}).status_code == 302

    session.expire_all()
    assert invitation.state is CandidacyState.DECLINED


def test_reading_an_invitation_answers_nothing(cast, lead, session):
    invitation = invite(cast)

    lead.get(f"/recommendations/invitations/{invitation.public_id}")

    session.expire_all()
    assert invitation.state is CandidacyState.INVITED


def test_somebody_without_a_team_is_told_what_to_do(people, browse_as):
    assert "You are in no team." in text(browse_as(people.user()).get("/recommendations"))


def test_the_release_previews_each_mail_in_its_readers_language(cast, pm, session):
    from matchmaker.kernel.i18n import Lang

    cast.leads[0].lang, cast.leads[1].lang = Lang.ZH_TW, Lang.EN
    session.commit()
    cast.run()
    for team in (0, 1):
        pm.post(matches(cast, team=team, verb="invite"), data={"version": 0})

    page = text(pm.get("/matching/invitations"))
    letters = page.split('class="card letter"')[1:]

    assert [("zh-Hant-TW" in letter, 'lang="en"' in letter) for letter in letters] == [
        (True, False),
        (False, True),
    ]
    assert f"{cast.challenges[0].ref}: invitation to answer a problem" in letters[1]
    sent = pm.post(
        "/matching/invitations",
        data={
            "call": cast.call.slug,
            "invitation": re.findall(r'name="invitation" value="(\w+)"', page),
        },
    )
    assert sent.status_code == 302
    assert "2 invitations are on their way." in text(pm.get(sent.headers["Location"]))


@pytest.mark.parametrize("many", [1, 3, 50])
def test_lists_of_owner_and_team_cost_the_same_however_long_they_are(
    session, people, browse_as, many
):
    cast = make_cast(session, people, challenges=0, teams=0)
    company = people.organization("Owner")
    for n in range(many):
        cast.challenges.append(
            make_challenge(session, cast.call, company, title=f"Defects {n}", now=cast.now)
        )
        add_team(cast, name=f"Keen Eye {n}")
    cast.run(published=True)
    owner, lead = browse_as(people.owner_lead(company)), browse_as(cast.leads[0])
    for browser in (owner, lead):
        browser.get("/recommendations")

    assert int(owner.get(matches(cast)).headers["X-Statements"]) == 6
    assert int(lead.get("/recommendations").headers["X-Statements"]) == 5


@pytest.mark.parametrize("address", ["/recommendations", "/challenges/{}/matches"])
def test_both_sides_read_in_chinese(cast, browse_as, address):
    cast.run(published=True)
    person = cast.leads[0] if "recommendations" in address else cast.owners[0]

    page = text(browse_as(person, "zh-TW").get(address.format(cast.challenges[0].ref)))

    assert "團隊檔案提到相同的內容" in page
