"""How earlier cases went: actual over planned duration of each phase, held back by caution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.values import Phase

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class PhaseTaken:
    """A phase that a case has been through, in working days without its pauses."""

    case_id: str
    phase: Phase
    planned_days: int
    actual_days: int


@dataclass(frozen=True)
class PhaseRatio:
    """How much longer a phase takes than planned, and from how many cases that is known."""

    ratio: Decimal
    cases: int


def ratios(
    taken: Sequence[PhaseTaken],
    *,
    template_weighs_as_cases: int,
    least: Decimal,
    most: Decimal,
) -> dict[Phase, PhaseRatio]:
    """The ratio per phase: a mean of the cases' ratios and of 1, which is the template's.

    The template counts as so many cases, so that the ratio stays near 1 while few cases are
    known and follows them when many are. Each case's ratio is first kept within bounds.

    Returns:
        A ratio, to the hundredth, for every phase that some case has been through.
    """
    found: dict[Phase, list[Decimal]] = {}
    for entry in taken:
        if entry.planned_days > 0:
            ratio = Decimal(entry.actual_days) / entry.planned_days
            found.setdefault(entry.phase, []).append(min(max(ratio, least), most))
    return {
        phase: PhaseRatio(
            (
                (sum(seen, Decimal(0)) + template_weighs_as_cases)
                / (len(seen) + template_weighs_as_cases)
            ).quantize(_HUNDREDTH),
            len(seen),
        )
        for phase, seen in found.items()
    }


def plain(found: Mapping[Phase, PhaseRatio]) -> dict[Phase, Decimal]:
    """The ratios alone."""
    return {phase: entry.ratio for phase, entry in found.items()}
