"""Who is told when something happens to a proposal: before the close, its own team only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.accounts import queries as accounts
from matchmaker.kernel import formats
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.events import subscribe
from matchmaker.kernel.i18n import Message, msg
from matchmaker.notifications.letters import Letter, harmless
from matchmaker.notifications.outbox import Recipient
from matchmaker.notifications.telling import News, tell
from matchmaker.proposals import events, queries
from matchmaker.proposals.events import ProposalFact

MEMBERS = (Role.TEAM_LEAD, Role.TEAM_MEMBER)
IN_THE_TEAM = msg("You get this mail because you are in the team.")


@subscribe(events.ProposalSubmitted)
def confirm_the_receipt(session: Session, event: events.ProposalSubmitted) -> None:
    """Give the team a receipt; whoever handed it in gets one as well."""
    _tell(
        session, "proposal_submitted", event, msg("Your proposal was received"),
        msg("Version %(version)s of your proposal was received at %(moment)s: %(thing)s"),
        version=event.version,
    )  # fmt: skip


@subscribe(events.ProposalReturned)
def tell_of_return(session: Session, event: events.ProposalReturned) -> None:
    """Tell the team that nothing is handed in at the moment."""
    _tell(
        session, "proposal_returned", event, msg("Your proposal is a draft again"),
        msg("Your proposal was taken back at %(moment)s and is not handed in: %(thing)s"),
    )  # fmt: skip


@subscribe(events.ProposalWithdrawn)
def tell_of_withdrawal(session: Session, event: events.ProposalWithdrawn) -> None:
    """Tell the team that the proposal is given up."""
    _tell(
        session, "proposal_withdrawn", event, msg("Your proposal was withdrawn"),
        msg("Your proposal was withdrawn at %(moment)s: %(thing)s"),
    )  # fmt: skip


def _tell(
    session: Session,
    kind: str,
    event: ProposalFact,
    subject: Message,
    sentence: Message,
    **values: object,
) -> None:
    proposal = queries.by_id(session, event.proposal_id)
    challenge = proposal.challenge
    news = News(kind, "proposal", proposal.id, event.at)
    for user in accounts.holders(session, Scope.TEAM, event.team_id, MEMBERS):
        lang = Recipient.of(user).lang
        thing = harmless(f"{challenge.ref or ''} {challenge.title.best(lang)[0]}")
        gaps = {**values, "thing": thing, "moment": formats.instant(event.at, lang)}
        letter = Letter(
            msg("%(ref)s: %(what)s", ref=challenge.ref, what=subject) if challenge.ref else subject,
            (Message(sentence.text, gaps),),
            IN_THE_TEAM,
            f"/proposals/{proposal.key}",
        )
        tell(session, [user], news, letter)
