"""Agencies: the centre's customers, known by organisation number, not by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Agency:
    """An agency that is registered with the centre.

    ``part_of_state`` decides whether its agreement is an överenskommelse or, with a
    municipality, region or company, an avtal (DOMAIN.md section 4).
    """

    org_number: str
    name: str
    headcount: int
    part_of_state: bool
    registered_at: datetime
