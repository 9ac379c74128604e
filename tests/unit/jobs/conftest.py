"""The stage of the matching tests serves here too."""

from tests.unit.matching.conftest import real, stage

__all__ = ["real", "stage"]
