"""Files of a proposal: added to and taken from the draft, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.files import FileStore
from matchmaker.kernel.i18n import msg
from matchmaker.programs.rules import MOST_DOCUMENTS, checklist_of
from matchmaker.proposals import guards, policy, queries
from matchmaker.proposals.content import Section
from matchmaker.proposals.models import Attachment, Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.proposals.recording import note

MOST_FILES = MOST_DOCUMENTS + 5  # whatever a call asks for, and some more


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: its content, the name it was given, and what it answers to."""

    stream: IO[bytes]
    name: str
    document: str = ""


def attach(
    session: Session,
    proposal: Proposal,
    upload: Upload,
    store: FileStore,
    *,
    actor: Actor,
    now: datetime,
) -> Attachment:
    """Add a file to the draft.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it is handed in, or the challenge has closed.
        Invalid: too many files, or one that is not accepted (field ``file``).
    """
    proposal = queries.locked(session, proposal)
    guards.require_editing(actor, proposal, Section.ATTACHMENTS, now=now)
    if len(queries.attachments(session, proposal)) >= MOST_FILES:
        raise Invalid({"file": msg("Use at most %(n)s files.", n=str(MOST_FILES))})
    asked_for = {item.id for item in checklist_of(proposal.challenge.call.checklist)}
    if upload.document and upload.document not in asked_for:
        raise Invalid({"document": msg("The call asks for no such document.")})
    stored = store.put(upload.stream, upload.name)
    file = Attachment(
        proposal=proposal,
        name=stored.name,
        kind=stored.kind.extension,
        size=stored.size,
        sha256=stored.sha256,
        stored_as=stored.stored_as,
        document=upload.document or None,
        added_at=now,
        added_by=actor.user_id,
    )
    session.add(file)
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    note(
        session, "attachment.add", proposal, actor=actor, now=now, in_team=True,
        after={"sha256": file.sha256, "size": file.size, "kind": file.kind},
    )  # fmt: skip
    return file


def detach(
    session: Session, proposal: Proposal, file: Attachment, *, actor: Actor, now: datetime
) -> None:
    """Take a file from the draft; versions that were kept with it still hold it.

    A file that no version holds is forgotten; the sweep deletes what it left in the store.

    Raises:
        NotFound, NotAllowed: by the policy, or the file is gone already.
        WrongState: the proposal is handed in, or the challenge has closed.
    """
    proposal = queries.locked(session, proposal)
    guards.require_editing(actor, proposal, Section.ATTACHMENTS, now=now)
    if file.proposal_id != proposal.id or file.removed_at is not None:
        raise NotFound
    if queries.is_kept(session, file):
        file.removed_at = now
    else:
        session.delete(file)
    guards.touch(proposal, actor=actor, now=now)
    session.flush()
    note(
        session, "attachment.remove", proposal, actor=actor, now=now, in_team=True,
        before={"sha256": file.sha256, "size": file.size, "kind": file.kind},
    )  # fmt: skip


def note_download(
    session: Session, sight: Sight, file: Attachment, *, actor: Actor, now: datetime
) -> None:
    """Write down that somebody outside the team took a confidential file."""
    if policy.is_own(actor, sight.proposal):
        return
    note(
        session, "attachment.download", sight.proposal, actor=actor, now=now,
        after={"sha256": file.sha256},
    )  # fmt: skip


def sweep(session: Session, store: FileStore, *, now: datetime) -> int:
    """Delete stored files that no row points to; returns how many."""
    return store.sweep(queries.stored_names(session), now=now)
