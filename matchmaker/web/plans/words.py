"""Words of the pages of plans: tabs, filters, what a verb did, the history."""

from flask_babel import lazy_gettext as _l

from matchmaker.plans.sheet import Only

TABS = {
    "list": _l("Challenges"),
    "matrix": _l("Matrix"),
    "teams": _l("Teams"),
    "history": _l("History"),
}
FILTERS = {
    Only.ALL: _l("All"),
    Only.FREE: _l("With free places"),
    Only.LESS: _l("Get less than alone"),
}
DONE = {
    "lock": _l("The pair is locked for the next version."),
    "unlock": _l("The pair is left to its score in the next version."),
    "include": _l("The pair may be planned again in the next version."),
}
HISTORY = {
    "request": _l("Plan asked for"),
    "complete": _l("Computed"),
    "find_infeasible": _l("Found impossible"),
    "fail": _l("Failed"),
    "cancel": _l("Cancelled"),
    "time_out": _l("Stopped because it took too long"),
    "publish": _l("Put in force"),
    "supersede": _l("Replaced by a newer plan"),
    "withdraw": _l("Taken out of force"),
    "lock": _l("Pair locked"),
    "exclude": _l("Pair excluded"),
    "drop_wish": _l("Wish for a pair taken back"),
    "invite": _l("Invitations gathered"),
    "export": _l("Exported"),
}
