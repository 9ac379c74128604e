"""States of a plan, and the closed lists that plans are made of."""

from enum import StrEnum

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Lifecycle, Words, move


class PlanState(StrEnum):
    """Where a plan stands."""

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


_P = PlanState
UNDER_WAY = frozenset({_P.REQUESTED, _P.RUNNING})
SOLVED = frozenset({_P.COMPLETED, _P.PUBLISHED, _P.WITHDRAWN, _P.SUPERSEDED})
CHANGEABLE = frozenset({*SOLVED, _P.INFEASIBLE})  # a next version can be made from it
PLAN = Lifecycle(
    move("start", of={_P.REQUESTED}, to=_P.RUNNING),
    move("complete", of={_P.RUNNING}, to=_P.COMPLETED),
    move("find_infeasible", of={_P.RUNNING}, to=_P.INFEASIBLE),
    move("fail", of=UNDER_WAY, to=_P.FAILED),
    move("cancel", of=UNDER_WAY, to=_P.CANCELLED),
    move("time_out", of={_P.RUNNING}, to=_P.TIMED_OUT),
    move("publish", of={_P.COMPLETED}, to=_P.PUBLISHED),
    move("withdraw", of={_P.PUBLISHED}, to=_P.WITHDRAWN),
    move("supersede", of={_P.PUBLISHED}, to=_P.SUPERSEDED),
)
PLAN_WORDS = {
    _P.REQUESTED: Words(msg("Waiting to start"), msg("In preparation"), "quiet"),
    _P.RUNNING: Words(msg("Computing"), msg("In preparation"), "note"),
    _P.COMPLETED: Words(msg("Draft, not in force"), msg("In preparation"), "caution"),
    _P.INFEASIBLE: Words(msg("Rules cannot all hold"), msg("In preparation"), "refused"),
    _P.FAILED: Words(msg("Failed"), msg("In preparation"), "refused"),
    _P.CANCELLED: Words(msg("Cancelled"), msg("In preparation"), "quiet"),
    _P.TIMED_OUT: Words(msg("Took too long"), msg("In preparation"), "refused"),
    _P.PUBLISHED: Words(msg("In force"), msg("In force"), "proof"),
    _P.WITHDRAWN: Words(msg("Withdrawn"), msg("Withdrawn"), "quiet"),
    _P.SUPERSEDED: Words(msg("Replaced by a newer plan"), msg("Replaced by a newer plan"), "quiet"),
}


class Objective(StrEnum):
    """What a plan makes as good as it can."""

    TOTAL = "total"
    FAIR = "fair"


OBJECTIVE_WORDS = {
    Objective.TOTAL: msg("Highest total"),
    Objective.FAIR: msg("The worst-off challenge first"),
}


class Places(StrEnum):
    """Where the number of teams for a challenge comes from."""

    WANTED = "wanted"
    SAME = "same"


class Role(StrEnum):
    """What a pair is in a plan."""

    PLANNED = "planned"
    RESERVE = "reserve"


class Cause(StrEnum):
    """Why a pair stands fast whatever it scores."""

    LOCKED = "locked"
    PINNED = "pinned"
    ACCEPTED = "accepted"


CAUSE_WORDS = {
    Cause.LOCKED: msg("Locked in this plan"),
    Cause.PINNED: msg("Pinned on the board"),
    Cause.ACCEPTED: msg("The team accepted the invitation"),
}


class WishKind(StrEnum):
    """What the programme office wants of a pair in the next version."""

    LOCK = "lock"
    EXCLUDE = "exclude"
