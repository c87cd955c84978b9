"""Who says what and who listens: the code agrees with the names of the events."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.service import ServiceSpec
from services.composition import EVENT_SERVICES
from services.contracts import EVENTS
from services.contracts.outside import OUTSIDE

SERVICES = Path(__file__).parents[2] / "services"
CONTRACTS = "services.contracts"


def _events_made_by(folder: Path) -> set[str]:
    """The types of the events that a service's code makes, and so publishes."""
    made = set()
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        names = dict(_imported(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                made.add(names.get(ast.unparse(node.func), ""))
    by_class = {f"{kind.__module__}.{kind.__name__}": name for name, kind in EVENTS.types.items()}
    return {by_class[name] for name in made if name in by_class}


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What each name that was imported from the contracts stands for, in full."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(CONTRACTS):
            continue
        for alias in node.names:
            local = alias.asname or alias.name
            yield local, f"{node.module}.{alias.name}"
            if node.module == CONTRACTS:
                for kind in EVENTS.types.values():
                    if kind.__module__ == f"{CONTRACTS}.{alias.name}":
                        yield f"{local}.{kind.__name__}", f"{kind.__module__}.{kind.__name__}"


@pytest.fixture(scope="module")
def publishers() -> dict[str, set[str]]:
    """The services that publish each event."""
    found = defaultdict(set)
    for spec in EVENT_SERVICES:
        for event_type in _events_made_by(SERVICES / spec.name):
            found[event_type].add(spec.name)
    return found


@pytest.mark.parametrize("event_type", sorted(EVENTS.types))
def test_an_event_is_published_by_the_service_it_is_named_after(
    event_type: str, publishers: dict[str, set[str]]
) -> None:
    assert publishers[event_type] == {event_type.partition(".")[0]} - {OUTSIDE}


@pytest.mark.parametrize("spec", EVENT_SERVICES, ids=lambda spec: spec.name)
def test_a_service_hears_only_what_another_publishes(
    spec: ServiceSpec, publishers: dict[str, set[str]]
) -> None:
    assert spec.handlers
    for kind in spec.handlers:
        assert EVENTS.types.get(kind.type) is kind
        others = publishers[kind.type] - {spec.name}
        assert others or kind.type.startswith(f"{OUTSIDE}."), f"nobody else publishes {kind.type}"


def test_the_search_follows_every_way_to_import(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "from services.contracts.billing import FeeIndicated as Fee\n"
        "from services.contracts import onboarding as said\n"
        "def f():\n    record(Fee(x=1))\n    return said.CaseOpened(x=1)\n",
        "utf-8",
    )
    (tmp_path / "two.py").write_text(
        "from services.contracts.billing import InvoiceIssued\n"
        "from elsewhere import TrueUpSettled\n"
        "HANDLERS = {InvoiceIssued: f}\nTrueUpSettled()\n",
        "utf-8",
    )
    assert _events_made_by(tmp_path) == {"billing.fee_indicated.v1", "onboarding.case_opened.v1"}
