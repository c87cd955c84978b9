"""Why a party pays what it pays: a tree from the sum to lines, cost items, keys and drivers.

Each node says in English and Swedish what was reckoned, so that a customer can follow it by
hand; what is not in the tree did not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.billing.cost_sharing.amounts import decimal, part, sek
from services.billing.cost_sharing.language import Appropriation, Per
from services.billing.cost_sharing.results import (
    KeyAtWork,
    LineResult,
    PricedPart,
    SharedItem,
    Sharing,
    Transfer,
    TransferKind,
)
from services.billing.cost_sharing.telling_keys import Names, Node, names_of, tell
from services.billing.cost_sharing.units import counted
from services.billing.months import Month

__all__ = ["Charge", "Node", "explain", "with_charge"]


@dataclass(frozen=True)
class _Teller:
    """What is told, to whom, and what things are called."""

    sharing: Sharing
    party: str
    names: Names


def explain(sharing: Sharing, party: str) -> Node:
    """All that a party pays of a sharing, and why."""
    teller = _Teller(sharing, party, names_of(sharing))
    due = sharing.due(party)
    given = sharing.given
    lines = [_line(teller, line) for line in sharing.lines]
    return Node(
        "sharing",
        f"{given.name}: {teller.names.en(party)} pays {sek(due, 'en')} for"
        f" {_days(given.first_day, given.last_day, 'en')}.",
        f"{given.name_sv}: {teller.names.sv(party)} betalar {sek(due, 'sv')} för"
        f" {_days(given.first_day, given.last_day, 'sv')}.",
        due,
        tuple([line for line in lines if line is not None] + list(_transfers(teller))),
    )


@dataclass(frozen=True)
class Charge:
    """What a booked sharing charges a party in all, and what had been charged before.

    ``due`` is in which month how much is invoiced; ``held_back_ore`` waits for a later sharing.
    """

    before_ore: int
    now_ore: int
    held_back_ore: int
    due: tuple[tuple[Month, int], ...]


def with_charge(tree: Node, charge: Charge) -> Node:
    """An explanation that begins at the invoice: how its lines come from what is owed."""
    english = f"{sek(charge.now_ore, 'en')} is charged by this sharing"
    swedish = f"{sek(charge.now_ore, 'sv')} debiteras genom den här fördelningen"
    if charge.before_ore:
        english += f", since {sek(charge.before_ore, 'en')} was charged before"
        swedish += f", eftersom {sek(charge.before_ore, 'sv')} debiterades tidigare"
    if charge.held_back_ore:
        english += (
            f"; {sek(charge.held_back_ore, 'en')} waits for a later one, as the difference is not"
            " material"
        )
        swedish += (
            f"; {sek(charge.held_back_ore, 'sv')} väntar till en senare, eftersom skillnaden inte"
            " är väsentlig"
        )
    due = tuple(
        Node(
            "due",
            f"Invoiced for {month}: {sek(ore, 'en')}.",
            f"Faktureras för {month}: {sek(ore, 'sv')}.",
            ore,
            (),
        )
        for month, ore in charge.due
    )
    charged = Node("charged", f"{english}.", f"{swedish}.", None, due)
    return replace(tree, children=(charged, *tree.children))


def _line(teller: _Teller, line: LineResult) -> Node | None:
    party = teller.party
    charged = line.charged.get(party, 0)
    items = [item for item in line.items if item.shares.get(party) or item.exact(party)]
    parts = [each for each in line.priced if each.party == party and each.amount_ore]
    if not items and not parts and not charged:
        return None
    children = [_key(teller, key, line) for key in line.keys if key.ratio(party)]
    children += [_item(teller, item, line) for item in items]
    children += [_priced(each) for each in parts]
    children += [*_rounding(teller, items), *_returned(teller, line)]
    net = charged - line.returned.get(party, 0)
    if isinstance(line.line.charge, Appropriation):
        return Node(
            "line",
            f"{line.line.name}: free of charge, paid by an appropriation; your use of it cost"
            f" {sek(line.followed.get(party, 0), 'en')}.",
            f"{line.line.name_sv}: utan avgift, betalas av anslag; er användning kostade"
            f" {sek(line.followed.get(party, 0), 'sv')}.",
            0,
            tuple(children),
        )
    return Node(
        "line",
        f"{line.line.name}: {sek(net, 'en')}.",
        f"{line.line.name_sv}: {sek(net, 'sv')}.",
        net,
        tuple(children),
    )


def _key(teller: _Teller, key: KeyAtWork, line: LineResult) -> Node:
    ratio = key.ratio(teller.party)
    several = len(line.keys) > 1
    number, nummer = (f"Key {key.number}", f"Nyckel {key.number}") if several else ("Key", "Nyckel")
    return Node(
        "key",
        f"{number}, {_days(key.first, key.last, 'en')}: you bear {part(ratio, 'en')} of the cost.",
        f"{nummer}, {_days(key.first, key.last, 'sv')}: ni bär {part(ratio, 'sv')} av kostnaden.",
        None,
        (tell(key.step, teller.party, key.standing, teller.names),),
    )


def _item(teller: _Teller, item: SharedItem, line: LineResult) -> Node:
    share = item.shares.get(teller.party, 0)
    days = (item.first, item.last)
    exact = item.exact(teller.party)
    rounded = ("", "")
    if exact != share:
        rounded = (
            f", rounded from {sek(exact, 'en')}",
            f", avrundat från {sek(exact, 'sv')}",
        )
    children = []
    for piece in item.pieces:
        ratio = piece.key.ratio(teller.party)
        numbers = (f" (key {piece.key.number})", f" (nyckel {piece.key.number})")
        if len(line.keys) == 1:
            numbers = ("", "")
        children.append(
            Node(
                "part",
                f"{sek(piece.amount, 'en')} × {part(ratio, 'en')}{numbers[0]} ="
                f" {sek(piece.amount * ratio, 'en')}",
                f"{sek(piece.amount, 'sv')} × {part(ratio, 'sv')}{numbers[1]} ="
                f" {sek(piece.amount * ratio, 'sv')}",
                None,
                (),
            )
        )
    return Node(
        "cost_item" if item.item_id else "agreed_sum",
        f"{item.name}, {_days(*days, 'en')}: your share of {sek(item.amount_ore, 'en')} is"
        f" {sek(share, 'en')}{rounded[0]}.",
        f"{item.name_sv}, {_days(*days, 'sv')}: er andel av {sek(item.amount_ore, 'sv')} är"
        f" {sek(share, 'sv')}{rounded[1]}.",
        # What an appropriation pays is told and not summed up: the party owes none of it.
        None if isinstance(line.line.charge, Appropriation) else share,
        tuple(children),
        item.item_id,
    )


_TIME = {
    ("en", True): ("year", "years"),
    ("en", False): ("month", "months"),
    ("sv", True): ("år", "år"),
    ("sv", False): ("månad", "månader"),
}
_YEAR_OF_CUSTOMER = {"en": "your year", "sv": "ert år"}


def _priced(each: PricedPart) -> Node:
    return Node("price", _price(each, "en"), _price(each, "sv"), each.amount_ore, ())


def _price(each: PricedPart, language: str) -> str:
    factors = [sek(each.sek * 100, language)]
    if each.quantity is not None and each.unit is not None:
        factors.append(counted(each.quantity, each.unit, language))
    if each.months is not None:
        by_year = each.price.per in {Per.YEAR, Per.UNIT_AND_YEAR}
        time = each.months / 12 if by_year else each.months
        one, many = _TIME[language, by_year]
        factors.append(f"{decimal(time, 6, language)} {one if time == 1 else many}")
    name = each.price.name if language == "en" else each.price.name_sv
    if len(each.price.sek) > 1:
        name += f" ({_YEAR_OF_CUSTOMER[language]} {each.year_of_customer})"
    return (
        f"{name}, {_days(each.first, each.last, language)}: {' × '.join(factors)} ="
        f" {sek(each.amount_ore, language)}."
    )


def _rounding(teller: _Teller, items: list[SharedItem]) -> Iterator[Node]:
    exact = sum((item.exact(teller.party) for item in items), Fraction(0))
    whole = sum(item.shares.get(teller.party, 0) for item in items)
    if exact == whole:
        return
    yield Node(
        "rounding",
        f"Exactly it would be {sek(exact, 'en')}. Each item is rounded down to whole öre, and an"
        " öre left over goes to the party furthest behind, ties in the order of the parties' keys;"
        " so no sum is ever an öre off.",
        f"Exakt vore det {sek(exact, 'sv')}. Varje post avrundas nedåt till hela öre, och ett"
        " öre som blir över går till den part som ligger längst efter, vid lika i ordning efter"
        " parternas nycklar; så blir ingen summa ett öre fel.",
        None,
        (),
    )


def _returned(teller: _Teller, line: LineResult) -> Iterator[Node]:
    back = line.returned.get(teller.party, 0)
    if not back:
        return
    paid = line.charged[teller.party]
    ratio = Fraction(paid, sum(ore for ore in line.charged.values() if ore > 0))
    yield Node(
        "returned",
        f"Surplus of {sek(line.returned_ore, 'en')} goes back as it was paid: you paid"
        f" {sek(paid, 'en')} of {sek(line.charged_ore, 'en')} and get {sek(back, 'en')}"
        f" ({part(ratio, 'en')}).",
        f"Överskottet på {sek(line.returned_ore, 'sv')} går tillbaka så som det betalades: ni"
        f" betalade {sek(paid, 'sv')} av {sek(line.charged_ore, 'sv')} och får {sek(back, 'sv')}"
        f" ({part(ratio, 'sv')}).",
        -back,
        (),
    )


def _transfers(teller: _Teller) -> Iterator[Node]:
    for each in teller.sharing.transfers:
        if teller.party in {each.payer, each.receiver}:
            yield _transfer(each, teller)


def _transfer(each: Transfer, teller: _Teller) -> Node:
    names = teller.names
    amount = each.amount_ore if teller.party == each.payer else -each.amount_ore
    if each.kind is TransferKind.WORK_DONE:
        return Node(
            "transfer",
            f"{names.en(each.payer)} pays {names.en(each.receiver)} {sek(each.amount_ore, 'en')}"
            " for its part of the work.",
            f"{names.sv(each.payer)} betalar {names.sv(each.receiver)}"
            f" {sek(each.amount_ore, 'sv')} för dess del av arbetet.",
            amount,
            (),
        )
    left, kvar = "", ""
    if each.basis is not None:
        left = f", its part of {sek(each.basis, 'en')} that were left of earlier costs"
        kvar = f", dess del av {sek(each.basis, 'sv')} som återstod av tidigare kostnader"
    return Node(
        "transfer",
        f"{names.en(each.payer)} joined on {each.day} and owes the earlier parties"
        f" {sek(each.whole_ore, 'en')}{left}; {names.en(each.receiver)} gets"
        f" {part(each.weight, 'en')} of it, {sek(each.amount_ore, 'en')}.",
        f"{names.sv(each.payer)} anslöt {each.day} och är skyldig de tidigare parterna"
        f" {sek(each.whole_ore, 'sv')}{kvar}; {names.sv(each.receiver)} får"
        f" {part(each.weight, 'sv')} av det, {sek(each.amount_ore, 'sv')}.",
        amount,
        (),
    )


def _days(first: date, last: date, language: str) -> str:
    return f"{first} {'to' if language == 'en' else 'till'} {last}"
