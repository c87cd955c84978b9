"""The change of fees that brings what has accumulated to an aim. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

LOWEST_TENTHS = -1000
"""No fee can fall by more than itself: -100.0 percent."""


@dataclass(frozen=True)
class Ground:
    """What a proposal stands on, in öre.

    ``accumulated_ore`` at the year's end; ``running_ore`` the yearly result at unchanged fees,
    of what recurs; ``fees_ore`` the year's income of fees, which the change is of;
    ``aim_ore`` what is to stand there after so many ``years``.
    """

    accumulated_ore: int
    running_ore: int
    fees_ore: int
    aim_ore: int
    years: int

    @property
    def missing_ore(self) -> int:
        """What the fees of the years have to bring more; less, where it is below nought."""
        return self.aim_ore - self.accumulated_ore - self.years * self.running_ore


@dataclass(frozen=True)
class Proposal:
    """A change in tenths of a percent, and what has accumulated after the years with it.

    ``reaches_aim`` is false where even fees of nought leave more than the aim.
    """

    ground: Ground
    tenths: int
    after_ore: int
    yearly_ore: int
    reaches_aim: bool

    @property
    def percent(self) -> Decimal:
        """The change in percent; a raise is above nought."""
        return Decimal(self.tenths).scaleb(-1)


def propose(ground: Ground) -> Proposal | None:
    """The smallest change, to a tenth of a percent, with which the aim is not fallen short of.

    Fees are to cover the full cost (avgiftsförordningen, section 5), so a change is always
    rounded up: a raise to more, a lowering to less. What has accumulated after the years is
    then at most a tenth of a percent of their fees above the aim.

    Returns:
        None when the area has no fees to change.
    """
    if ground.fees_ore <= 0:
        return None
    wanted = ceil(Fraction(1000 * ground.missing_ore, ground.years * ground.fees_ore))
    tenths = max(wanted, LOWEST_TENTHS)
    yearly = Fraction(ground.fees_ore * tenths, 1000)
    after = ground.accumulated_ore + ground.years * (ground.running_ore + yearly)
    return Proposal(ground, tenths, floor(after), floor(yearly), tenths == wanted)
