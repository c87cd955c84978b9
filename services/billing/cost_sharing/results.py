"""What a sharing comes to: lines, what each party is charged, and what each share rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.billing.cost_sharing.facts import SharingInput
from services.billing.cost_sharing.keys import Step
from services.billing.cost_sharing.language import Line, Price
from services.billing.cost_sharing.standing import Standing


@dataclass(frozen=True)
class KeyAtWork:
    """A line's key in one stretch of days: what each bears of every krona in it.

    ``number`` tells it apart within its line, from 1.
    """

    number: int
    standing: Standing
    step: Step

    @property
    def first(self) -> date:
        """The first day."""
        return self.standing.first

    @property
    def last(self) -> date:
        """The last day."""
        return self.standing.last

    def ratio(self, party: str) -> Fraction:
        """What a party bears of the whole."""
        share = self.step.shares.get(party)
        return share / self.step.amount if share else Fraction(0)


@dataclass(frozen=True)
class Piece:
    """What of an item falls on the days of one key, exactly."""

    key: KeyAtWork
    amount: Fraction


@dataclass(frozen=True)
class SharedItem:
    """A cost item, or an agreed sum, as far as it falls on the period, and its shares.

    ``item_id`` is None for an agreed sum. ``shares`` are whole öre and sum to ``amount_ore``.
    """

    item_id: str | None
    name: str
    name_sv: str
    first: date
    last: date
    amount_ore: int
    pieces: tuple[Piece, ...]
    shares: Mapping[str, int]

    def exact(self, party: str) -> Fraction:
        """A party's share before it was rounded."""
        return sum((piece.amount * piece.key.ratio(party) for piece in self.pieces), Fraction(0))


@dataclass(frozen=True)
class PricedPart:
    """What one price came to for one party in a stretch of days.

    ``quantity`` and ``unit`` are the driver's, None where time alone is paid for. ``months`` is
    how long it was paid for; None where it is paid by the unit.
    """

    party: str
    price: Price
    year_of_customer: int
    sek: Fraction
    quantity: Fraction | None
    unit: str | None
    months: Fraction | None
    first: date
    last: date
    amount_ore: int


@dataclass(frozen=True)
class LineResult:
    """A line: its cost, what the parties are charged, and where the difference is.

    ``charged - returned = cost - by_appropriation + unallocated + carried - brought_forward``,
    always. ``followed`` are the shares of a cost that an appropriation pays.
    """

    line: Line
    cost_ore: int
    items: tuple[SharedItem, ...]
    keys: tuple[KeyAtWork, ...]
    priced: tuple[PricedPart, ...]
    charged: Mapping[str, int]
    followed: Mapping[str, int]
    returned: Mapping[str, int]
    by_appropriation_ore: int
    brought_forward_ore: int
    carried_ore: int
    unallocated_ore: int

    @property
    def charged_ore(self) -> int:
        """What all parties are charged together."""
        return sum(self.charged.values())

    @property
    def returned_ore(self) -> int:
        """What they get back of a surplus."""
        return sum(self.returned.values())


class TransferKind(StrEnum):
    """Why one party pays another."""

    LATE_JOINING = "late_joining"
    WORK_DONE = "work_done"


@dataclass(frozen=True)
class Transfer:
    """What one party pays another; what one pays the other gets, so all of them sum to nought.

    ``whole_ore`` is what the payer owes in all, ``weight`` what the receiver's part of it goes
    by, and ``basis`` (exact öre) what the whole was reckoned from, where it was.
    """

    kind: TransferKind
    payer: str
    receiver: str
    amount_ore: int
    lines: tuple[str, ...]
    day: date
    whole_ore: int
    weight: Fraction
    basis: Fraction | None = None


@dataclass(frozen=True)
class Sharing:
    """A whole sharing."""

    given: SharingInput
    lines: tuple[LineResult, ...]
    transfers: tuple[Transfer, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who takes part on some day, in their order."""
        return tuple(sorted(party.key for party in self.given.parties))

    def due(self, party: str) -> int:
        """What a party pays in all: charged, less what is returned, with its transfers."""
        lines = sum(line.charged.get(party, 0) - line.returned.get(party, 0) for line in self.lines)
        paid = sum(each.amount_ore for each in self.transfers if each.payer == party)
        got = sum(each.amount_ore for each in self.transfers if each.receiver == party)
        return lines + paid - got
