"""Cost sharing of 1,000 items over 260 parties, and one party's explanation of it.

Half of the items are shared by a driver, a quarter within groups, the rest with floors and caps;
some last for the year, some for a month, and ten parties come within the year.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from dataclasses import dataclass
from datetime import date, timedelta

from services.billing.cost_sharing.explaining import explain
from services.billing.cost_sharing.export import as_csv
from services.billing.cost_sharing.facts import CostItem, Party, Reading, SharingInput
from services.billing.cost_sharing.language import Version
from services.billing.cost_sharing.sharing import share_costs

ITEMS = 1_000
PARTIES = 260
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)

_DRIVER = {"kind": "by_driver", "driver": "payslips"}
_KEYS = {
    "payroll": _DRIVER,
    "groups": {
        "kind": "by_group",
        "groups": ["large", "small"],
        "between": _DRIVER,
        "within": {"kind": "equal"},
    },
    "limited": {
        "kind": "limited",
        "by": _DRIVER,
        "limits": [{"floor_ore": 100_00, "cap_ore": 40_000_000_00}],
    },
}


@dataclass(frozen=True)
class SharingFigures:
    """How long a sharing takes, what it needs, and how long one party's view of it takes."""

    seconds: float
    peak_mib: float
    explanation_seconds: float
    csv_seconds: float


def measure() -> SharingFigures:
    """Share, explain and export."""
    given = _given()
    started = time.perf_counter()
    sharing = share_costs(given)
    seconds = time.perf_counter() - started
    charged = sum(line.charged_ore for line in sharing.lines)
    if charged != sum(item.amount_ore for item in given.items):
        raise AssertionError("an öre was lost")
    started = time.perf_counter()
    explain(sharing, "party-0007")
    explained = time.perf_counter() - started
    started = time.perf_counter()
    as_csv(sharing, "bench", "party-0007", correction=False)
    exported = time.perf_counter() - started
    tracemalloc.start()
    share_costs(given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return SharingFigures(seconds, peak / 2**20, explained, exported)


def _given() -> SharingInput:
    draw = random.Random(1)
    parties = tuple(
        Party(
            key=f"party-{number:04}",
            name=f"Party {number}",
            groups=("large" if number % 4 == 0 else "small",),
            joins_on=date(2020, 1, 1) if number >= 10 else date(2025, 1 + number, 1),
        )
        for number in range(PARTIES)
    )
    readings = tuple(
        Reading(
            id=f"{party.key}-{month}",
            driver="payslips",
            party=party.key,
            first_day=date(2025, month, 1),
            last_day=date(2025, month, 28),
            quantity=str(draw.randint(50, 12_000)),
        )
        for party in parties
        for month in range(1, 13)
    )
    items = tuple(_item(number, draw) for number in range(ITEMS))
    return SharingInput(
        arrangement="bench",
        name="Bench",
        name_sv="Mätning",
        first_day=FIRST,
        last_day=LAST,
        actual_through=LAST,
        versions=(_version(),),
        parties=parties,
        items=items,
        readings=readings,
        index_values=(),
    )


def _item(number: int, draw: random.Random) -> CostItem:
    line = ("payroll", "payroll", "groups", "limited")[number % 4]
    first = date(2025, draw.randint(1, 12), 1)
    whole_year = number % 3 == 0
    return CostItem(
        id=f"item-{number:04}",
        line=line,
        name=f"Item {number}",
        first_day=FIRST if whole_year else first,
        last_day=LAST if whole_year else first + timedelta(days=27),
        amount_ore=draw.randint(10_000_00, 3_000_000_00),
    )


def _version() -> Version:
    return Version.model_validate(
        {
            "effective_from": "2020-01-01",
            "groups": [{"key": key, "name": key, "name_sv": key} for key in ("large", "small")],
            "drivers": [
                {"key": "payslips", "name": "Payslips", "name_sv": "Löner", "unit": "payslip"}
            ],
            "lines": [
                {"key": key, "name": key, "name_sv": key, "charge": {"kind": "actual", "by": by}}
                for key, by in _KEYS.items()
            ],
        }
    )
