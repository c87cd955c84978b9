"""The catalogue's files, its versions and what differs between them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.billing.tariffs.catalogue import tariffs
from services.contracts.values import MeasureKind
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import (
    FOLDER,
    CatalogueFilesError,
    catalogue,
    catalogue_in_force,
    catalogues,
    read_catalogues,
)
from services.onboarding.catalogue.versions import (
    CatalogueChange,
    ChangeKind,
    ChangeSubject,
    changes,
)
from services.onboarding.data_files import DATA

NINE = {
    "payroll",
    "travel-and-expenses",
    "decision-writing",
    "occupational-pension",
    "customer-invoicing",
    "supplier-ledger",
    "fixed-assets-and-closing",
    "e-ordering-support",
    "time-reporting",
}
EVERY_VERSION = pytest.mark.parametrize("version", catalogues().versions, ids=lambda v: v.version)


@EVERY_VERSION
def test_the_nine_services_are_offered_and_a_bundle_of_two_of_them(version: Catalogue) -> None:
    assert {service.key for service in version.services} == {*NINE, "e-commerce"}
    bundle = version.service("e-commerce")
    assert set(bundle.covers) == {"supplier-ledger", "e-ordering-support"}
    assert all(not version.service(key).covers for key in NINE)


@EVERY_VERSION
def test_every_service_promises_an_answer_a_solution_and_quality(version: Catalogue) -> None:
    always = {MeasureKind.RESPONSE_TIME, MeasureKind.RESOLUTION_TIME, MeasureKind.QUALITY_SHARE}
    for service in version.services:
        assert {level.kind for level in service.levels} >= always, service.key


@EVERY_VERSION
def test_the_priced_services_are_those_that_a_tariff_prices(version: Catalogue) -> None:
    for service in version.services:
        pricing = {
            t.key for t in tariffs().values() for item in t.items if service.key in item.services
        }
        assert set(service.charge.priced_in) == pricing, service.key
        units = {*service.volume_units.required, *service.volume_units.optional, "month"}
        for tariff in tariffs().values():
            for item in tariff.items:
                if service.key in item.services and item.option is None:
                    assert item.unit in units, (service.key, item.key)


@EVERY_VERSION
def test_the_named_implementation_templates_exist(version: Catalogue) -> None:
    for service in version.services:
        for name in service.implementation_templates:
            assert (DATA / "plan_templates" / f"{name}.yaml").exists(), (service.key, name)


def test_the_newest_version_on_a_day_is_in_force() -> None:
    assert catalogue_in_force(date(2020, 1, 1)).version == "2026-1"
    assert catalogue_in_force(date(2026, 6, 30)).version == "2026-1"
    assert catalogue_in_force(date(2026, 7, 1)).version == "2026-2"
    assert catalogue_in_force(date(2027, 1, 1)).version == "2027-1"
    assert catalogues().is_newer("2026-2", than="2026-1")
    assert not catalogues().is_newer("2026-1", than="2026-1")


def test_what_the_second_version_changes() -> None:
    found = changes(catalogue("2026-1"), catalogue("2026-2"))
    assert [(c.kind, c.subject, c.service, c.key) for c in found] == [
        (ChangeKind.ADDED, ChangeSubject.ACTIVITY, "payroll", "answer-pay-inquiries"),
        (ChangeKind.CHANGED, ChangeSubject.ACTIVITY, "travel-and-expenses", "enter-claim"),
        (ChangeKind.REMOVED, ChangeSubject.ACTIVITY, "travel-and-expenses", "archive-receipts"),
        (ChangeKind.CHANGED, ChangeSubject.ACTIVITY, "decision-writing", "register-decision"),
        (ChangeKind.CHANGED, ChangeSubject.RESPONSIBILITY, "decision-writing", "register-decision"),
        (ChangeKind.CHANGED, ChangeSubject.DELIVERY, "decision-writing", "decision-writing"),
        (
            ChangeKind.CHANGED,
            ChangeSubject.LEVEL,
            "supplier-ledger",
            "ledger-invoices-posted-in-time",
        ),
        (ChangeKind.ADDED, ChangeSubject.UNIT, "time-reporting", "mobile-user-month"),
    ]
    assert found[4].before == "customer; centre contributes"
    assert found[4].after == "centre; customer contributes"


def test_differences_backwards_are_the_same_turned_round() -> None:
    turned = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    there = changes(catalogue("2026-1"), catalogue("2026-2"))
    back = changes(catalogue("2026-2"), catalogue("2026-1"))
    assert set(back) == {
        CatalogueChange(turned.get(c.kind, c.kind), c.subject, c.service, c.key, c.after, c.before)
        for c in there
    }
    assert changes(catalogue("2026-1"), catalogue("2026-1")) == ()
    assert changes(catalogue("2026-1"), catalogue("2026-2"), ["e-commerce"]) == ()


def test_a_bundle_and_what_it_covers_overlap() -> None:
    offer = catalogue("2026-1")
    chosen = ["payroll", "e-commerce", "supplier-ledger"]
    assert offer.overlapping(chosen, chosen) == ("e-commerce", "supplier-ledger")
    assert offer.overlapping(["supplier-ledger"], ["e-ordering-support"]) == ()
    assert offer.overlapping(["e-ordering-support"], ["e-commerce"]) == ("e-ordering-support",)


def _both_accountable(service: dict[str, Any]) -> None:
    service["activities"][1]["contributes"] = service["activities"][1]["accountable"]


def _nobody_accountable(service: dict[str, Any]) -> None:
    del service["activities"][1]["accountable"]


def _too_few(service: dict[str, Any]) -> None:
    del service["activities"][14:]


def _too_many(service: dict[str, Any]) -> None:
    first = service["activities"][0]
    service["activities"] = [{**first, "key": f"{first['key']}-{n}"} for n in range(31)]


def _twice(service: dict[str, Any]) -> None:
    service["activities"][1] = service["activities"][0]


def _no_measure(service: dict[str, Any]) -> None:
    del service["levels"][0]["measured_sv"]


def _no_target(service: dict[str, Any]) -> None:
    del service["levels"][0]["target_minutes"]["high"]


def _uncounted(service: dict[str, Any]) -> None:
    service["charge"]["unit"] = "hour"


def _unpriced(service: dict[str, Any]) -> None:
    service["charge"]["priced_in"] = []


def _misspelt(service: dict[str, Any]) -> None:
    service["activites"] = []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_both_accountable, "centre is accountable and cannot also contribute"),
        (_nobody_accountable, "activities 1 accountable: Field required"),
        (_too_few, "at least 15 items"),
        (_too_many, "at most 30 items"),
        (_twice, "decide-employment appears twice"),
        (_no_measure, "levels 0 measured_sv: Field required"),
        (_no_target, "a target above nought for every priority"),
        (_uncounted, "its charge is by hour, not among required"),
        (_unpriced, "payslip has no price in a tariff; say in note how it is charged"),
        (_misspelt, "activites: Extra inputs are not permitted"),
    ],
)
def test_a_bad_file_is_refused_by_its_name(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], told: str
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "catalogue"))
    path = folder / "services" / "payroll-2.yaml"
    service = yaml.safe_load(path.read_text("utf-8"))
    spoil(service)
    path.write_text(yaml.safe_dump(service), encoding="utf-8")
    with pytest.raises(CatalogueFilesError) as refused:
        read_catalogues(folder)
    assert "2026-2.yaml: services/payroll-2.yaml" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"valid_from": None}, "2026-2 needs the day it is valid from"),
        ({"version": "2026-3"}, "the version must be 2026-2, as the file's name"),
        ({"services": ["payroll-9"]}, "payroll-9.yaml cannot be read"),
        ({"services": "payroll-1"}, "services must list the files"),
        ({"services": ["payroll-1", "payroll-2"]}, "service: payroll appears twice"),
        ({"services": ["e-commerce-1"]}, "covers supplier-ledger, e-ordering-support, no service"),
    ],
)
def test_a_bad_version_is_refused(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "catalogue"))
    path = folder / "2026-2.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text("utf-8")), **change}))
    with pytest.raises(CatalogueFilesError, match=told):
        read_catalogues(folder)


def test_a_folder_without_a_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFilesError, match="there is no version"):
        read_catalogues(tmp_path)
