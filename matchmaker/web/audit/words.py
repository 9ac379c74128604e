"""Words for what stands in the record as codes: things, roles, and what was done."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.accounts.words import ROLES
from matchmaker.kernel.actor import Role
from matchmaker.web.formatting import listed, say
from matchmaker.web.words import EVENTS

KINDS = {
    "account": _l("Account"),
    "attachment": _l("Attachment"),
    "audit_log": _l("Audit log"),
    "call": _l("Call"),
    "candidacy": _l("Pair"),
    "challenge": _l("Challenge"),
    "invitation": _l("Invitation"),
    "mail": _l("Mail"),
    "organization": _l("Organisation"),
    "platform": _l("The whole platform"),
    "program": _l("Programme"),
    "proposal": _l("Proposal"),
    "recommendation_run": _l("Run"),
    "reported_case": _l("Case"),
    "staff_proposal": _l("Staff role"),
    "staff_role": _l("Staff role"),
    "team": _l("Team"),
}
VERBS = {
    "accept": _l("accepted"),
    "add": _l("added"),
    "add_certificate": _l("certificate added"),
    "add_project": _l("project added"),
    "approve": _l("approved"),
    "archive": _l("archived"),
    "ask_withdrawal": _l("withdrawal asked for"),
    "cancel": _l("cancelled"),
    "complete": _l("completed"),
    "confirm": _l("confirmed"),
    "convert": _l("became a proposal"),
    "create": _l("made"),
    "declare_tie": _l("tie declared"),
    "decline": _l("declined"),
    "dismiss": _l("put aside"),
    "download": _l("downloaded"),
    "edit": _l("edited"),
    "edit_certificate": _l("certificate edited"),
    "edit_member": _l("member edited"),
    "edit_profile": _l("profile edited"),
    "edit_project": _l("project edited"),
    "end_membership": _l("membership ended"),
    "enter": _l("entered"),
    "evaluate": _l("closed, evaluation begins"),
    "expire": _l("not answered in time"),
    "export": _l("exported"),
    "extend": _l("extended"),
    "fail": _l("failed"),
    "import": _l("imported"),
    "invite": _l("invited"),
    "join": _l("member joined"),
    "make_lead": _l("representation handed over"),
    "move_project": _l("projects reordered"),
    "pause": _l("paused"),
    "pin": _l("pinned"),
    "promise_confidentiality": _l("confidentiality promised"),
    "propose": _l("proposed"),
    "publish": _l("published"),
    "queue": _l("invitation prepared"),
    "reconsider": _l("considered again"),
    "refuse": _l("refused"),
    "register": _l("registered"),
    "reject": _l("not taken on"),
    "remove": _l("removed"),
    "remove_certificate": _l("certificate removed"),
    "remove_project": _l("project removed"),
    "request": _l("asked for"),
    "request_changes": _l("changes asked for"),
    "resume": _l("resumed"),
    "retry": _l("tried again"),
    "return_to_draft": _l("back to draft"),
    "revoke": _l("revoked"),
    "send": _l("sent"),
    "set_capabilities": _l("capabilities set"),
    "set_capacity": _l("capacity set"),
    "set_listed": _l("listing changed"),
    "set_organization": _l("organisation changed"),
    "shortlist": _l("wished for"),
    "show": _l("shown"),
    "show_interest": _l("interest shown"),
    "snapshot": _l("version kept"),
    "start": _l("begun"),
    "submit": _l("handed in"),
    "unpin": _l("unpinned"),
    "withdraw": _l("withdrawn"),
}


def kind_word(kind: str) -> str:
    """What a kind of thing is called; the code where there is no word."""
    return str(KINDS.get(kind, kind))


def action_word(action: str) -> str:
    """What was done, in words as far as there are any."""
    if action in EVENTS:
        return str(EVENTS[action])
    kind, _dot, verb = action.partition(".")
    done = str(VERBS.get(verb, verb.replace("_", " ")))
    return _("%(kind)s: %(done)s", kind=kind_word(kind), done=done)


def roles_words(roles: str) -> str:
    """The roles held at the time, as words."""
    held = [say(ROLES[Role(role)]) for role in roles.split(",") if role in set(Role)]
    return listed(held)


def actor_word(name: str, roles: str) -> str:
    """Who it was; visitors and the machine itself have no name of their own."""
    if roles == "system":
        return _("System")
    return name or _("Visitor")
