"""The lifecycle of a challenge is the one of the table."""

from __future__ import annotations

import csv

from matchmaker.challenges.lifecycle import (
    BEFORE_AWARD,
    CHALLENGE,
    WORDS,
    ChallengeState,
)
from matchmaker.kernel.resources import folder


def table() -> set[tuple[str, str]]:
    """Every move of the machine ``Challenge`` in the table, from state to state."""
    moves = set()
    with (folder("data") / "lifecycles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["machine"] != "Challenge" or row["from"] == "(new)":
                continue
            origins = [name.strip() for name in row["from"].split(",")]
            if row["from"] == "any before awarded":
                origins = sorted(BEFORE_AWARD)
            moves |= {(origin, row["to"]) for origin in origins}
    return moves


def test_the_moves_are_those_of_the_table():
    ours = {(str(state), str(move.to)) for move in CHALLENGE.moves for state in move.of}

    assert ours == table()


def test_before_the_award_means_every_state_that_is_not_an_end_of_it():
    decided = {"rejected", "awarded", "not_awarded", "in_poc", "completed", "withdrawn", "archived"}

    assert {str(state) for state in BEFORE_AWARD} == {str(s) for s in ChallengeState} - decided


def test_every_state_has_words_for_staff_and_public():
    assert set(WORDS) == set(ChallengeState)
