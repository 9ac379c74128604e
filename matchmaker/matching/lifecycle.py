"""States of runs and of candidacies; ``data/lifecycles.csv`` is the source of the moves."""

from enum import StrEnum

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Lifecycle, Words, move


class RunState(StrEnum):
    """Where a run stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    COMPLETED = "completed"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


_R = RunState
UNDER_WAY = frozenset({_R.REQUESTED, _R.RUNNING})
RUN = Lifecycle(
    move("start", of={_R.REQUESTED}, to=_R.RUNNING),
    move("complete", of={_R.RUNNING}, to=_R.COMPLETED),
    move("find_infeasible", of={_R.RUNNING}, to=_R.INFEASIBLE),
    move("fail", of=UNDER_WAY, to=_R.FAILED),
    move("cancel", of=UNDER_WAY, to=_R.CANCELLED),
    move("time_out", of={_R.RUNNING}, to=_R.TIMED_OUT),
    move("publish", of={_R.COMPLETED}, to=_R.PUBLISHED),
    move("withdraw", of={_R.PUBLISHED}, to=_R.WITHDRAWN),
    move("supersede", of={_R.PUBLISHED}, to=_R.SUPERSEDED),
)
RUN_WORDS = {
    _R.REQUESTED: Words(msg("Waiting to start"), msg("Waiting to start"), "quiet"),
    _R.RUNNING: Words(msg("Computing"), msg("Computing"), "note"),
    _R.COMPLETED: Words(msg("Done, not yet published"), msg("In preparation"), "caution"),
    _R.INFEASIBLE: Words(msg("No assignment possible"), msg("In preparation"), "refused"),
    _R.FAILED: Words(msg("Failed"), msg("In preparation"), "refused"),
    _R.CANCELLED: Words(msg("Cancelled"), msg("In preparation"), "quiet"),
    _R.TIMED_OUT: Words(msg("Took too long"), msg("In preparation"), "refused"),
    _R.PUBLISHED: Words(msg("Published to both sides"), msg("Published to both sides"), "proof"),
    _R.WITHDRAWN: Words(msg("Withdrawn"), msg("Withdrawn"), "quiet"),
    _R.SUPERSEDED: Words(msg("Replaced by a newer run"), msg("Replaced by a newer run"), "quiet"),
}


CLASH = "clash"
FAILURE_WORDS = {
    CLASH: msg("A pinned pair breaks a hard rule. Take the pin off, then compute again."),
}


class CandidacyState(StrEnum):
    """The ladder of one pair, from suggestion to outcome."""

    SUGGESTED = "suggested"
    DISMISSED = "dismissed"
    PINNED = "pinned"
    INVITED = "invited"
    INTERESTED = "interested"
    DECLINED = "declined"
    EXPIRED = "expired"
    CONVERTED = "converted"
    OUTCOME_KNOWN = "outcome_known"


_C = CandidacyState
CANDIDACY = Lifecycle(
    move("pin", of={_C.SUGGESTED}, to=_C.PINNED),
    move("unpin", of={_C.PINNED}, to=_C.SUGGESTED),
    move("dismiss", of={_C.SUGGESTED, _C.PINNED, _C.DISMISSED}, to=_C.DISMISSED),
    move("reconsider", of={_C.DISMISSED}, to=_C.SUGGESTED),
    move("invite", of={_C.SUGGESTED, _C.PINNED, _C.EXPIRED}, to=_C.INVITED),
    move(
        "show_interest",
        of={_C.SUGGESTED, _C.PINNED, _C.INVITED, _C.DISMISSED, _C.EXPIRED},
        to=_C.INTERESTED,
    ),
    move("decline", of={_C.INVITED, _C.INTERESTED}, to=_C.DECLINED),
    move("expire", of={_C.INVITED}, to=_C.EXPIRED),
    move("convert", of=set(_C) - {_C.CONVERTED, _C.OUTCOME_KNOWN}, to=_C.CONVERTED),
    move("know_outcome", of={_C.CONVERTED}, to=_C.OUTCOME_KNOWN),
)
CANDIDACY_WORDS = {
    _C.SUGGESTED: Words(msg("Suggested"), msg("Suggested"), "quiet"),
    _C.DISMISSED: Words(msg("Dismissed"), msg("Not for us"), "quiet"),
    _C.PINNED: Words(msg("Pinned"), msg("Suggested"), "note"),
    _C.INVITED: Words(msg("Invited"), msg("Invited"), "caution"),
    _C.INTERESTED: Words(msg("Interested"), msg("Interested"), "proof"),
    _C.DECLINED: Words(msg("Declined"), msg("Declined"), "quiet"),
    _C.EXPIRED: Words(msg("No answer in time"), msg("No answer in time"), "quiet"),
    _C.CONVERTED: Words(msg("Proposal handed in"), msg("Proposal handed in"), "proof"),
    _C.OUTCOME_KNOWN: Words(msg("Outcome known"), msg("Outcome known"), "proof"),
}


class Side(StrEnum):
    """Who puts a pair aside, each for itself: the others are not told."""

    PM = "pm"
    OWNER = "owner"
    TEAM = "team"


SIDE_WORDS = {
    Side.PM: msg("Programme office"),
    Side.OWNER: msg("Problem owner"),
    Side.TEAM: msg("Team"),
}


class Obstacle(StrEnum):
    """A hard rule that keeps a pair from being recommended; the part before the dot is its kind."""

    SAME_ORGANIZATION = "conflict.same_organization"
    TIED = "conflict.tied"
    SHARED_PERSON = "conflict.shared_person"
    FULL = "capacity.full"
    NOT_FREE = "capacity.not_free"
    DISMISSED_BY_PM = "excluded.pm"
    DISMISSED_BY_OWNER = "excluded.owner"
    DISMISSED_BY_TEAM = "excluded.team"
    DECLINED = "excluded.declined"

    @property
    def kind(self) -> str:
        """``conflict``, ``capacity`` or ``excluded``."""
        return self.value.partition(".")[0]


OBSTACLE_WORDS = {
    Obstacle.SAME_ORGANIZATION: msg("The team belongs to the organisation that owns the problem."),
    Obstacle.TIED: msg("The team's organisation and the problem owner are tied to each other."),
    Obstacle.SHARED_PERSON: msg("Somebody in the team also speaks for the problem owner."),
    Obstacle.FULL: msg("The team says that it can take on no PoC."),
    Obstacle.NOT_FREE: msg("The team is free only after the PoC should start."),
    Obstacle.DISMISSED_BY_PM: msg("The programme office put this pair aside."),
    Obstacle.DISMISSED_BY_OWNER: msg("The problem owner put this team aside."),
    Obstacle.DISMISSED_BY_TEAM: msg("The team put this problem aside."),
    Obstacle.DECLINED: msg("The team declined an invitation to this problem."),
}


class DismissReason(StrEnum):
    """Why a pair is put aside; what later runs learn from."""

    WRONG_DOMAIN = "wrong_domain"
    WRONG_TECHNOLOGY = "wrong_technology"
    NO_EXPERIENCE = "no_experience"
    NO_CAPACITY = "no_capacity"
    CONFLICT = "conflict"
    OTHER = "other"


REASON_WORDS = {
    DismissReason.WRONG_DOMAIN: msg("Another field than needed"),
    DismissReason.WRONG_TECHNOLOGY: msg("Another technology than needed"),
    DismissReason.NO_EXPERIENCE: msg("Too little experience with such a site"),
    DismissReason.NO_CAPACITY: msg("No capacity at that time"),
    DismissReason.CONFLICT: msg("Conflict of interest"),
    DismissReason.OTHER: msg("Another reason"),
}


class ModelState(StrEnum):
    """Where a ranking model stands: asked for, trained, offered, in use, gone."""

    REQUESTED = "requested"
    RUNNING = "running"
    CANDIDATE = "candidate"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    ACTIVE = "active"
    RETIRED = "retired"


_M = ModelState
MODEL = Lifecycle(
    move("start", of={_M.REQUESTED}, to=_M.RUNNING),
    move("offer", of={_M.RUNNING}, to=_M.CANDIDATE),
    move("reject", of={_M.RUNNING}, to=_M.REJECTED),
    move("fail", of={_M.REQUESTED, _M.RUNNING}, to=_M.FAILED),
    move("cancel", of={_M.REQUESTED, _M.RUNNING}, to=_M.CANCELLED),
    move("time_out", of={_M.RUNNING}, to=_M.TIMED_OUT),
    move("activate", of={_M.CANDIDATE, _M.RETIRED}, to=_M.ACTIVE),
    move("retire", of={_M.CANDIDATE, _M.ACTIVE}, to=_M.RETIRED),
)
MODEL_WORDS = {
    _M.REQUESTED: Words(msg("Waiting to start"), msg("Waiting to start"), "quiet"),
    _M.RUNNING: Words(msg("Being trained"), msg("Being trained"), "note"),
    _M.CANDIDATE: Words(msg("Won, not in use yet"), msg("Won, not in use yet"), "caution"),
    _M.REJECTED: Words(msg("Not used"), msg("Not used"), "quiet"),
    _M.FAILED: Words(msg("Failed"), msg("Failed"), "refused"),
    _M.CANCELLED: Words(msg("Cancelled"), msg("Cancelled"), "quiet"),
    _M.TIMED_OUT: Words(msg("Took too long"), msg("Took too long"), "refused"),
    _M.ACTIVE: Words(msg("In use"), msg("In use"), "proof"),
    _M.RETIRED: Words(msg("No longer in use"), msg("No longer in use"), "quiet"),
}
