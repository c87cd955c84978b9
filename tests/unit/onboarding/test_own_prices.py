"""Fee items by the centre's own prices, as agreements and their papers carry them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.contracts.values import Banding, FeeItem, OwnPrice, VolumeBand
from services.onboarding.agreements.amendments import AmendmentChanges, FeeChange, amended
from services.onboarding.agreements.assembly import with_clauses
from services.onboarding.agreements.data import standard_in_force, wording
from services.onboarding.agreements.differences import differences, in_words
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.documents.annexes import Names, fees
from services.onboarding.documents.fee_basis import basis, followed
from services.onboarding.documents.words import words
from tests.unit.onboarding.cases import fee_indication
from tests.unit.onboarding.test_agreements import assembled

TARIFF_ITEM = fee_indication().lines[0].item
OWN = OwnPrice(
    price_item_id="p1", version=2, valid_from=date(2026, 1, 1), cost_basis="Tid och system."
)
OWN_ITEM = FeeItem(
    key="own-payroll-payslip",
    service_area="payroll",
    name="Payroll, per payslip",
    unit="payslip",
    unit_price_ore=2_500,
    yearly_quantity=1_200,
    name_sv="Löneadministration, per lönespecifikation",
    own_price=OWN,
)


def test_what_was_signed_before_own_prices_keeps_its_hash() -> None:
    written = TARIFF_ITEM.model_dump(mode="json")
    assert not {"name_sv", "own_price"} & written.keys()
    assert FeeItem.model_validate(written) == TARIFF_ITEM
    assert FeeItem.model_validate_json(OWN_ITEM.model_dump_json()) == OWN_ITEM


def test_papers_say_what_the_fee_follows_and_how_it_was_calculated() -> None:
    assert followed("ssc-2020", [TARIFF_ITEM]) == "ssc-2020"
    assert basis([TARIFF_ITEM]) == []
    assert "egna priser till självkostnad" in followed("ssc-2020", [TARIFF_ITEM, OWN_ITEM])
    [line] = basis([TARIFF_ITEM, OWN_ITEM])
    assert line.startswith("Löneadministration, per lönespecifikation: ")
    assert "version 2" in line
    assert line.endswith("Tid och system.")


@pytest.fixture
def signed() -> AgreementContent:
    """An agreement whose payroll is charged by an own price."""
    content = assembled()
    [service] = content.services
    changed = content.model_copy(
        update={
            "services": (service.model_copy(update={"fee_items": (OWN_ITEM,)}),),
            "yearly_fee_ore": OWN_ITEM.unit_price_ore * OWN_ITEM.yearly_quantity,
        }
    )
    return with_clauses(changed, standard_in_force(), ())


def changed(content: AgreementContent, change: FeeChange) -> dict[str, Any]:
    item: dict[str, Any] = amended_data(content, change)["services"][0]["fee_items"][0]
    return item


def amended_data(content: AgreementContent, change: FeeChange) -> dict[str, Any]:
    return amended(
        content,
        AmendmentChanges(fees=(change,)),
        version=2,
        effective_on=date(2026, 1, 1),
        reason="Ny volym.",
        standard=standard_in_force(),
        wording=wording(),
    )


def test_the_clause_and_the_annex_name_own_prices(signed: AgreementContent) -> None:
    [fee] = [part for part in signed.parts if part.key == "fee"]
    assert "egna priser till självkostnad, och beräknas" in fee.clauses[0].text
    annex = fees(signed, Names.of(signed), words())
    assert annex["opening"].endswith("servicecentrets egna priser till självkostnad.")
    assert annex["services"][0]["basis"] == basis([OWN_ITEM])


def test_another_volume_keeps_the_own_price_and_another_price_does_not(
    signed: AgreementContent,
) -> None:
    service = signed.services[0].service
    more = changed(signed, FeeChange(service, OWN_ITEM.key, yearly_quantity=1_300))
    assert OwnPrice.model_validate(more["own_price"]) == OWN
    dearer = changed(signed, FeeChange(service, OWN_ITEM.key, unit_price_ore=2_600))
    assert "own_price" not in dearer
    assert dearer["name_sv"] == OWN_ITEM.name_sv


YEARLY_ITEM = TARIFF_ITEM.model_copy(
    update={
        "unit_price_ore": 10_000,
        "prices_by_year_ore": (10_000, 7_500),
        "band": VolumeBand(item="base", banding=Banding.GRADUATED, above=0, through=100),
    }
)


def test_papers_say_how_a_price_falls_and_what_an_own_one_takes_the_place_of() -> None:
    [line] = basis([YEARLY_ITEM])
    assert "priset är 100,00\xa0kr år\xa01 och 75,00\xa0kr år\xa02. Åren räknas" in line
    instead = OWN_ITEM.model_copy(
        update={"own_price": OWN.model_copy(update={"instead_of": "payroll-base"})}
    )
    assert basis([instead])[0].endswith("Det gäller i stället för posten payroll-base.")
    assert "saknar pris eller annat är överenskommet" in followed("ssc-2020", [instead])


def test_a_price_that_is_agreed_anew_follows_no_years_and_another_unit_no_bands(
    signed: AgreementContent,
) -> None:
    service = signed.services[0].model_copy(update={"fee_items": (YEARLY_ITEM,)})
    content = signed.model_copy(update={"services": (service,)})
    more = changed(content, FeeChange(service.service, YEARLY_ITEM.key, yearly_quantity=7))
    assert {"prices_by_year_ore", "band"} <= more.keys()
    dearer = changed(content, FeeChange(service.service, YEARLY_ITEM.key, unit_price_ore=1))
    assert "prices_by_year_ore" not in dearer
    assert "band" in dearer
    other = changed(content, FeeChange(service.service, YEARLY_ITEM.key, unit="year"))
    assert not {"prices_by_year_ore", "band"} & other.keys()


def test_another_volume_goes_into_the_bands_of_its_item(signed: AgreementContent) -> None:
    def band(number: int, above: int, through: int | None) -> FeeItem:
        limits = VolumeBand(item="base", banding=Banding.GRADUATED, above=above, through=through)
        return TARIFF_ITEM.model_copy(update={"key": f"base-band-{number}", "band": limits})

    items = (band(1, 0, 100), band(2, 100, 300), band(3, 300, None))
    service = signed.services[0].model_copy(update={"fee_items": items})
    content = signed.model_copy(update={"services": (service,)})
    for quantity, expected in ((50, [50, 0, 0]), (301, [100, 200, 1])):
        data = amended_data(content, FeeChange(service.service, "base", yearly_quantity=quantity))
        fees_now = data["services"][0]["fee_items"]
        assert [each["yearly_quantity"] for each in fees_now] == expected


def test_another_version_of_a_price_reads_as_a_difference(signed: AgreementContent) -> None:
    newer = OWN_ITEM.model_copy(update={"own_price": OWN.model_copy(update={"version": 3})})
    service = signed.services[0].model_copy(update={"fee_items": (newer,)})
    after = signed.model_copy(update={"services": (service,)})
    found = differences(signed.model_dump(mode="json"), after.model_dump(mode="json"))
    assert "version av eget pris" in in_words(found)
