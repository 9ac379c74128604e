"""Facts about ranking models worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ModelRequested:
    """A model waits to be trained."""

    model_id: int
    at: datetime
