"""The second step of signing in: codes of an authenticator app, and recovery codes in their place.

Codes follow RFC 6238 as all apps know it: SHA-1, six digits, half a minute. A code is good one
half-minute early or late, and once only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from matchmaker.accounts import sessions, signing_in
from matchmaker.accounts.events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorReset,
    SecondFactorSwitchedOff,
    SecondFactorSwitchedOn,
)
from matchmaker.accounts.models import RecoveryCode, SecondFactor, User
from matchmaker.accounts.policy import Protected
from matchmaker.audit.service import record
from matchmaker.kernel.actor import STAFF_ROLES, Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.identifiers import fingerprint, public_id
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean, fold

ISSUER = "Matchmaker"
SEED_BYTES = 20  # RFC 4226, section 4: 160 bits
HALF_MINUTE = 30
EARLY_OR_LATE = 1
DIGITS = 6
SET_UP_WITHIN = timedelta(minutes=30)
RECOVERY_CODES = 10
GROUP = 4
WRONG_CODE = msg("This code does not fit, or it was used already. Wait for the next one.")
SET_UP_AGAIN = msg("The time for setting up has run out. Begin again.")
IS_OFF = msg("The second step is switched off already.")


class Authenticator:
    """Reckons seeds and codes with the secret key of an installation, and knows who needs them."""

    def __init__(self, key: str, *, is_duty_of_staff: bool):
        self._key = hmac.digest(key.encode(), b"second factor", hashlib.sha256)
        self._is_duty_of_staff = is_duty_of_staff

    def is_duty(self, actor: Actor) -> bool:
        """Whether the roles held ask for the second step."""
        return self._is_duty_of_staff and actor.holds_any(STAFF_ROLES)

    def seed(self, salt: str) -> str:
        """The seed that follows from a salt, as apps take it."""
        digest = hmac.digest(self._key, salt.encode(), hashlib.sha256)
        return base64.b32encode(digest[:SEED_BYTES]).decode()

    def address(self, salt: str, email: str) -> str:
        """What a QR code says to an app."""
        return pyotp.TOTP(self.seed(salt)).provisioning_uri(name=email, issuer_name=ISSUER)

    def fitting(self, salt: str, code: str, *, now: datetime) -> int | None:
        """The half-minute that a code belongs to; None when it belongs to none around now."""
        codes, present = pyotp.TOTP(self.seed(salt)), int(now.timestamp()) // HALF_MINUTE
        around = range(present - EARLY_OR_LATE, present + EARLY_OR_LATE + 1)
        fits = [step for step in around if hmac.compare_digest(codes.generate_otp(step), code)]
        return fits[-1] if fits else None


def begin(
    session: Session, user: User, *, in_session: int, actor: Actor, now: datetime
) -> SecondFactor:
    """Make the seed of an app that is being set up; nothing changes before its first code.

    The caller has checked the password just now, and a code where there is an app already.
    """
    require(actor, "account.use_second_factor", user)
    row = session.get(SecondFactor, user.id)
    if row is None:
        row = SecondFactor(user_id=user.id)
        session.add(row)
    row.pending_salt = secrets.token_urlsafe(32)
    row.pending_session, row.pending_at = in_session, now
    session.flush()
    _note(session, user, "account.begin_second_factor", actor=actor, now=now)
    return row


def being_set_up(
    session: Session, user: User, *, in_session: int, now: datetime
) -> SecondFactor | None:
    """The app that is being set up in this session, while there is time. One statement."""
    return session.scalar(
        select(SecondFactor)
        .where(
            SecondFactor.user_id == user.id,
            SecondFactor.pending_salt.is_not(None),
            SecondFactor.pending_session == in_session,
            SecondFactor.pending_at > now - SET_UP_WITHIN,
        )
        .options(undefer(SecondFactor.pending_salt))
    )


def confirm(
    session: Session,
    user: User,
    typed: str,
    authenticator: Authenticator,
    *,
    in_session: int,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Use the app from now on, once its first code fits; returns the recovery codes.

    Every session of the person ends.

    Raises:
        WrongState: nothing is being set up in this session.
        Invalid: the code does not fit.
    """
    require(actor, "account.use_second_factor", user)
    row = being_set_up(session, user, in_session=in_session, now=now)
    if row is None or row.pending_salt is None:
        raise WrongState(SET_UP_AGAIN)
    step = authenticator.fitting(row.pending_salt, bare(typed), now=now)
    if step is None:
        raise Invalid({"code": WRONG_CODE})
    is_another = user.second_factor_at is not None
    row.salt, row.last_step = row.pending_salt, step
    row.pending_salt = row.pending_session = row.pending_at = None
    user.second_factor_at = now
    user.version += 1
    codes = _new_codes(session, user)
    sessions.end_all(session, user.id)
    _note(session, user, "account.switch_on_second_factor", actor=actor, now=now)
    publish(session, SecondFactorSwitchedOn(user.id, is_another, now))
    return codes


def accept(
    session: Session,
    user: User,
    typed: str,
    authenticator: Authenticator,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Use up a code of the app or a recovery code; False when it is neither or was used before.

    Of two who send the same one at once, one succeeds: the database decides.
    """
    code = bare(typed)
    if len(code) == DIGITS and code.isdigit():
        is_right = _use_step(session, user, code, authenticator, now=now)
    else:
        is_right = _use_recovery_code(session, user, code, actor=actor, now=now)
    if is_right:
        signing_in.forget_codes(session, user.email)
    return is_right


def _use_step(
    session: Session, user: User, code: str, authenticator: Authenticator, *, now: datetime
) -> bool:
    salt = session.scalar(select(SecondFactor.salt).where(SecondFactor.user_id == user.id))
    step = authenticator.fitting(salt, code, now=now) if salt else None
    if step is None:
        return False
    used = session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user.id, SecondFactor.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _use_recovery_code(
    session: Session, user: User, code: str, *, actor: Actor, now: datetime
) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _hashed(user, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        return False
    left = codes_left(session, user)
    _note(session, user, "account.use_recovery_code", actor=actor, now=now, left=left)
    publish(session, RecoveryCodeUsed(user.id, left, now))
    return True


def renew_codes(session: Session, user: User, *, actor: Actor, now: datetime) -> list[str]:
    """Make new recovery codes; the old ones are dead.

    The caller has checked the password and a code just now.

    Raises:
        WrongState: the second step is switched off.
    """
    require(actor, "account.use_second_factor", user)
    if user.second_factor_at is None:
        raise WrongState(IS_OFF)
    codes = _new_codes(session, user)
    _note(session, user, "account.renew_recovery_codes", actor=actor, now=now)
    publish(session, RecoveryCodesMade(user.id, now))
    return codes


def switch_off(
    session: Session, user: User, authenticator: Authenticator, *, actor: Actor, now: datetime
) -> None:
    """Ask for the password alone from now on; every session of the person ends.

    The caller has checked the password and a code just now.

    Raises:
        NotAllowed: a role that the person holds asks for the second step.
        WrongState: it is switched off already.
    """
    account = Protected(user, authenticator.is_duty(actor))
    require(actor, "account.switch_off_second_factor", account)
    _remove(session, user)
    _note(session, user, "account.switch_off_second_factor", actor=actor, now=now)
    publish(session, SecondFactorSwitchedOff(user.id, now))


def reset(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take the second step off the account of somebody who lost the app; all sessions end.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no reason.
        WrongState: it is switched off already.
    """
    require(actor, "account.reset_second_factor", user)
    if not reason.strip():
        raise Invalid({"reason": msg("Please give a reason.")})
    _remove(session, user)
    _note(session, user, "account.reset_second_factor", actor=actor, now=now, reason=clean(reason))
    publish(session, SecondFactorReset(user.id, now))


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes of a person are unused. One statement."""
    stmt = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(stmt) or 0


def are_own_codes(session: Session, user: User, codes: Collection[str]) -> bool:
    """Whether these are unused recovery codes of the person, every one. One statement."""
    hashes = {_hashed(user, bare(code)) for code in codes}
    stmt = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.user_id == user.id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.code_hash.in_(hashes),
    )
    return bool(hashes) and session.scalar(stmt) == len(hashes)


def bare(typed: str) -> str:
    """A code as it is compared: full-width digits become plain ones, blanks and dashes go."""
    return "".join(character for character in fold(typed) if character.isalnum())


def in_groups(text: str, separator: str) -> str:
    """A long code as it is read out: in groups of four."""
    return separator.join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _new_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [public_id() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hashed(user, code)) for code in codes)
    session.flush()
    return [in_groups(code, "-") for code in codes]


def _hashed(user: User, code: str) -> str:
    return fingerprint(f"{user.id}\n{code}")


def _remove(session: Session, user: User) -> None:
    """Forget app and codes; of two who do it at once, one succeeds."""
    if user.second_factor_at is None:
        raise WrongState(IS_OFF)
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    user.second_factor_at = None
    user.version += 1
    session.flush()
    sessions.end_all(session, user.id)
    signing_in.forget_codes(session, user.email)


def _note(
    session: Session,
    user: User,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    **after: int,
) -> None:
    record(
        session, action, actor=actor, now=now, kind="account", object_id=user.id, name=user.name,
        after=after or None, reason=reason,
    )  # fmt: skip
