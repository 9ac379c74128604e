"""The one blueprint that all pages of plans belong to, and what every page begins with."""

from __future__ import annotations

from flask import Blueprint

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import require
from matchmaker.plans import queries
from matchmaker.plans.models import Plan
from matchmaker.plans.policy import Sight
from matchmaker.web import door

bp = Blueprint("plans", __name__)


def readable_programs(actor: Actor) -> frozenset[int] | None:
    """Programmes whose plans the actor reads; None means all.

    Raises:
        NotFound: none at all.
    """
    if actor.holds(Role.AUDITOR):
        return None
    programs = actor.scopes(Role.PM)
    if not programs:
        require(actor, "plan.view", 0)
    return programs


def open_plan(plan_id: str) -> Plan:
    """The plan of an address, for those who may read it.

    Raises:
        NotFound: there is none for this reader.
    """
    found = queries.plan(door.db(), plan_id)
    require(door.actor(), "plan.view", found.program_id)
    return found


def sight() -> Sight:
    """What the reader does not see for a conflict of interest."""
    return Sight.of(door.actor())
