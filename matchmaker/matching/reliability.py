"""How well scores foretell what is right on labelled sets, as it was measured and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from matchmaker.kernel.localized import Localized
from matchmaker.kernel.resources import folder


class Measured(NamedTuple):
    """The reliability of scores on one labelled set; ``figures`` as calibration gives them."""

    name: Localized
    measured_on: date
    version: str
    challenges: int
    figures: Mapping[str, Any]


def on_labelled_sets() -> list[Measured]:
    """What lies in ``data/calibration``, by file name; nothing where the folder is missing."""
    place = folder("data") / "calibration"
    found = []
    for path in sorted(place.glob("*.json")) if place.is_dir() else []:
        content = json.loads(path.read_text("utf-8"))
        found.append(
            Measured(
                Localized.from_json(content["name"]),
                date.fromisoformat(content["measured_on"]),
                content["version"],
                content["challenges"],
                content["reliability"],
            )
        )
    return found
