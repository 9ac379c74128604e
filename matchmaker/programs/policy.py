"""Who may do what to programmes and calls."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, true

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, allow_if, deny, rule
from matchmaker.programs.models import Call, Program

SEES_ALL = frozenset({Role.ADMIN, Role.AUDITOR})
ONLY_MANAGERS = deny(msg("Only a manager of this programme may do this."))


@rule("program.create")
def may_create_program(actor: Actor, _nothing: None) -> Verdict:
    """Administrators set programmes up."""
    return allow_if(actor.holds(Role.ADMIN) or actor.is_system)


@rule("program.edit")
def may_edit_program(actor: Actor, program: Program) -> Verdict:
    """Its managers and administrators say what a programme is; others may not know of it."""
    if actor.holds(Role.PM, program.id) or actor.holds(Role.ADMIN):
        return YES
    return ONLY_MANAGERS if may_view_program(actor, program) else HIDE


@rule("program.view")
def may_view_program(actor: Actor, program: Program) -> Verdict:
    """The workspace of a programme is for its own staff, administrators and auditors."""
    return allow_if(_works_in(actor, program.id), HIDE)


@rule("program.count_proposals")
def may_count_proposals(actor: Actor, program: Program) -> Verdict:
    """Before its calls close, only its managers and auditors learn how many proposals came in."""
    return allow_if(actor.holds(Role.PM, program.id) or actor.holds(Role.AUDITOR))


@rule("call.create")
def may_create_call(actor: Actor, program: Program) -> Verdict:
    """A manager of the programme opens its calls; others may not know of the workspace."""
    if actor.holds(Role.PM, program.id):
        return YES
    return ONLY_MANAGERS if may_view_program(actor, program) else HIDE


@rule("call.view")
def may_view_call(actor: Actor, call: Call) -> Verdict:
    """Published calls are for everybody; a draft only for those who work in its programme."""
    return allow_if(call.published_at is not None or _works_in(actor, call.program_id), HIDE)


@rule("call.edit")
def may_edit_call(actor: Actor, call: Call) -> Verdict:
    """A manager of the programme changes its calls; others may not know of a draft."""
    if actor.holds(Role.PM, call.program_id):
        return YES
    return ONLY_MANAGERS if may_view_call(actor, call) else HIDE


@rule("call.publish")
def may_publish_call(actor: Actor, call: Call) -> Verdict:
    """A manager of the programme makes a call public."""
    return may_edit_call(actor, call)


@rule("call.extend")
def may_extend_call(actor: Actor, call: Call) -> Verdict:
    """A manager of the programme lets a call stay open longer; nobody shortens one."""
    return may_edit_call(actor, call)


@rule("call.shorten")
def may_shorten_call(_actor: Actor, _call: Call) -> Verdict:
    """Nobody: a closing time that was announced is never moved forward."""
    return DENY


def visible_calls(actor: Actor) -> ColumnElement[bool]:
    """The calls that the actor may see; the same sentence as ``call.view``, for lists."""
    if actor.holds_any(SEES_ALL) or actor.is_system:
        return true()
    own = Call.program_id.in_(actor.scopes(Role.PM))
    return or_(Call.published_at.is_not(None), own)


def _works_in(actor: Actor, program_id: int) -> bool:
    return actor.holds(Role.PM, program_id) or actor.holds_any(SEES_ALL) or actor.is_system
