"""The permission table, cell by cell: each role that a row names, and each that it does not.

The rules answer here; ``test_routes`` compares what comes back from the routes with the same rows.
"""

from __future__ import annotations

import ast
import csv
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import matchmaker
from matchmaker.kernel.permissions import Answer, actions, can
from matchmaker.kernel.resources import folder
from tests.factories.world import ROLES
from tests.permissions.asking import in_condition, scene_of, subject
from tests.permissions.table import (
    LATER,
    LATER_QUALIFIERS,
    Cell,
    Key,
    answers,
    cells,
    groups,
    kinds_of_the_table,
    somebody,
)
from tests.permissions.walking import walks

for module in pkgutil.walk_packages(matchmaker.__path__, "matchmaker."):
    if module.name.endswith("policy"):
        importlib.import_module(module.name)

pytestmark = pytest.mark.xdist_group("table")

NO_RULE = {
    "account:own/any/set_own_role": "no form holds such a field: see test_promises",
    "account/any/impersonate": "there is no such function: see test_promises",
    "account/any/view_credentials": "there is no such function: see test_promises",
    "account/suspended/sign_in": "signing in asks no role: see test_promises",
    "audit_log/any/edit_or_delete": "there is no such function: see test_promises",
    "export/any/own_scope": "the same query as the page: see test_leaks",
    "export/any/other_scope": "the same query as the page: see test_leaks",
    "invitation/used/accept_again": "the rule of accepting lets in, the state refuses: routes.csv",
    "notification/any/open_after_access_lost": "the right of the thing is asked: see test_promises",
    "password_reset/any/request": "a visitor has no role: see test_promises",
    "password_reset/used_or_expired/use": "the link decides, not a role: see test_promises",
    "search/any/find_hidden_record": "the same query as the lists: see test_leaks",
}
"""Rows that no rule answers, each with the test that holds it."""
NO_DOOR = {
    "attachment/under_review/download": "attachment/any/download in another state",
    "attachment/any/download": "the row attachment:own/any/download, for others",
    "attachment:assigned/under_review/download": "assigning reviewers is not built yet",
    "proposal:assigned/under_review/view": "assigning reviewers is not built yet",
    "attachment/any/download_after_role_removed": "see test_a_removed_person_downloads_nothing",
    "call/published/shorten": "no form moves a closing time forward",
    "challenge/published/ask_question": "questions are not built yet",
    "challenge/published/bring_in": "an import on the command line",
    "challenge/published/evaluate": "the clock does it",
    "challenge/published/shorten_close": "the form of extending refuses an earlier time",
    "challenge/published/view_gated_fields": "a part of the page: see test_leaks",
    "challenge/published/view_proposal_count": "a part of the page: see test_leaks",
    "challenge:own/new/create": "the form offers the own organisations only",
    "mail/failed/read_text": "a part of the page of a mail",
    "mail/secret/read_text": "a part of the page of a mail",
    "organization/any/declare_tie": "an import on the command line",
    "program/any/count_proposals": "a column of the list of programmes: see test_leaks",
    "proposal/released/view_public_summary": "released decisions are not built yet",
    "proposal/shortlisted/set_reserve_rank": "decisions are not built yet",
    "proposal/submitted/mark_ineligible": "screening is not built yet",
    "proposal/submitted/view_count": "a column of lists: see test_leaks",
    "proposal/under_review/select_pending": "decisions are not built yet",
    "proposal/under_review/shortlist": "decisions are not built yet",
    "proposal/under_review/view_count": "a column of lists: see test_leaks",
    "proposal:conflicted/under_review/view": "see test_a_conflict_closes_the_doors",
    "proposal:own/new/start": "the form offers the own teams only",
    "proposal/not_selected_released/view_feedback": "decisions are not built yet",
    "proposal:own/selected_released/confirm": "answering awards is not built yet",
    "proposal:own/selected_released/decline": "answering awards is not built yet",
    "proposal:own/selected_unreleased/view_decision": "a part of the page: see test_leaks",
    "reported_case/new/enter": "an import on the command line",
    "account:own/any/reset_second_factor": "refused on the page: see test_second_factor",
    "account:own/second_factor_required/switch_off_second_factor": "see test_second_factor",
    "account:other/any/view_email": "a part of the page of an account: see test_leaks",
    "team/invited/join": "follows from accepting an invitation",
}
"""Rows that the table of routes does not name, each with the reason."""
ASKED_FOR = [key for key in groups() if str(key) not in NO_RULE]
CELLS = [
    cell
    for cell in cells()
    if str(cell.key) not in NO_RULE
    and cell.role.partition(":")[2] not in LATER_QUALIFIERS
    and cell.role != "any_user"
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.key} {cell.role}")
def test_every_role_that_a_row_names(world, cell: Cell):
    person = somebody(cell.key, cell.role) or cell.role.partition(":")[0]
    with world.undone(scene_of(cell.key)):
        actor = in_condition(world, cell.role, world.actor(person))
        verdict = can(actor, cell.key.rule, subject(world, cell.key, actor))
    assert verdict.answer is cell.answer


@pytest.mark.parametrize("key", ASKED_FOR, ids=str)
def test_whom_no_row_names_is_refused(world, key: Key):
    with world.undone(scene_of(key)):
        allowed = {
            role
            for role in ROLES
            for actor in [world.actor(role)]
            if can(actor, key.rule, subject(world, key, actor))
        }
    named = {role for role, answer in answers(key).items() if answer is Answer.YES}
    assert allowed <= named | also_named(key)


def also_named(key: Key) -> set[str]:
    """Whom another row allows the same: rows of ``proposal`` and ``proposal:own`` overlap."""
    return {
        role
        for other in groups()
        if other.rule == key.rule and scene_of(other) == scene_of(key)
        for role, answer in answers(other).items()
        if answer is Answer.YES
    }


def test_the_product_carries_every_row_of_objects_that_exist():
    with (folder("data") / "permissions.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    assert len(rows) == len(set(rows)) > 250
    assert {cell.key.kind for cell in cells()} | set(LATER) >= kinds_of_the_table()


def test_what_is_to_come_is_really_not_there():
    built = {action.partition(".")[0] for action in actions()}
    assert set(LATER) <= kinds_of_the_table()
    assert built.isdisjoint(LATER), "take it off the list of what is to come, and cover its rows"


def test_every_rule_has_a_row_and_every_row_a_rule():
    rows = {key.rule for key in groups()}
    without_rule = {key.rule for key in groups() if str(key) in NO_RULE}

    assert set(actions()) == rows - without_rule
    assert {str(key) for key in groups()} >= set(NO_RULE)


def test_every_action_that_the_code_asks_about_has_a_rule():
    asked = set()
    for path in Path(matchmaker.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"can", "require"}:
                asked |= {
                    (each.value, path.name)
                    for each in node.args[1:2]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    assert len(asked) > 60
    assert {entry for entry in asked if entry[0] not in actions()} == set()


def test_templates_ask_no_rules_themselves():
    for path in folder("templates").rglob("*.html"):
        assert not re.search(r"\b(can|require)\(", path.read_text(encoding="utf-8")), path.name


def test_every_row_is_behind_a_route_or_listed():
    walked = {key for walk in walks() for key in walk.keys}
    missing = {str(key) for key in ASKED_FOR if key not in walked}

    assert missing - set(NO_DOOR) == set()
    assert set(NO_DOOR) - missing == set(), "it has a door now: take it off the list"


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
