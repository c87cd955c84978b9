"""The arrangements of the sources run from their files and reproduce the figures given."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.cost_sharing.checks import check, check_days
from services.billing.cost_sharing.correcting import owed
from services.billing.cost_sharing.explaining import explain
from services.billing.cost_sharing.export import as_csv
from services.billing.cost_sharing.language import Prices
from services.billing.cost_sharing.results import Sharing
from services.billing.cost_sharing.sharing import share_costs
from services.billing.cost_sharing.templates import Example, Template, templates

SIXTEEN = {
    "appropriation",
    "c-tillsammans",
    "fk-pm",
    "hoglandet",
    "it-forum",
    "jonkoping",
    "jordbruksverket",
    "karlstad",
    "min-pension",
    "servicekontor-2014",
    "ssc-subscription",
    "ssc-tariff",
    "statskontoret",
    "sundsvall",
    "vastkom",
    "verksamt",
}
MILLION_ORE = 100_000_000


def _examples() -> Iterator[tuple[Template, Example]]:
    for template in templates().values():
        for example in template.examples:
            yield template, example


def _holds(sharing: Sharing) -> bool:
    """Whether every line's money is somewhere: charged, returned, carried or unallocated."""
    return all(
        line.charged_ore - line.returned_ore
        == line.cost_ore
        - line.by_appropriation_ore
        + line.unallocated_ore
        + line.carried_ore
        - line.brought_forward_ore
        for line in sharing.lines
    )


def test_all_sixteen_are_there_and_say_what_is_missing() -> None:
    assert templates().keys() == SIXTEEN
    for template in templates().values():
        assert template.missing, template.key
        for number, version in enumerate(template.versions):
            check(version, [party.key for party in template.parties])
            check_days(version, template.versions[:number])


@pytest.mark.parametrize(
    ("template", "example"),
    list(_examples()),
    ids=lambda each: each.key if isinstance(each, Template) else each.name,
)
def test_an_example_comes_to_what_it_should(template: Template, example: Example) -> None:
    sharing = share_costs(template.given(example))
    expected = {each.party: each.due_ore for each in example.expected}
    assert {party: sharing.due(party) for party in sharing.parties} == expected
    assert _holds(sharing)
    for party, due in expected.items():
        lines = [child.amount_ore or 0 for child in explain(sharing, party).children]
        assert sum(lines) == due
        rows = list(csv.DictReader(as_csv(sharing, "id", party, correction=False).splitlines()))
        assert sum(Fraction(row["BilledCost"]) for row in rows) * 100 == due
        for row in rows:
            assert row["ChargePeriodStart"] < row["ChargePeriodEnd"]
            if row["ChargeCategory"] == "Usage":
                exact = Fraction(row["x_ExactCost"])
                assert abs(exact - Fraction(row["EffectiveCost"])) < Fraction(1, 100)


@pytest.mark.parametrize("template", templates().values(), ids=lambda each: each.key)
def test_the_facts_of_a_file_are_one_history(template: Template) -> None:
    """All examples come to the same when the arrangement is fed with all that is in its file."""
    together: dict[str, tuple[Any, ...]] = {}
    for name in ("items", "readings"):
        facts = [each for example in template.examples for each in getattr(example, name)]
        by_id = {each.id: each for each in facts}
        assert all(by_id[each.id] == each for each in facts)
        together[name] = tuple(by_id.values())
    for example in template.examples:
        sharing = share_costs(template.given(example).model_copy(update=together))
        expected = {each.party: each.due_ore for each in example.expected}
        assert {party: sharing.due(party) for party in sharing.parties} == expected


@given(st.integers(0, 159))
@settings(max_examples=20, deadline=None)
def test_the_offices_cost_what_the_source_says_however_fixed(millions: int) -> None:
    """000:594: 202, 192 and 53 million follow from thirds and cases for any fixed part."""
    template = templates()["servicekontor-2014"]
    example = template.examples[0]
    fixed, variable = example.items
    amounts = {"fixed-2014": millions, "variable-2014": 447 - millions}
    items = [
        item.model_copy(update={"amount_ore": amounts[item.id] * MILLION_ORE})
        for item in (fixed, variable)
    ]
    known = {"fk-2014": 202, "skv-2014": 192, "pm-2014": 53}
    # Cases in proportion to what remains of each share above its third of the fixed part.
    readings = [
        reading.model_copy(update={"quantity": str(3 * known[reading.id] - millions)})
        for reading in example.readings
    ]
    update = {"items": tuple(items), "readings": tuple(readings)}
    sharing = share_costs(template.given(example.model_copy(update=update)))
    for each in example.expected:
        assert each.from_source
        assert abs(sharing.due(each.party) - each.due_ore) <= 1
    assert sum(sharing.due(party) for party in sharing.parties) == 447 * MILLION_ORE


def test_prices_are_the_published_ones() -> None:
    """Every row of the published fee lists is a price of the tariff's arrangement."""
    published = Path(__file__).with_name("published_tariffs.csv")
    rows = list(csv.DictReader(published.read_text("utf-8").splitlines()))
    prices = {}
    for version in templates()["ssc-tariff"].versions:
        for line in version.lines:
            assert isinstance(line.charge, Prices)
            for price in line.charge.prices:
                for year in (1, 2, 3):
                    sek = price.sek[min(year, len(price.sek)) - 1]
                    first = version.effective_from.year == 2013
                    tariff = f"ssc-2013-year-{year}" if first else "ssc-2020"
                    prices[tariff, price.name] = Fraction(sek)
    for row in rows:
        name = row["item"]
        if row["tariff"].startswith("ssc-2013"):
            name = name.replace("Base fee:", "Base fee payroll:")
        assert prices[row["tariff"], name] == Fraction(row["amount_sek"]), row


def test_per_inhabitant() -> None:
    """003@227100: 0.48 SEK; 003@215834: 6 SEK come to 9.4 million."""
    template = templates()["it-forum"]
    [line] = share_costs(template.given(template.examples[0])).lines
    by_inhabitant = {
        part.party: part.amount_ore for part in line.priced if part.price.name == "Per inhabitant"
    }
    assert by_inhabitant["kommun-a"] == 48_000_00
    assert by_inhabitant["kommun-b"] == 60_001 * 48
    template = templates()["vastkom"]
    sharing = share_costs(template.given(template.examples[0]))
    assert round(sharing.lines[0].charged_ore / MILLION_ORE, 1) == 9.4


def test_an_appropriation_pays_and_the_cost_is_followed() -> None:
    template = templates()["appropriation"]
    [line] = share_costs(template.given(template.examples[0])).lines
    assert line.charged == {}
    assert line.followed == {"heby": 60_000_000, "osthammar": 140_000_000, "tierp": 100_000_000}
    assert line.by_appropriation_ore == line.cost_ore == 300_000_000


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([(t, e) for t, e in _examples() if t.key != "hoglandet"]),
    st.integers(1, 300),
)
def test_a_year_in_two_parts_is_the_same_year(example: tuple[Template, Example], days: int) -> None:
    """Sums are the same to the öre; by prices and agreed sums each party's own are, too."""
    template, of = example
    middle = of.first_day + timedelta(days=days)
    final = of.actual_through is not None and of.actual_through >= of.last_day

    def run(first: date, last: date) -> Sharing:
        wanted = template.given(of).model_copy(update={"first_day": first, "last_day": last})
        return share_costs(wanted)

    whole = run(of.first_day, of.last_day)
    parts = [run(of.first_day, middle), run(middle + timedelta(days=1), of.last_day)]
    for number, line in enumerate(whole.lines):
        assert sum(part.lines[number].charged_ore for part in parts) == line.charged_ore
        assert sum(part.lines[number].cost_ore for part in parts) == line.cost_ore
        if isinstance(line.line.charge, Prices) and not final:
            for party in whole.parties:
                key = (line.line.key, party)
                assert sum(owed(part).get(key, 0) for part in parts) == owed(whole).get(key, 0)
