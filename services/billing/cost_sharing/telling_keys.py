"""How a key came to what it gives one party, step by step, in English and Swedish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.amounts import part, sek
from services.billing.cost_sharing.keys import Step
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.results import Sharing
from services.billing.cost_sharing.standing import Standing
from services.billing.cost_sharing.units import counted


@dataclass(frozen=True)
class Node:
    """A statement of an explanation, and what it rests on.

    ``amount_ore`` is what it comes to in whole öre, None where it tells of a part.
    """

    kind: str
    text: str
    text_sv: str
    amount_ore: int | None
    children: tuple[Node, ...]
    item_id: str | None = None


@dataclass(frozen=True)
class Names:
    """What parties and groups are called; a party has one name, a group one in each language."""

    english: Mapping[str, str]
    swedish: Mapping[str, str]

    def en(self, key: str) -> str:
        """The English name of a party or group."""
        return self.english.get(key, key)

    def sv(self, key: str) -> str:
        """The Swedish name of a party or group."""
        return self.swedish.get(key, key)


def names_of(sharing: Sharing) -> Names:
    """The names in a sharing."""
    parties = {party.key: party.name for party in sharing.given.parties}
    groups = [group for version in sharing.given.versions for group in version.groups]
    return Names(
        {**{group.key: group.name for group in groups}, **parties},
        {**{group.key: group.name_sv for group in groups}, **parties},
    )


def tell(step: Step, name: str, standing: Standing, names: Names) -> Node:
    """How a step came to what it gives a party, or a group."""
    if not step.shares.get(name):
        return _told(
            step,
            f"{names.en(name)} bears nothing of this part.",
            f"{names.sv(name)} bär inget av den här delen.",
        )
    teller = cast("Callable[..., Node]", _TELLERS[step.key.kind])
    return teller(step, name, standing, names)


def _told(step: Step, english: str, swedish: str, *children: Node) -> Node:
    return Node(step.key.kind, english, swedish, None, children)


def _of_whole(step: Step, name: str) -> Fraction:
    return step.shares[name] / step.amount if step.amount else Fraction(0)


def _equal(step: Step, name: str, standing: Standing, names: Names) -> Node:
    count = len(step.shares)
    return _told(
        step,
        f"Equal shares among {count}: 1/{count} each.",
        f"Lika delar mellan {count}: 1/{count} var.",
    )


def _portions(step: Step, name: str, standing: Standing, names: Names) -> Node:
    ratio = _of_whole(step, name)
    return _told(
        step,
        f"Fixed portions: {names.en(name)} bears {part(ratio, 'en')}.",
        f"Fasta andelar: {names.sv(name)} bär {part(ratio, 'sv')}.",
    )


def _by_driver(step: Step, name: str, standing: Standing, names: Names) -> Node:
    key = cast("written.ByDriver", step.key)
    driver = standing.version.driver(key.driver)
    quantity = step.weights[name]
    whole = sum(step.weights.values(), Fraction(0))
    ratio = _of_whole(step, name)
    return _told(
        step,
        f"By {driver.name}: {names.en(name)} has {counted(quantity, driver.unit, 'en')} of"
        f" {counted(whole, driver.unit, 'en')} in all, which is {part(ratio, 'en')}.",
        f"Efter {driver.name_sv}: {names.sv(name)} har {counted(quantity, driver.unit, 'sv')} av"
        f" sammanlagt {counted(whole, driver.unit, 'sv')}, vilket är {part(ratio, 'sv')}.",
    )


def _fixed_sums(step: Step, name: str, standing: Standing, names: Names) -> Node:
    sums = sum(step.weights.values(), Fraction(0))
    if name in step.weights:
        return _told(
            step,
            f"A fixed sum: {sek(step.weights[name], 'en')} of {sek(step.amount, 'en')}.",
            f"Ett fast belopp: {sek(step.weights[name], 'sv')} av {sek(step.amount, 'sv')}.",
        )
    rest = [tell(inner, name, standing, names) for _, inner in step.inside]
    return _told(
        step,
        f"Fixed sums of {sek(sums, 'en')} come first; {sek(step.amount - sums, 'en')} of"
        f" {sek(step.amount, 'en')} remain for the others.",
        f"Fasta belopp på {sek(sums, 'sv')} går först; {sek(step.amount - sums, 'sv')} av"
        f" {sek(step.amount, 'sv')} återstår för de övriga.",
        *rest,
    )


def _by_group(step: Step, name: str, standing: Standing, names: Names) -> Node:
    between = next(inner for label, inner in step.inside if label == "between")
    children: list[Node] = []
    for group, within in step.inside:
        if group == "between" or not within.shares.get(name):
            continue
        ratio = _of_whole(within, name)
        children.append(
            _told(
                step,
                f"{names.en(group)} together bear {part(_of_whole(between, group), 'en')}; of that"
                f" {names.en(name)} bears {part(ratio, 'en')}.",
                f"{names.sv(group)} bär tillsammans {part(_of_whole(between, group), 'sv')}; av det"
                f" bär {names.sv(name)} {part(ratio, 'sv')}.",
                tell(between, group, standing, names),
                tell(within, name, standing, names),
            )
        )
    return _told(
        step,
        "First between groups, then within each.",
        "Först mellan grupper, sedan inom varje grupp.",
        *children,
    )


def _former_budget(step: Step, name: str, standing: Standing, names: Names) -> Node:
    new = sum((inner.amount for _, inner in step.inside), Fraction(0)) / step.amount
    children = [tell(inner, name, standing, names) for _, inner in step.inside]
    if new < 1:
        budget = step.weights.get(name, Fraction(0))
        whole = sum(step.weights.values(), Fraction(0))
        children.insert(
            0,
            _told(
                step,
                f"By former budgets: {sek(budget, 'en')} of {sek(whole, 'en')} in all, which is"
                f" {part(budget / whole, 'en')}.",
                f"Efter tidigare budgetar: {sek(budget, 'sv')} av sammanlagt {sek(whole, 'sv')},"
                f" vilket är {part(budget / whole, 'sv')}.",
            ),
        )
    return _told(
        step,
        f"{part(1 - new, 'en')} of the cost by former budgets, {part(new, 'en')} by the new key.",
        f"{part(1 - new, 'sv')} av kostnaden efter tidigare budgetar, {part(new, 'sv')} efter den"
        " nya nyckeln.",
        *children,
    )


def _narrowed(step: Step, name: str, standing: Standing, names: Names) -> Node:
    [(_, inner)] = step.inside
    who = list(inner.shares)
    english = ", ".join(names.en(each) for each in who[:20])
    swedish = ", ".join(names.sv(each) for each in who[:20])
    if len(who) > 20:
        english += f" and {len(who) - 20} more"
        swedish += f" och {len(who) - 20} till"
    ordered = isinstance(step.key, written.OnlyThoseWhoOrdered)
    return _told(
        step,
        f"{'Only those who ordered it' if ordered else 'Only for some'}: {english}.",
        f"{'Bara de som beställde' if ordered else 'Bara för några'}: {swedish}.",
        tell(inner, name, standing, names),
    )


def _mix(step: Step, name: str, standing: Standing, names: Names) -> Node:
    children = [
        _told(
            step,
            f"{part(portion(text), 'en')} of the cost:",
            f"{part(portion(text), 'sv')} av kostnaden:",
            tell(inner, name, standing, names),
        )
        for text, inner in step.inside
    ]
    return _told(
        step,
        "The cost is divided, and each part has its key.",
        "Kostnaden delas upp, och varje del har sin nyckel.",
        *children,
    )


def _limited(step: Step, name: str, standing: Standing, names: Names) -> Node:
    [(_, inner)] = step.inside
    before, after = inner.shares[name], step.shares[name]
    if before == after:
        english, swedish = "Floors and caps change nothing here.", "Golv och tak ändrar inget här."
    else:
        english = (
            f"With floors and caps {sek(before, 'en')} becomes {sek(after, 'en')}; what they move"
            " is borne by the others as the key says."
        )
        swedish = (
            f"Med golv och tak blir {sek(before, 'sv')} {sek(after, 'sv')}; det som de flyttar"
            " bärs av de andra enligt nyckeln."
        )
    return _told(step, english, swedish, tell(inner, name, standing, names))


_TELLERS: Mapping[str, Any] = {
    "equal": _equal,
    "portions": _portions,
    "by_driver": _by_driver,
    "fixed_sums": _fixed_sums,
    "by_group": _by_group,
    "former_budget": _former_budget,
    "among": _narrowed,
    "only_those_who_ordered": _narrowed,
    "mix": _mix,
    "limited": _limited,
}
