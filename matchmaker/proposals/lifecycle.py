"""States of a proposal; ``data/lifecycles.csv`` is the source of the moves."""

from enum import StrEnum

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Lifecycle, Words, move


class ProposalState(StrEnum):
    """Decisions taken about a proposal."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    MORE_INFO_REQUESTED = "more_info_requested"
    INELIGIBLE = "ineligible"
    UNDER_REVIEW = "under_review"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    RESERVE = "reserve"
    NOT_SELECTED = "not_selected"
    CONDITIONAL = "conditional"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


_S = ProposalState
WITHDRAWABLE = frozenset(
    {_S.DRAFT, _S.SUBMITTED, _S.MORE_INFO_REQUESTED, _S.UNDER_REVIEW, _S.SHORTLISTED}
)
GONE = frozenset({_S.WITHDRAWN, _S.DUPLICATE})
DECIDED = frozenset(
    {_S.SELECTED, _S.RESERVE, _S.NOT_SELECTED, _S.CONDITIONAL, _S.CONFIRMED, _S.DECLINED}
)
PROPOSAL = Lifecycle(
    move("submit", of={_S.DRAFT, _S.MORE_INFO_REQUESTED}, to=_S.SUBMITTED),
    move("return_to_draft", of={_S.SUBMITTED}, to=_S.DRAFT),
    move("request_more_info", of={_S.SUBMITTED}, to=_S.MORE_INFO_REQUESTED),
    move("mark_ineligible", of={_S.SUBMITTED}, to=_S.INELIGIBLE),
    move("start_review", of={_S.SUBMITTED}, to=_S.UNDER_REVIEW),
    move("shortlist", of={_S.UNDER_REVIEW}, to=_S.SHORTLISTED),
    move("select", of={_S.UNDER_REVIEW, _S.SHORTLISTED}, to=_S.SELECTED),
    move("reserve", of={_S.UNDER_REVIEW, _S.SHORTLISTED}, to=_S.RESERVE),
    move("not_select", of={_S.UNDER_REVIEW, _S.SHORTLISTED}, to=_S.NOT_SELECTED),
    move("set_condition", of={_S.SELECTED}, to=_S.CONDITIONAL),
    move("confirm", of={_S.SELECTED}, to=_S.CONFIRMED),
    move("decline", of={_S.SELECTED}, to=_S.DECLINED),
    move("withdraw", of=WITHDRAWABLE, to=_S.WITHDRAWN),
    move("mark_duplicate", of={_S.SUBMITTED}, to=_S.DUPLICATE),
)

WORDS = {
    _S.DRAFT: Words(msg("Draft"), msg("Draft"), "quiet"),
    _S.SUBMITTED: Words(msg("Handed in"), msg("Handed in"), "note"),
    _S.MORE_INFO_REQUESTED: Words(
        msg("More information requested"), msg("More information requested"), "caution"
    ),
    _S.INELIGIBLE: Words(msg("Not eligible"), msg("Not eligible"), "refused"),
    _S.UNDER_REVIEW: Words(msg("Under review"), msg("Under review"), "note"),
    _S.SHORTLISTED: Words(msg("Shortlisted"), msg("Under review"), "note"),
    _S.SELECTED: Words(msg("Selected"), msg("Selected"), "proof"),
    _S.RESERVE: Words(msg("Reserve"), msg("Reserve"), "caution"),
    _S.NOT_SELECTED: Words(msg("Not selected"), msg("Not selected"), "quiet"),
    _S.CONDITIONAL: Words(
        msg("Selected with a condition"), msg("Selected with a condition"), "caution"
    ),
    _S.CONFIRMED: Words(msg("Confirmed by the team"), msg("Confirmed"), "proof"),
    _S.DECLINED: Words(msg("Declined by the team"), msg("Declined"), "quiet"),
    _S.WITHDRAWN: Words(msg("Withdrawn"), msg("Withdrawn"), "quiet"),
    _S.DUPLICATE: Words(msg("Duplicate"), msg("Duplicate"), "quiet"),
}
