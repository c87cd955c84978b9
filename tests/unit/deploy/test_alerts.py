from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from services.chassis.telemetry import Metrics

ROOT = Path(__file__).parents[3]
RULES: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text()
)["groups"][0]["rules"]
IDS = [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_an_alert_speaks_of_numbers_that_exist(rule: dict[str, Any]) -> None:
    shown = generate_latest(Metrics("billing").registry).decode()
    declared = set(re.findall(r"^# TYPE (\S+) ", shown, re.MULTILINE))
    named = re.findall(r"\bssc_\w+", rule["expr"])
    assert named
    for name in named:
        assert name in declared


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_an_alert_leads_to_a_page_that_names_it(rule: dict[str, Any]) -> None:
    page = ROOT / rule["annotations"]["runbook"]
    assert f"`{rule['alert']}`" in page.read_text()


@pytest.mark.parametrize(
    "page", sorted((ROOT / "deploy" / "runbooks").glob("*.md")), ids=lambda page: page.stem
)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists()
