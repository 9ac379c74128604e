"""The lifecycle of a proposal is the one of the table."""

from __future__ import annotations

import csv

import pytest

from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.i18n import Lang, translate
from matchmaker.kernel.resources import folder
from matchmaker.proposals.lifecycle import (
    DECIDED,
    GONE,
    PROPOSAL,
    WITHDRAWABLE,
    WORDS,
    ProposalState,
)


def table() -> set[tuple[str, str]]:
    """Every move of the machine ``Proposal`` in the table, from state to state."""
    moves = set()
    with (folder("data") / "lifecycles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["machine"] != "Proposal" or row["from"] == "(new)":
                continue
            origins = [name.strip() for name in row["from"].split(",")]
            if row["from"] == "draft..shortlisted":
                origins = sorted(WITHDRAWABLE)
            moves |= {(origin, row["to"]) for origin in origins}
    return moves


def test_the_moves_are_those_of_the_table():
    assert {(str(s), str(m.to)) for m in PROPOSAL.moves for s in m.of} == table()


def test_withdrawable_are_the_states_up_to_the_shortlist():
    assert {str(state) for state in WITHDRAWABLE} == {
        "draft", "submitted", "more_info_requested", "under_review", "shortlisted",
    }  # fmt: skip


@pytest.mark.parametrize("verb", sorted({move.verb for move in PROPOSAL.moves}))
@pytest.mark.parametrize("state", list(ProposalState))
def test_what_the_table_does_not_name_is_refused(state, verb):
    if PROPOSAL.allows(state, verb):
        assert (str(state), str(PROPOSAL.after(state, verb))) in table()
    else:
        with pytest.raises(WrongState):
            PROPOSAL.after(state, verb)


@pytest.mark.parametrize("state", list(ProposalState))
@pytest.mark.parametrize("lang", list(Lang))
def test_every_state_has_words_for_both_sides_in_both_languages(state, lang):
    words = WORDS[state]
    said = [translate(words.staff, lang), translate(words.public, lang)]
    assert all(said)


def test_a_state_is_alive_decided_or_gone_but_never_two_of_these():
    assert frozenset() == DECIDED & GONE
