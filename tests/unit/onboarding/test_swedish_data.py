"""What Swedish people read is there in Swedish: names of units and fees, gates, catalogue, law."""

from __future__ import annotations

import re

import pytest

from services.billing.tariffs.catalogue import tariffs
from services.chassis import swedish
from services.contracts.values import ForumLevel
from services.onboarding.agreements.data import collaboration_templates, regulated_matters, wording
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import catalogues
from services.onboarding.documents.words import words
from services.onboarding.gates.refreshing import gates_in_force

STRUCTURES = {
    "ssc-2012",
    "ssc-2016",
    "fk-pm",
    "min-pension",
    "servicekontor",
    "sundsvall",
    "it-forum-stockholm",
    "visam",
    "karlstad",
    "c-tillsammans",
}
"""Those of DOMAIN.md section 5; the centre's own model counts twice there."""

EVERY_VERSION = pytest.mark.parametrize("version", catalogues().versions, ids=lambda v: v.version)


def test_every_unit_and_fee_item_has_a_swedish_name() -> None:
    items = [item for tariff in tariffs().values() for item in tariff.items]
    counted = {
        unit
        for version in catalogues().versions
        for service in version.services
        for unit in (*service.volume_units.required, *service.volume_units.optional)
    }
    assert {item.key for item in items} <= {name.key for name in wording().fee_items}
    assert {item.unit for item in items} | counted <= {name.key for name in wording().units}


def test_every_service_area_has_a_swedish_name() -> None:
    areas = {service.service_area for v in catalogues().versions for service in v.services}
    assert areas <= set(words().service_areas)


def test_a_gate_says_in_swedish_what_it_says_in_english() -> None:
    for gate in gates_in_force().gates:
        for item in gate.items:
            assert ("{subject}" in item.missing) == ("{subject}" in item.missing_sv), item.key
            assert item.missing_sv != item.missing or item.missing == "{subject}.", item.key


@EVERY_VERSION
def test_the_catalogue_speaks_in_the_words_of_both(version: Catalogue) -> None:
    for service in version.services:
        assert 15 <= len(service.activities) <= 30, service.key
        assert service.standard_delivery_sv.endswith("."), service.key
        names = [activity.name_sv for activity in service.activities]
        assert len(set(names)) == len(names), service.key
        for activity in service.activities:
            where = (service.key, activity.key)
            assert {activity.accountable, activity.contributes} <= {"customer", "centre", "none"}
            assert activity.accountable not in {"none", activity.contributes}, where
            assert activity.standard_sv.endswith("."), where
            assert not activity.customer_words_sv.endswith("."), where
            texts = {activity.name_sv, activity.customer_words_sv, activity.standard_sv}
            assert len(texts) == 3, where
            assert activity.name != activity.name_sv, where


def test_every_structure_of_collaboration_is_a_template() -> None:
    templates = {template.key: template for template in collaboration_templates().templates}
    assert set(templates) == STRUCTURES
    for template in templates.values():
        # The daily work has to be brought up somewhere, and to rise from there.
        levels = {forum.level for forum in template.forums}
        assert levels >= {ForumLevel.OPERATIVE, ForumLevel.STRATEGIC}, template.key


def test_every_regulated_matter_names_a_law_by_its_number() -> None:
    for matter in regulated_matters().matters:
        assert re.search(r"\((?:1[89]|20)\d\d:\d+\)", matter.law), matter.key
        assert matter.matter_sv != matter.matter


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ((), ""),
        (("Namn",), "Namn"),
        (("Namn", "Lön och skatt", "IT-roll", "F-skatt"), "Namn, lön och skatt, IT-roll, F-skatt"),
    ],
)
def test_things_in_one_sentence(items: tuple[str, ...], told: str) -> None:
    assert swedish.enumerated(items) == told
