"""What the API says about differences between tariffs, in JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from services.billing.cost_sharing.amounts import plain_sek
from services.billing.spreadsheets import harmless
from services.billing.tariffs.comparing import Change, CustomerEffect, ItemChange
from services.billing.tariffs.effects import Differences
from services.billing.tariffs.schemas import (
    TariffItemOut,
    TariffSummaryOut,
    item_out,
    tariff_summary_out,
)
from services.chassis.schemas import ResponseModel


class ItemChangeOut(ResponseModel):
    """An item that differs; ``fields`` names what differs in one that both versions have."""

    key: str
    change: Change
    fields: tuple[str, ...]
    before: TariffItemOut | None
    after: TariffItemOut | None


class ItemEffectOut(ResponseModel):
    """What an item costs a customer in a year, before and after.

    Without a ``quantity`` nobody knows how much of a new item the customer would use; the item
    is then not in the sums.
    """

    service: str
    key: str
    name: str
    name_sv: str | None
    unit: str
    quantity: int | None
    old_ore: int | None
    new_ore: int | None
    difference_ore: int


class CustomerEffectOut(ResponseModel):
    """What a change comes to for one agreement in a year.

    ``signed_ore`` is what the agreement says, which stands whatever the tariff does. It is
    ``incomplete`` where a quantity is not known, or the new version has no item of a signed
    service (``not_priced``): the sums then leave something out.
    """

    org_number: str
    name: str
    subscription_id: str
    signed_tariff: str
    signed_ore: int
    old_ore: int
    new_ore: int
    difference_ore: int
    incomplete: bool
    not_priced: tuple[str, ...]
    items: tuple[ItemEffectOut, ...]


class DifferencesOut(ResponseModel):
    """What a version changes against another, and for whom by how much; öre without VAT."""

    old: TariffSummaryOut
    new: TariffSummaryOut
    on: date
    items: tuple[ItemChangeOut, ...]
    old_ore: int
    new_ore: int
    difference_ore: int
    customers: tuple[CustomerEffectOut, ...]


def differences_out(found: Differences) -> DifferencesOut:
    """Differences as the API shows them."""
    customers = tuple(CustomerEffectOut.model_validate(each) for each in found.customers)
    return DifferencesOut(
        old=tariff_summary_out(found.old),
        new=tariff_summary_out(found.new),
        on=found.on,
        items=tuple(_change_out(each) for each in found.items),
        old_ore=sum(each.old_ore for each in customers),
        new_ore=sum(each.new_ore for each in customers),
        difference_ore=sum(each.difference_ore for each in customers),
        customers=customers,
    )


def _change_out(change: ItemChange) -> ItemChangeOut:
    return ItemChangeOut(
        key=change.key,
        change=change.change,
        fields=change.fields,
        before=item_out(change.before) if change.before else None,
        after=item_out(change.after) if change.after else None,
    )


COLUMNS = (
    "org_number",
    "name",
    "subscription_id",
    "signed_tariff",
    "service",
    "item",
    "item_name",
    "unit",
    "quantity",
    "signed_sek",
    "old_sek",
    "new_sek",
    "difference_sek",
)


def differences_csv(found: Differences) -> str:
    """The effect on each customer: a row for each item, then one for the agreement's sum.

    The sum has no item, and counts the agreement's own items in.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for customer in found.customers:
        for row in _rows(customer):
            writer.writerow({name: harmless(value) for name, value in row.items()})
    return out.getvalue()


def _rows(customer: CustomerEffect) -> Iterator[dict[str, str]]:
    who = {
        "org_number": customer.org_number,
        "name": customer.name,
        "subscription_id": customer.subscription_id,
        "signed_tariff": customer.signed_tariff,
    }
    for item in customer.items:
        yield who | {
            "service": item.service,
            "item": item.key,
            "item_name": item.name,
            "unit": item.unit,
            "quantity": "" if item.quantity is None else str(item.quantity),
            "old_sek": _amount(item.old_ore),
            "new_sek": _amount(item.new_ore),
            "difference_sek": _amount(item.difference_ore),
        }
    yield who | {
        "signed_sek": _amount(customer.signed_ore),
        "old_sek": _amount(customer.old_ore),
        "new_sek": _amount(customer.new_ore),
        "difference_sek": _amount(customer.difference_ore),
    }


def _amount(ore: int | None) -> str:
    return "" if ore is None else plain_sek(ore)
