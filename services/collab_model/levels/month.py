"""What a month of a service came to, whole. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from services.collab_model.levels.domain import Outcome
from services.collab_model.levels.measures import Availability, Promised
from services.collab_model.levels.results import Deviation, LevelResult
from services.contracts.credits import CreditCalculation
from services.contracts.values import CreditTerms


@dataclass(frozen=True)
class MonthMeasured:
    """A month of a service: its levels, what deviated, and what that gives back.

    ``breaches`` are the identifiers of those recorded for matters that failed, of which the
    ``excluded_breaches`` give no credit. ``credit`` is absent where the terms are not known.
    """

    version: int
    customer_name: str
    results: tuple[LevelResult, ...]
    promises: tuple[tuple[str, Promised], ...]
    availabilities: tuple[tuple[str, Availability], ...]
    breaches: tuple[str, ...]
    excluded_breaches: tuple[str, ...]
    terms: CreditTerms | None
    credit: CreditCalculation | None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How the levels came out, in the order they were signed."""
        return tuple(each.outcome for each in self.results)

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """What failed, by level and then by time."""
        return tuple(each for result in self.results for each in result.deviations)
