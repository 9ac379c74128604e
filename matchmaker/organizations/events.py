"""Facts about organisations worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OrganizationRegistered:
    """A new organisation was entered."""

    organization_id: int
    at: datetime
