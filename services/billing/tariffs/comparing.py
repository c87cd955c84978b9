"""What changes from one version of a tariff to another, and for whom by how much.

Pure. The effect on a customer is reckoned from the quantities that it signed, at the prices of
either version in the customer's year on the day. What was signed stands: the effect is what the
customer would pay if its agreement followed the one or the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.billing.tariffs.domain import Tariff, TariffItem
from services.billing.tariffs.indicating import chosen_items, yearly_quantity


class Change(StrEnum):
    """What happened to an item."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class ItemChange:
    """An item that differs between two versions; ``before`` and ``after`` are what differs."""

    key: str
    change: Change
    before: TariffItem | None
    after: TariffItem | None
    fields: tuple[str, ...]


COMPARED = (
    "service_area",
    "services",
    "name",
    "name_sv",
    "covers",
    "covers_sv",
    "unit",
    "prices_ore",
    "tiers",
    "vat_percent",
    "option",
)
"""The fields of an item that are compared."""


def item_changes(old: Tariff, new: Tariff) -> tuple[ItemChange, ...]:
    """The items that differ, in the order of the new version, then those that are gone."""
    keys = dict.fromkeys([item.key for item in (*new.items, *old.items)])
    found = []
    for key in keys:
        before, after = old.find(key), new.find(key)
        fields = tuple(
            name
            for name in COMPARED
            if before and after and getattr(before, name) != getattr(after, name)
        )
        if before is None:
            found.append(ItemChange(key, Change.ADDED, before, after, ()))
        elif after is None:
            found.append(ItemChange(key, Change.REMOVED, before, after, ()))
        elif fields:
            found.append(ItemChange(key, Change.CHANGED, before, after, fields))
    return tuple(found)


@dataclass(frozen=True)
class SignedUse:
    """What a customer has signed of one service, as far as the tariff's items go.

    ``volumes`` are the yearly quantities by item of the tariff and by unit; ``replaced`` the
    items in whose place the agreement has items of its own. ``own_ore`` is what the agreement's
    own items cost, which a tariff changes only where it begins to price the service.
    ``signed_ore`` is the service's whole signed fee.
    """

    org_number: str
    name: str
    subscription_id: str
    signed_tariff: str
    service: str
    customer_year: int
    headcount: int
    volumes: Mapping[str, int]
    replaced: frozenset[str]
    own_ore: int
    signed_ore: int


@dataclass(frozen=True)
class ItemEffect:
    """What one item costs a customer in a year before and after; None: the version has it not.

    ``quantity`` is None when nobody knows how much of a new item the customer would use; the
    amounts are then not in any sum.
    """

    service: str
    key: str
    name: str
    name_sv: str | None
    unit: str
    quantity: int | None
    old_ore: int | None
    new_ore: int | None

    @property
    def difference_ore(self) -> int:
        """After less before."""
        return (self.new_ore or 0) - (self.old_ore or 0)


@dataclass(frozen=True)
class CustomerEffect:
    """What a change comes to for one customer's agreement in a year.

    ``not_priced`` are signed services that the new version has no item of, which it may yet
    cost something to deliver; the sums count nothing for them.
    """

    org_number: str
    name: str
    subscription_id: str
    signed_tariff: str
    signed_ore: int
    old_ore: int
    new_ore: int
    items: tuple[ItemEffect, ...]
    not_priced: tuple[str, ...]

    @property
    def difference_ore(self) -> int:
        """After less before."""
        return self.new_ore - self.old_ore

    @property
    def incomplete(self) -> bool:
        """Whether a quantity or a price is not known, so that the sums leave something out."""
        return bool(self.not_priced) or any(item.quantity is None for item in self.items)


def effects(old: Tariff, new: Tariff, uses: Sequence[SignedUse]) -> tuple[CustomerEffect, ...]:
    """What a change comes to for each agreement, in the order of the uses.

    Args:
        old: the version before.
        new: the version after.
        uses: of one agreement one after the other.
    """
    by_agreement: dict[str, list[SignedUse]] = {}
    for use in uses:
        by_agreement.setdefault(use.subscription_id, []).append(use)
    return tuple(_effect(old, new, each) for each in by_agreement.values())


def _effect(old: Tariff, new: Tariff, uses: Sequence[SignedUse]) -> CustomerEffect:
    first = uses[0]
    items = tuple(item for use in uses for item in _item_effects(old, new, use))
    own = sum(use.own_ore for use in uses)
    stays = sum(use.own_ore for use in uses if not _takes_over(old, new, use.service))
    return CustomerEffect(
        org_number=first.org_number,
        name=first.name,
        subscription_id=first.subscription_id,
        signed_tariff=first.signed_tariff,
        signed_ore=sum(use.signed_ore for use in uses),
        old_ore=own + sum(item.old_ore or 0 for item in items),
        new_ore=stays + sum(item.new_ore or 0 for item in items),
        items=items,
        not_priced=tuple(use.service for use in uses if not new.items_of(use.service)),
    )


def _takes_over(old: Tariff, new: Tariff, service: str) -> bool:
    """Whether the new version prices a service that was paid by own prices until now."""
    return bool(new.items_of(service)) and not old.items_of(service)


def _item_effects(old: Tariff, new: Tariff, use: SignedUse) -> Iterator[ItemEffect]:
    before, after = _costs(old, use), _costs(new, use)
    for key in dict.fromkeys([*before, *after]):
        item, quantity, _ = after.get(key) or before[key]
        yield ItemEffect(
            service=use.service,
            key=key,
            name=item.name,
            name_sv=item.name_sv,
            unit=item.unit,
            quantity=quantity,
            old_ore=before[key][2] if key in before else None,
            new_ore=after[key][2] if key in after else None,
        )


def _costs(tariff: Tariff, use: SignedUse) -> dict[str, tuple[TariffItem, int | None, int | None]]:
    """The items of a version that the customer would pay: quantity and öre of a year."""
    items = [item for item in tariff.items_of(use.service) if item.key not in use.replaced]
    found: dict[str, tuple[TariffItem, int | None, int | None]] = {}
    for item in chosen_items(items, use.volumes):
        counted = yearly_quantity(item, use.volumes, use.headcount)
        number = counted[0] if counted is not None else None
        cost = item.cost_ore(number, use.customer_year) if number is not None else None
        found[item.key] = item, number, cost
    return found
