"""A sharing as CSV, so that a customer can recompute it without us.

The columns are those that FOCUS (the FinOps Foundation's specification of cost and usage data,
1.3) has for split costs, and some of our own, which begin with ``x_``. One row is one party's
share of one cost item, one price, or one payment between parties; the rows of an item sum to it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.amounts import plain, plain_sek
from services.billing.cost_sharing.keys import Step
from services.billing.cost_sharing.language import Appropriation, Per
from services.billing.cost_sharing.results import (
    KeyAtWork,
    LineResult,
    PricedPart,
    SharedItem,
    Sharing,
    Transfer,
)
from services.billing.cost_sharing.standing import MONTHS_A_YEAR
from services.billing.spreadsheets import harmless

COLUMNS = (
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ServiceName",
    "ResourceId",
    "ResourceName",
    "AllocatedResourceId",
    "AllocatedResourceName",
    "AllocatedMethodId",
    "AllocatedMethodDetails",
    "BilledCost",
    "EffectiveCost",
    "ConsumedQuantity",
    "ConsumedUnit",
    "x_OriginCost",
    "x_AllocatedRatio",
    "x_ExactCost",
)
_DIGITS = 12
Row = dict[str, str]


class Charged(Protocol):
    """What of a line a party was charged before, and is charged now."""

    @property
    def line(self) -> str:
        """The line's key; empty for what parties pay each other."""

    @property
    def owed_ore(self) -> int:
        """What it owes of the line."""

    @property
    def charged_before_ore(self) -> int:
        """What earlier sharings charged of it."""

    @property
    def charged_now_ore(self) -> int:
        """What this one charges."""


def as_csv(
    sharing: Sharing,
    sharing_id: str,
    party: str,
    *,
    correction: bool,
    charged: Iterable[Charged] = (),
) -> str:
    """The rows of a party.

    Args:
        sharing: what is exported.
        sharing_id: how it is referred to.
        party: whose rows.
        correction: whether it takes the place of an earlier one.
        charged: what was booked of the party's lines, so that the rows come to what is
            invoiced; none for a sharing that is not booked.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    names = {each.key: each.name for each in sharing.given.parties}
    common = _common(sharing, sharing_id, correction=correction) | {
        "AllocatedResourceId": party,
        "AllocatedResourceName": names[party],
    }
    for row in (*_rows(sharing, party), *_charged(sharing, charged)):
        writer.writerow({key: harmless(value) for key, value in (common | row).items()})
    return out.getvalue()


def _common(sharing: Sharing, sharing_id: str, *, correction: bool) -> Row:
    given = sharing.given
    return {
        "BillingAccountId": sharing_id,
        "BillingAccountName": given.name,
        "BillingCurrency": "SEK",
        "BillingPeriodStart": _start(given.first_day),
        "BillingPeriodEnd": _end(given.last_day),
        "ChargeClass": "Correction" if correction else "",
    }


def _rows(sharing: Sharing, party: str) -> Iterator[Row]:
    for line in sharing.lines:
        for item in line.items:
            if item.shares.get(party) or item.exact(party):
                yield _item(sharing, line, item, party)
        for each in line.priced:
            if each.party == party and each.amount_ore:
                yield _price(sharing, line, each)
        if line.returned.get(party):
            yield _returned(sharing, line, party)
    for transfer in sharing.transfers:
        if party in {transfer.payer, transfer.receiver}:
            yield _transfer(transfer, party)


def _charged(sharing: Sharing, charged: Iterable[Charged]) -> Iterator[Row]:
    """What is taken off what is owed, since it was charged before or waits."""
    names = {line.line.key: line.line.name for line in sharing.lines}
    for each in charged:
        held_back = each.owed_ore - each.charged_before_ore - each.charged_now_ore
        for text, ore in (
            ("Charged before", each.charged_before_ore),
            ("Not material, waits for a later sharing", held_back),
        ):
            if ore:
                yield {
                    "ChargePeriodStart": _start(sharing.given.first_day),
                    "ChargePeriodEnd": _end(sharing.given.last_day),
                    "ChargeCategory": "Adjustment",
                    "ChargeDescription": text,
                    "ServiceName": names.get(each.line, each.line),
                    "BilledCost": plain_sek(-ore),
                    "EffectiveCost": plain_sek(-ore),
                }


def _item(sharing: Sharing, line: LineResult, item: SharedItem, party: str) -> Row:
    exact = item.exact(party)
    share = item.shares.get(party, 0)
    followed = isinstance(line.line.charge, Appropriation)
    ratio = exact / item.amount_ore if item.amount_ore else Fraction(0)
    return {
        "ChargePeriodStart": _start(item.first),
        "ChargePeriodEnd": _end(item.last),
        "ChargeCategory": "Usage",
        "ChargeDescription": item.name,
        "ServiceName": line.line.name,
        "ResourceId": item.item_id or f"agreed-{line.line.key}-{item.first.year}",
        "ResourceName": item.name,
        "AllocatedMethodId": _method(sharing, item.pieces[0].key, line),
        "AllocatedMethodDetails": _details(item, party),
        "BilledCost": plain_sek(0 if followed else share),
        "EffectiveCost": plain_sek(share),
        "x_OriginCost": plain_sek(item.amount_ore),
        "x_AllocatedRatio": str(ratio),
        "x_ExactCost": plain(exact / 100, _DIGITS),
    }


def _method(sharing: Sharing, key: KeyAtWork, line: LineResult) -> str:
    version = key.standing.version.effective_from
    return f"{sharing.given.arrangement}/{version}/{line.line.key}/{key.step.key.kind}"


def _details(item: SharedItem, party: str) -> str:
    """FOCUS's ``Elements``: each key's ratio, and the party's own volume and all of it."""
    elements = []
    for piece in item.pieces:
        key = piece.key
        elements.append(
            {
                "AllocatedRatio": plain(key.ratio(party), _DIGITS),
                "x_ExactRatio": str(key.ratio(party)),
                "x_OriginCost": plain(piece.amount / 100, _DIGITS),
                "x_First": key.first.isoformat(),
                "x_Last": key.last.isoformat(),
                "x_Drivers": list(_drivers(key.step, party, key)),
            }
        )
    return json.dumps({"Elements": elements}, ensure_ascii=False, separators=(",", ":"))


def _drivers(step: Step, name: str, key: KeyAtWork) -> Iterator[dict[str, str]]:
    """The volumes on the way from the whole to a party, from the outside in."""
    if isinstance(step.key, written.ByDriver) and name in step.weights:
        driver = key.standing.version.driver(step.key.driver)
        yield {
            "x_Of": name,
            "x_Driver": driver.key,
            "UsageUnit": driver.unit,
            "UsageQuantity": plain(step.weights[name], _DIGITS),
            "x_TotalQuantity": plain(sum(step.weights.values(), Fraction(0)), _DIGITS),
        }
    groups = [label for label, inner in step.inside if inner.shares.get(name)]
    for label, inner in step.inside:
        if label == "between":
            for group in groups:
                if group in inner.shares:
                    yield from _drivers(inner, group, key)
        else:
            yield from _drivers(inner, name, key)


def _price(sharing: Sharing, line: LineResult, each: PricedPart) -> Row:
    version = max(
        found.effective_from
        for found in sharing.given.versions
        if found.effective_from <= each.first
    )
    return {
        "ChargePeriodStart": _start(each.first),
        "ChargePeriodEnd": _end(each.last),
        "ChargeCategory": "Usage",
        "ChargeDescription": each.price.name,
        "ServiceName": line.line.name,
        "AllocatedMethodId": f"{sharing.given.arrangement}/{version}/{line.line.key}/prices",
        "AllocatedMethodDetails": json.dumps(
            {
                "x_UnitPriceSEK": plain(each.sek, _DIGITS),
                "x_Per": each.price.per.value,
                "x_Months": None if each.months is None else plain(each.months, _DIGITS),
                "x_YearOfCustomer": each.year_of_customer,
            },
            separators=(",", ":"),
        ),
        "BilledCost": plain_sek(each.amount_ore),
        "EffectiveCost": plain_sek(each.amount_ore),
        "ConsumedQuantity": "" if each.quantity is None else plain(each.quantity, _DIGITS),
        "ConsumedUnit": each.unit or "",
        "x_ExactCost": plain(_exact_price(each), _DIGITS),
    }


def _exact_price(each: PricedPart) -> Fraction:
    """The price times what it was paid for, in SEK, before it was rounded."""
    exact = each.sek if each.quantity is None else each.sek * each.quantity
    if each.months is None:
        return exact
    by_year = each.price.per in {Per.YEAR, Per.UNIT_AND_YEAR}
    return exact * (each.months / MONTHS_A_YEAR if by_year else each.months)


def _returned(sharing: Sharing, line: LineResult, party: str) -> Row:
    back = line.returned[party]
    whole = sum(ore for ore in line.charged.values() if ore > 0)
    exact = Fraction(line.returned_ore * line.charged[party], whole)
    return {
        "ChargePeriodStart": _start(sharing.given.first_day),
        "ChargePeriodEnd": _end(sharing.given.last_day),
        "ChargeCategory": "Credit",
        "ChargeDescription": "Surplus returned",
        "ServiceName": line.line.name,
        "BilledCost": plain_sek(-back),
        "EffectiveCost": plain_sek(-back),
        "x_OriginCost": plain_sek(-line.returned_ore),
        "x_AllocatedRatio": str(Fraction(line.charged[party], whole)),
        "x_ExactCost": plain(-exact / 100, _DIGITS),
    }


def _transfer(transfer: Transfer, party: str) -> Row:
    pays = party == transfer.payer
    amount = plain_sek(transfer.amount_ore if pays else -transfer.amount_ore)
    other = transfer.receiver if pays else transfer.payer
    return {
        "ChargePeriodStart": _start(transfer.day),
        "ChargePeriodEnd": _end(transfer.day),
        "ChargeCategory": "Adjustment",
        "ChargeDescription": f"{transfer.kind.value} {'to' if pays else 'from'} {other}",
        "ServiceName": ", ".join(transfer.lines),
        "BilledCost": amount,
        "EffectiveCost": amount,
        "x_OriginCost": plain_sek(transfer.whole_ore),
        "x_AllocatedRatio": str(transfer.weight),
    }


def _start(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _end(day: date) -> str:
    """The instant after a last day, as FOCUS has it."""
    return _start(day + timedelta(days=1))
