"""What an indicator's figure says, in a sentence in English and one in Swedish."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.billing.cost_sharing.amounts import decimal, sek
from services.billing.indicators.domain import FeeChange, Share
from services.billing.own_prices.catalogue import priced_services
from services.billing.productivity.measures import measures
from services.billing.productivity.unit_costs import UnitCost
from services.billing.tariffs.domain import Tariff
from services.chassis import swedish

Sentences = tuple[str, str]
"""English and Swedish."""

NOT_KNOWN: Sentences = (
    "It cannot be told; see what is missing.",
    "Det går inte att säga. Se vad som saknas.",
)


def connected(share: Share, day: date, *, preparedness: bool) -> Sentences:
    """How many agencies had a service in operation."""
    percent = share.percent
    if percent is None:
        return NOT_KNOWN
    kind, slag = ("preparedness agencies", "beredskapsmyndigheter")
    if not preparedness:
        kind, slag = ("registered agencies", "registrerade myndigheter")
    english = (
        f"On {day}, {share.numerator:,} of {share.denominator:,} {kind} had a service in"
        f" operation, {_percent(percent, 'en')}."
    )
    in_swedish = (
        f"Den {swedish.day(day)} hade {swedish.number(share.numerator)} av"
        f" {swedish.number(share.denominator)} {slag} en tjänst i drift,"
        f" {_percent(percent, 'sv')}."
    )
    return english, in_swedish


def units(service: str, year: int, number: int | None) -> Sentences:
    """How many units a service made."""
    if number is None:
        return NOT_KNOWN
    measure = measures()[service]
    name, name_sv = _names_of(service)
    return (
        f"{name} made {number:,} {measure.many} in {year}.",
        f"{name_sv}, {year}: {swedish.number(number)} {measure.many_sv}.",
    )


def unit_cost(service: str, year: int, cost: UnitCost | None) -> Sentences:
    """What a unit cost."""
    if cost is None or cost.rounded_ore is None:
        return NOT_KNOWN
    measure = measures()[service]
    name, name_sv = _names_of(service)
    english = (
        f"{name}, {year}: {sek(cost.ordinary_ore, 'en')} of ordinary cost for"
        f" {cost.units:,} {measure.many}, {sek(cost.rounded_ore, 'en')} each."
    )
    in_swedish = (
        f"{name_sv}, {year}: {sek(cost.ordinary_ore, 'sv')} i ordinarie kostnad för"
        f" {swedish.number(cost.units)} {measure.many_sv}, {sek(cost.rounded_ore, 'sv')}"
        " per styck."
    )
    return english, in_swedish


def fee_change(service: str, change: FeeChange, old: Tariff, new: Tariff) -> Sentences:
    """By how much a service's fee changed."""
    percent = change.percent
    if percent is None:
        return NOT_KNOWN
    name, name_sv = _names_of(service)
    english = (
        f"{name}: the volumes that are signed cost {sek(change.old_ore, 'en')} a year by the"
        f' tariff at the end of the year before, "{old.name}", and {sek(change.new_ore, "en")} by'
        f' the one that holds, "{new.name}". The change is {_percent(percent, "en")}.'
    )
    in_swedish = (
        f"{name_sv}: de avtalade volymerna kostar {sek(change.old_ore, 'sv')} per år enligt"
        f" avgiftslistan vid föregående års slut, ”{old.name_sv or old.name}”, och"
        f" {sek(change.new_ore, 'sv')} enligt den som gäller, ”{new.name_sv or new.name}”."
        f" Förändringen är {_percent(percent, 'sv')}."
    )
    return english, in_swedish


def availability(service: str | None, year: int, share: Share) -> Sentences:
    """How much of the agreed hours services were up."""
    percent = share.percent
    if percent is None:
        return NOT_KNOWN
    what, vad = _whole_or_service(service)
    return (
        f"{what}, {year}: available for {_percent(percent, 'en')} of the agreed hours.",
        f"{vad}, {year}: tillgänglighet {_percent(percent, 'sv')} av den avtalade tiden.",
    )


def satisfaction(service: str | None, year: int, share: Share) -> Sentences:
    """How satisfied customers were."""
    index = share.percent
    if index is None:
        return NOT_KNOWN
    what, vad = _whole_or_service(service)
    return (
        f"{what}, {year}: a satisfaction index of {decimal(index, 2, 'en')} out of 100.",
        f"{vad}, {year}: ett nöjdhetsindex på {decimal(index, 2, 'sv')} av 100.",
    )


def _percent(value: Fraction, language: str) -> str:
    space = " " if language == "en" else "\N{NO-BREAK SPACE}"
    return f"{decimal(value, 2, language)}{space}%"


def _whole_or_service(service: str | None) -> Sentences:
    return ("All services", "Alla tjänster") if service is None else _names_of(service)


def _names_of(service: str) -> Sentences:
    named = priced_services().get(service)
    return (named.name, named.name_sv) if named else (service, service)
