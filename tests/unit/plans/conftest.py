"""A database of its own for tests in which several transactions really follow each other."""

from tests.unit.matching.conftest import real, stage

__all__ = ["real", "stage"]
