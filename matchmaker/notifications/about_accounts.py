"""Mail about accounts: links, warnings, invitations. None of it tells whether others have one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.accounts import events, queries
from matchmaker.accounts.models import StaffProposal, User
from matchmaker.accounts.words import ROLES
from matchmaker.kernel import formats
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.events import subscribe
from matchmaker.kernel.i18n import msg
from matchmaker.notifications import notices
from matchmaker.notifications.letters import Letter, harmless
from matchmaker.notifications.outbox import Recipient, queue

YOU_ASKED = msg("You get this mail because this address was entered on our site.")
YOUR_ACCOUNT = msg("You get this mail because it concerns your account.")
NOT_YOU = msg("If it was not you, ignore this mail. Nothing happens without the link.")
FACTOR_PAGE = "/settings/second-factor"
CHECK = msg(
    "If it was not you, choose a new password at once and end all sessions on the security page."
)


@subscribe(events.RegistrationToConfirm)
def ask_to_confirm(session: Session, event: events.RegistrationToConfirm) -> None:
    """Let the holder of the address open the account."""
    letter = Letter(
        msg("Confirm your address"),
        (
            msg("Somebody registered an account with this address."),
            msg("If it was you, open this link by %(moment)s and confirm.", moment=_until(event)),
            NOT_YOU,
        ),
        YOU_ASKED,
        f"/verify/{event.token}",
    )
    _send_link(session, "confirm_address", letter, event)


@subscribe(events.KnownAddressRegistered)
def tell_of_known_address(session: Session, event: events.KnownAddressRegistered) -> None:
    """Tell the holder of an account that somebody entered its address as a new one."""
    letter = Letter(
        msg("You have an account already"),
        (
            msg("Somebody entered this address for a new account or as a new address."),
            msg("There is an account with it already. Sign in, or choose a new password here:"),
        ),
        YOU_ASKED,
        "/password",
    )
    _send_word(session, "known_address", letter, event)


@subscribe(events.PasswordResetAsked)
def send_reset_link(session: Session, event: events.PasswordResetAsked) -> None:
    """Let the holder of the address choose a new password."""
    letter = Letter(
        msg("Choose a new password"),
        (
            msg("Somebody asked for a new password for the account with this address."),
            msg("If it was you, open this link by %(moment)s.", moment=_until(event)),
            NOT_YOU,
        ),
        YOU_ASKED,
        f"/password/reset/{event.token}",
    )
    _send_link(session, "reset_password", letter, event)


@subscribe(events.ResetWithoutAccount)
def tell_of_no_account(session: Session, event: events.ResetWithoutAccount) -> None:
    """Spare somebody who mixed up two addresses the waiting."""
    letter = Letter(
        msg("No account with this address"),
        (
            msg(
                "Somebody asked for a new password, but no account can be opened with this address."
            ),
            msg("Perhaps you used another address. If it was not you, ignore this mail."),
        ),
        YOU_ASKED,
    )
    _send_word(session, "no_account", letter, event)


@subscribe(events.EmailChangeAsked)
def ask_new_address(session: Session, event: events.EmailChangeAsked) -> None:
    """Let the holder of the new address confirm it."""
    letter = Letter(
        msg("Confirm your new address"),
        (
            msg("Somebody wants to use this address for an account from now on."),
            msg("If it was you, open this link by %(moment)s and confirm.", moment=_until(event)),
            NOT_YOU,
        ),
        YOU_ASKED,
        f"/verify/{event.token}",
    )
    _send_link(session, "change_address", letter, event)


@subscribe(events.EmailChangeBegan)
def warn_old_address(session: Session, event: events.EmailChangeBegan) -> None:
    """Tell the present address that another one was asked for."""
    letter = Letter(
        msg("Another address was asked for"),
        (
            msg("Somebody signed in to your account asked to change its address."),
            msg("Nothing changes until the new address is confirmed."),
            CHECK,
        ),
        YOUR_ACCOUNT,
        "/settings/security",
    )
    _warn(session, "address_change_began", letter, session.get_one(User, event.user_id), event.at)


@subscribe(events.EmailChanged)
def tell_old_address(session: Session, event: events.EmailChanged) -> None:
    """Tell the former address that it is no longer in use."""
    user = session.get_one(User, event.user_id)
    letter = Letter(
        msg("Your address was changed"),
        (
            msg("Your account no longer uses this address. All sessions have ended."),
            msg("If it was not you, write to the programme office at once."),
        ),
        YOUR_ACCOUNT,
    )
    to = Recipient(event.old_email, Recipient.of(user).lang, user.id)
    queue(
        session, "address_changed", letter, to=to, now=event.at,
        unique_key=f"address_changed:{user.id}:{event.at.timestamp()}",
    )  # fmt: skip


@subscribe(events.PasswordChanged)
def tell_of_new_password(session: Session, event: events.PasswordChanged) -> None:
    """Tell a person that the password is another one now."""
    letter = Letter(
        msg("Your password was changed"),
        (msg("The password of your account was changed. All sessions have ended."), CHECK),
        YOUR_ACCOUNT,
        "/password",
    )
    _warn(session, "password_changed", letter, session.get_one(User, event.user_id), event.at)


@subscribe(events.SecondFactorSwitchedOn)
def tell_of_second_factor(session: Session, event: events.SecondFactorSwitchedOn) -> None:
    """Tell a person that an app makes codes for the account."""
    letter = Letter(
        msg("The second step is switched on"),
        (
            msg("Signing in to your account now asks for a code from an app that was just set up."),
            CHECK,
        ),
        YOUR_ACCOUNT,
        FACTOR_PAGE,
    )
    kind = "second_factor_moved" if event.is_another else "second_factor_on"
    _tell_and_warn(session, kind, letter, event.user_id, event.at)


@subscribe(events.SecondFactorSwitchedOff)
def tell_of_no_second_factor(session: Session, event: events.SecondFactorSwitchedOff) -> None:
    """Tell a person that the password alone opens the account."""
    letter = Letter(
        msg("The second step is switched off"),
        (msg("Signing in to your account asks for the password alone from now on."), CHECK),
        YOUR_ACCOUNT,
        FACTOR_PAGE,
    )
    _tell_and_warn(session, "second_factor_off", letter, event.user_id, event.at)


@subscribe(events.SecondFactorReset)
def tell_of_reset_factor(session: Session, event: events.SecondFactorReset) -> None:
    """Tell a person that somebody else took the second step off the account."""
    letter = Letter(
        msg("The second step was reset"),
        (
            msg("An administrator reset the second step of your account. All sessions have ended."),
            msg("Sign in with your password and set the second step up again."),
            msg("If you did not ask for this, write to the programme office at once."),
        ),
        YOUR_ACCOUNT,
        FACTOR_PAGE,
    )
    _tell_and_warn(session, "second_factor_reset", letter, event.user_id, event.at)


@subscribe(events.RecoveryCodesMade)
def tell_of_new_codes(session: Session, event: events.RecoveryCodesMade) -> None:
    """Tell a person that there are new recovery codes."""
    letter = Letter(
        msg("You have new recovery codes"),
        (msg("New recovery codes were made for your account. The old ones are dead."), CHECK),
        YOUR_ACCOUNT,
        FACTOR_PAGE,
    )
    _tell_and_warn(session, "recovery_codes_made", letter, event.user_id, event.at)


@subscribe(events.RecoveryCodeUsed)
def tell_of_used_code(session: Session, event: events.RecoveryCodeUsed) -> None:
    """Tell a person that a recovery code was used, and how many are left."""
    letter = Letter(
        msg("A recovery code was used"),
        (
            msg("A recovery code of your account was used. Unused: %(left)s.", left=event.left),
            msg("Make new ones before the last is used up."),
            CHECK,
        ),
        YOUR_ACCOUNT,
        FACTOR_PAGE,
    )
    _tell_and_warn(session, "recovery_code_used", letter, event.user_id, event.at, left=event.left)


@subscribe(events.InvitationMade)
def send_invitation(session: Session, event: events.InvitationMade) -> None:
    """Invite somebody, naming who invites, to what, and as what."""
    letter = Letter(
        msg("An invitation for you"),
        (
            msg(
                "%(person)s invites you to %(thing)s. Your role: %(role)s.",
                person=harmless(event.inviter),
                thing=harmless(event.thing.best(event.lang)[0]) or msg("the platform"),
                role=ROLES[event.role],
            ),
            msg("Open this link by %(moment)s to look at it and accept.", moment=_until(event)),
            msg("If you do not know why, ignore this mail. Nothing happens without the link."),
        ),
        msg("You get this mail because somebody entered your address in an invitation."),
        f"/invitations/{event.token}",
    )
    _send_link(session, "invitation", letter, event)


@subscribe(events.InvitationAccepted)
def tell_the_inviter(session: Session, event: events.InvitationAccepted) -> None:
    """Let whoever invited know that the person has come."""
    if event.inviter_id is not None and event.scope in {Scope.ORGANIZATION, Scope.TEAM}:
        notices.tell(
            session, [event.inviter_id], "invitation_accepted", event.scope.value,
            event.scope_id, now=event.at,
            person=session.get_one(User, event.user_id).name,
        )  # fmt: skip


@subscribe(events.StaffRoleProposed)
def ask_the_other_administrators(session: Session, event: events.StaffRoleProposed) -> None:
    """Have another administrator look at a proposed staff role."""
    proposal = session.get_one(StaffProposal, event.proposal_id)
    others = [
        user
        for user in queries.holders(session, Scope.PLATFORM, 0, [Role.ADMIN])
        if user.id != proposal.proposed_by and user.email != proposal.email
    ]
    letter = Letter(
        msg("A staff role waits for your confirmation"),
        (msg("Another administrator proposed to give somebody a staff role."),),
        msg("You get this mail because you are an administrator."),
        "/admin/invitations/staff",
    )
    notices.tell(
        session, [user.id for user in others], "staff_role_proposed", "staff_proposal",
        proposal.id, now=event.at,
    )  # fmt: skip
    for user in others:
        queue(
            session, "staff_role_proposed", letter, to=Recipient.of(user), now=event.at,
            unique_key=f"staff_role_proposed:{proposal.id}:{user.id}",
        )  # fmt: skip


@subscribe(events.StaffRoleGiven)
def tell_of_staff_role(session: Session, event: events.StaffRoleGiven) -> None:
    """Tell somebody about a new staff role."""
    letter = Letter(
        msg("You have a new role"),
        (
            msg("You hold a new role: %(role)s.", role=ROLES[event.role]),
            msg("Your sessions have ended. Sign in again to work in this role."),
        ),
        YOUR_ACCOUNT,
        "/login",
    )
    _warn(session, "staff_role_given", letter, session.get_one(User, event.user_id), event.at)


@subscribe(events.RoleEnded)
def tell_of_ended_role(session: Session, event: events.RoleEnded) -> None:
    """Tell somebody that a role has ended."""
    letter = Letter(
        msg("One of your roles has ended"),
        (
            msg("You no longer hold this role: %(role)s.", role=ROLES[event.role]),
            msg("Your sessions have ended. Your account stays as it is."),
            msg("If you do not know why, ask the programme office."),
        ),
        YOUR_ACCOUNT,
        "/login",
    )
    _warn(session, "role_ended", letter, session.get_one(User, event.user_id), event.at)


def _until(event: events.LinkMade) -> str:
    return formats.instant(event.expires_at, event.lang)


def _send_link(session: Session, kind: str, letter: Letter, event: events.LinkMade) -> None:
    user = queries.user_by_email(session, event.email)
    to = Recipient(event.email, event.lang, user.id if user else None)
    queue(
        session, kind, letter, to=to, now=event.at, dies_at=event.expires_at,
        unique_key=f"{kind}:{event.token_id}",
    )  # fmt: skip


def _send_word(
    session: Session,
    kind: str,
    letter: Letter,
    event: events.KnownAddressRegistered | events.ResetWithoutAccount,
) -> None:
    user = queries.user_by_email(session, event.email)
    to = Recipient(event.email, event.lang, user.id if user else None)
    queue(session, kind, letter, to=to, now=event.at, unique_key=f"{kind}:{event.token_id}")


def _tell_and_warn(
    session: Session, kind: str, letter: Letter, user_id: int, at: datetime, **values: int
) -> None:
    notices.tell(session, [user_id], kind, "account", user_id, now=at, **values)
    _warn(session, kind, letter, session.get_one(User, user_id), at)


def _warn(session: Session, kind: str, letter: Letter, user: User, at: datetime) -> None:
    key = f"{kind}:{user.id}:{at.timestamp()}"
    queue(session, kind, letter, to=Recipient.of(user), now=at, unique_key=key)
