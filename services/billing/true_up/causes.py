"""Why what was charged and what it cost differ (DOMAIN.md section 7: derivable).

Pure. The four causes of a month sum to its difference to the öre, for each is the step from one
whole amount to the next:

- *membership*: a month in operation on some days only is charged by those days, while its
  volume counts whole; so what differs in it comes of joining or leaving;
- *volume*: another quantity than expected, at the price it was expected at;
- *tariff*: the year's volume falls into other bands of the price than expected;
- *cost*: the actual price of the month instead of the signed one, where the terms say so.

A later true-up of a month is explained by how its causes have changed. So the causes of all
true-ups together are those of one computation for the year, as the amounts are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Causes:
    """A difference by its causes, in öre; above 0 the customer pays more."""

    volume_ore: int = 0
    cost_ore: int = 0
    tariff_ore: int = 0
    membership_ore: int = 0

    @property
    def total_ore(self) -> int:
        """The difference that they explain."""
        return sum(getattr(self, each.name) for each in fields(self))

    def __add__(self, other: Causes) -> Causes:
        return Causes(
            self.volume_ore + other.volume_ore,
            self.cost_ore + other.cost_ore,
            self.tariff_ore + other.tariff_ore,
            self.membership_ore + other.membership_ore,
        )

    def __sub__(self, other: Causes) -> Causes:
        return Causes(
            self.volume_ore - other.volume_ore,
            self.cost_ore - other.cost_ore,
            self.tariff_ore - other.tariff_ore,
            self.membership_ore - other.membership_ore,
        )


NONE = Causes()
"""Nothing differs."""
