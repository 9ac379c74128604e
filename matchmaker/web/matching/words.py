"""Words of the pages of matching: filters, after a decision, in the history of a pair."""

from flask_babel import lazy_gettext as _l

from matchmaker.matching.board import Only

FILTERS = {
    Only.ALL: _l("All"),
    Only.GAP: _l("Gaps"),
    Only.QUIET: _l("Nobody invited yet"),
    Only.ANSWERED: _l("With an interested team"),
    Only.CONFLICT: _l("Conflicts"),
}
DONE = {
    "pin": _l("The pair is pinned: later runs put it first."),
    "unpin": _l("The pair is ranked by its score again."),
    "shortlist": _l("The programme office sees that you would like this team to be invited."),
    "unshortlist": _l("Your wish is taken back."),
    "invite": _l("The invitation waits for its release. Nothing has been sent yet."),
    "uninvite": _l("The invitation is off the list."),
}
HISTORY = {
    "pin": _l("Pinned"),
    "unpin": _l("Pin taken off"),
    "dismiss": _l("Put aside"),
    "reconsider": _l("Considered again"),
    "shortlist": _l("Wished for by the owner"),
    "unshortlist": _l("Wish taken back"),
    "queue": _l("Put on the list of invitations"),
    "unqueue": _l("Taken off the list of invitations"),
    "invite": _l("Invited"),
    "show_interest": _l("The team is interested"),
    "decline": _l("The team declined"),
    "expire": _l("No answer in time"),
    "convert": _l("Proposal handed in"),
    "know_outcome": _l("Outcome known"),
}
