"""States of a challenge; ``data/lifecycles.csv`` is the source of the moves."""

from enum import StrEnum

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Lifecycle, Words, move


class ChallengeState(StrEnum):
    """Decisions taken about a challenge. Open or closed is derived from dates."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHED = "published"
    PAUSED = "paused"
    EVALUATING = "evaluating"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    IN_POC = "in_poc"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


_S = ChallengeState
BEFORE_AWARD = frozenset(
    {
        _S.DRAFT,
        _S.SUBMITTED,
        _S.CHANGES_REQUESTED,
        _S.APPROVED,
        _S.PUBLISHED,
        _S.PAUSED,
        _S.EVALUATING,
    }
)
PUBLIC_STATES = frozenset(
    {
        _S.PUBLISHED,
        _S.PAUSED,
        _S.EVALUATING,
        _S.AWARDED,
        _S.NOT_AWARDED,
        _S.IN_POC,
        _S.COMPLETED,
    }
)
EDITABLE_STATES = frozenset({_S.DRAFT, _S.CHANGES_REQUESTED})

CHALLENGE = Lifecycle(
    move("submit", of={_S.DRAFT, _S.CHANGES_REQUESTED}, to=_S.SUBMITTED),
    move("request_changes", of={_S.SUBMITTED}, to=_S.CHANGES_REQUESTED),
    move("approve", of={_S.SUBMITTED}, to=_S.APPROVED),
    move("reject", of={_S.SUBMITTED}, to=_S.REJECTED),
    move("publish", of={_S.APPROVED}, to=_S.PUBLISHED),
    move("pause", of={_S.PUBLISHED}, to=_S.PAUSED),
    move("resume", of={_S.PAUSED}, to=_S.PUBLISHED),
    move("evaluate", of={_S.PUBLISHED}, to=_S.EVALUATING),
    move("award", of={_S.EVALUATING}, to=_S.AWARDED),
    move("close_without_award", of={_S.EVALUATING}, to=_S.NOT_AWARDED),
    move("start_poc", of={_S.AWARDED}, to=_S.IN_POC),
    move("complete", of={_S.IN_POC}, to=_S.COMPLETED),
    move("withdraw", of=BEFORE_AWARD, to=_S.WITHDRAWN),
    move("archive", of={_S.COMPLETED, _S.NOT_AWARDED, _S.WITHDRAWN}, to=_S.ARCHIVED),
)

WORDS = {
    _S.DRAFT: Words(msg("Draft"), msg("In preparation"), "quiet"),
    _S.SUBMITTED: Words(msg("Waiting for approval"), msg("In preparation"), "caution"),
    _S.CHANGES_REQUESTED: Words(msg("Changes requested"), msg("In preparation"), "caution"),
    _S.REJECTED: Words(msg("Rejected"), msg("Not accepted"), "refused"),
    _S.APPROVED: Words(msg("Approved, not yet public"), msg("In preparation"), "note"),
    _S.PUBLISHED: Words(msg("Published"), msg("Open for proposals"), "proof"),
    _S.PAUSED: Words(msg("Paused"), msg("Paused"), "caution"),
    _S.EVALUATING: Words(msg("Under evaluation"), msg("Proposals under review"), "note"),
    _S.AWARDED: Words(msg("Awarded"), msg("Teams selected"), "proof"),
    _S.NOT_AWARDED: Words(msg("No award made"), msg("No award made"), "quiet"),
    _S.IN_POC: Words(msg("PoC running"), msg("PoC running"), "note"),
    _S.COMPLETED: Words(msg("Completed"), msg("Completed"), "proof"),
    _S.WITHDRAWN: Words(msg("Withdrawn"), msg("Withdrawn"), "quiet"),
    _S.ARCHIVED: Words(msg("Archived"), msg("Archived"), "quiet"),
}
