"""Who is told when something happens to a challenge.

Mails name the problem by its reference or title and never repeat a comment or a reason: those are
read on the page, after signing in.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from matchmaker.accounts import queries as accounts
from matchmaker.accounts.models import User
from matchmaker.challenges import events, queries
from matchmaker.challenges.events import ChallengeFact
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.events import subscribe
from matchmaker.kernel.i18n import Message, msg
from matchmaker.notifications import queries as own_queries
from matchmaker.notifications.letters import Letter, harmless
from matchmaker.notifications.outbox import Recipient
from matchmaker.notifications.telling import News, tell

AS_MANAGER = msg("You get this mail because you manage the programme.")
AS_OWNER = msg("You get this mail because you speak for the organisation that posts the problem.")
AS_FOLLOWER = msg("You get this mail because you follow this problem or your team answers it.")
LEADS = (Role.OWNER_LEAD,)
OWNERS = (Role.OWNER_LEAD, Role.OWNER_MEMBER)


@subscribe(events.ChallengeSubmitted)
def ask_the_managers(session: Session, event: events.ChallengeSubmitted) -> None:
    """Have the programme office decide."""
    _tell(
        session, "challenge_submitted", event, "managers",
        msg("A problem waits for your decision"),
        msg("A problem was handed in for approval: %(thing)s"), AS_MANAGER,
    )  # fmt: skip


@subscribe(events.ChallengeChangesRequested)
def ask_for_changes(session: Session, event: events.ChallengeChangesRequested) -> None:
    """Have the owner look at what the programme office wants changed."""
    _tell(
        session, "challenge_changes_requested", event, "owners",
        msg("Changes requested"),
        msg("The programme office asks for changes to your problem: %(thing)s"), AS_OWNER,
    )  # fmt: skip


@subscribe(events.ChallengeApproved)
def tell_of_approval(session: Session, event: events.ChallengeApproved) -> None:
    """Tell the leads of the owner; members read it once it is public."""
    _tell(
        session, "challenge_approved", event, "leads",
        msg("Your problem was approved"),
        msg("The programme office approved your problem: %(thing)s"), AS_OWNER,
    )  # fmt: skip


@subscribe(events.ChallengeRejected)
def tell_of_rejection(session: Session, event: events.ChallengeRejected) -> None:
    """Tell the owner, who reads the reason on the page."""
    _tell(
        session, "challenge_rejected", event, "owners",
        msg("Your problem was not taken on"),
        msg("The programme office did not take on your problem: %(thing)s"), AS_OWNER,
    )  # fmt: skip


@subscribe(events.ChallengePublished)
def tell_of_publication(session: Session, event: events.ChallengePublished) -> None:
    """Tell the owner that everybody can read it."""
    _tell(
        session, "challenge_published", event, "owners",
        msg("Your problem is public"), msg("Everybody can read your problem now: %(thing)s"),
        AS_OWNER,
    )  # fmt: skip


@subscribe(events.ChallengePaused)
def tell_of_pause(session: Session, event: events.ChallengePaused) -> None:
    """Tell everybody who works on it."""
    _tell(
        session, "challenge_paused", event, "followers",
        msg("A problem is paused"),
        msg("No proposals are taken for the moment: %(thing)s"), AS_FOLLOWER,
    )  # fmt: skip


@subscribe(events.ChallengeResumed)
def tell_of_resumption(session: Session, event: events.ChallengeResumed) -> None:
    """Tell everybody who works on it, since the closing time may have moved."""
    _tell(
        session, "challenge_resumed", event, "followers",
        msg("A problem goes on"),
        msg("Proposals are taken again. Look at the closing time: %(thing)s"), AS_FOLLOWER,
    )  # fmt: skip


@subscribe(events.ChallengeExtended)
def tell_of_extension(session: Session, event: events.ChallengeExtended) -> None:
    """Tell everybody who works on it."""
    _tell(
        session, "challenge_extended", event, "followers",
        msg("A problem closes later"),
        msg("The closing time was moved to a later moment: %(thing)s"), AS_FOLLOWER,
    )  # fmt: skip


@subscribe(events.ChallengeWithdrawalAsked)
def ask_to_withdraw(session: Session, event: events.ChallengeWithdrawalAsked) -> None:
    """Have the programme office decide about a withdrawal."""
    _tell(
        session, "challenge_withdrawal_asked", event, "managers",
        msg("A withdrawal waits for your decision"),
        msg("The owner asks to withdraw a problem: %(thing)s"), AS_MANAGER,
    )  # fmt: skip


@subscribe(events.ChallengeWithdrawn)
def tell_of_withdrawal(session: Session, event: events.ChallengeWithdrawn) -> None:
    """Tell the owner, the followers and the teams that answered."""
    _tell(
        session, "challenge_withdrawn", event, "followers",
        msg("A problem was withdrawn"), msg("A problem was withdrawn: %(thing)s"), AS_FOLLOWER,
    )  # fmt: skip


@subscribe(events.ChallengeEvaluationBegan)
def tell_of_closing(session: Session, event: events.ChallengeEvaluationBegan) -> None:
    """Tell the owner's leads that proposals can be read."""
    _tell(
        session, "challenge_evaluation_began", event, "leads",
        msg("Your problem has closed"),
        msg("The closing time has passed. Proposals can be looked at: %(thing)s"), AS_OWNER,
    )  # fmt: skip


def _tell(
    session: Session,
    kind: str,
    event: ChallengeFact,
    circle: str,
    subject: Message,
    sentence: Message,
    why: Message,
) -> None:
    """Give one circle of people a notice and a mail, each in their language."""
    challenge = queries.of_id(session, event.challenge_id)
    news = News(kind, "challenge", challenge.id, event.at, challenge.call.program_id)
    for user in _people(session, challenge, circle):
        title = challenge.title.best(Recipient.of(user).lang)[0]
        thing = harmless(f"{challenge.ref} {title}" if challenge.ref else title)
        letter = Letter(
            _with_reference(challenge, subject),
            (Message(sentence.text, {"thing": thing}),),
            why,
            f"/challenges/{challenge.key}",
        )
        tell(session, [user], news, letter, but=event.actor_id)


def _people(session: Session, challenge: Challenge, circle: str) -> Iterable[User]:
    if circle == "managers":
        return accounts.holders(session, Scope.PROGRAM, challenge.call.program_id, [Role.PM])
    own, roles = challenge.organization_id, LEADS if circle == "leads" else OWNERS
    people = accounts.holders(session, Scope.ORGANIZATION, own, roles)
    if circle != "followers":
        return people
    others = accounts.active(session, queries.followers(session, challenge.id))
    teams = own_queries.teams_that_answer(session, challenge.id)
    members = accounts.holders_in(session, Scope.TEAM, teams, [Role.TEAM_LEAD, Role.TEAM_MEMBER])
    return {user.id: user for user in (*people, *others, *members)}.values()


def _with_reference(challenge: Challenge, subject: Message) -> Message:
    """The heading begins with the reference where there is one; a title never stands in it."""
    if not challenge.ref:
        return subject
    return msg("%(ref)s: %(what)s", ref=challenge.ref, what=subject)
