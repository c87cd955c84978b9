"""What a request may write for a day and for an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from services.chassis.schemas import Day, Instant

DAY: TypeAdapter[date] = TypeAdapter(Day)
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def test_a_day_and_an_instant_are_read_from_text() -> None:
    assert DAY.validate_python("2026-03-31") == date(2026, 3, 31)
    read = INSTANT.validate_python("2026-03-12T09:30:00+01:00")
    assert read == datetime(2026, 3, 12, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["10", "10.0", "1774915200", "20260331", 10, 10.0, True, ""])
def test_a_number_is_neither_a_day_nor_an_instant(written: object) -> None:
    """Read leniently, each would be so many seconds since 1970, also as text in a query."""
    for adapter in (DAY, INSTANT):
        with pytest.raises(ValidationError, match="YYYY-MM-DD"):
            adapter.validate_python(written)


@pytest.mark.parametrize(
    ("written", "taken_for"),
    [("0001-01-01T00:00:00Z", 1900), ("9999-12-31T23:59:59Z", 2199)],
)
def test_instants_that_nothing_reaches_stand_for_the_first_and_the_last(
    written: str, taken_for: int
) -> None:
    assert INSTANT.validate_python(written).year == taken_for


def test_an_instant_needs_its_offset() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        INSTANT.validate_python("2026-03-12T09:30:00")
