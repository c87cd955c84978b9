from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from services.chassis.events import Event
from services.contracts.values import OrgNumber, Priority, Slug, Value, YearMonth
from services.documents.event_pages import key_fields
from services.documents.facts import EventFacts
from services.documents.markdown import link, table
from services.documents.schemas import wire_schemas, without_null
from services.documents.wording import constraints, type_words


class Part(Value):
    share: Annotated[Decimal, Field(gt=0, le=100)]
    rate: Annotated[Decimal, Field(ge=0, lt=1)]


class Everything(Event):
    """All kinds of fields."""

    type: ClassVar[str] = "probe.everything.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    parts: tuple[Part, ...]
    org_number: OrgNumber
    thing_id: str
    service: Slug
    month: YearMonth
    day: date
    at: datetime
    priority: Priority
    maybe: date | None = None
    minutes: dict[Priority, Annotated[int, Field(ge=0)]]
    volumes: dict[Slug, int]
    code: Annotated[str, Field(pattern="^(a|b)$")]
    days: tuple[Annotated[str, Field(pattern="^[0-9]$")], ...]
    few: Annotated[int, Field(ge=1, le=12)]
    most: Annotated[int, Field(le=12)]
    some: Annotated[int, Field(gt=0)]


SCHEMAS = wire_schemas([Everything])
FIELDS = SCHEMAS["Everything"]["properties"]


@pytest.mark.parametrize(
    ("field", "words", "limits"),
    [
        ("parts", "list of [Part](#part)", ""),
        ("org_number", "organisation number", ""),
        ("service", "slug", ""),
        ("month", "month (`YYYY-MM`)", ""),
        ("day", "date", ""),
        ("at", "instant, UTC", ""),
        ("priority", "[Priority](#priority)", ""),
        ("maybe", "date or null", ""),
        ("minutes", "integer (at least 0) by [Priority](#priority)", ""),
        ("volumes", "integer by slug", ""),
        ("code", "text", "Matches `^(a|b)$`."),
        ("days", "list of text", "Matches `^[0-9]$`."),
        ("few", "integer", "1 to 12."),
        ("most", "integer", "At most 12."),
        ("some", "integer", "More than 0."),
    ],
)
def test_fields_in_words(field: str, words: str, limits: str) -> None:
    assert type_words(FIELDS[field], SCHEMAS) == words
    assert constraints(FIELDS[field]) == limits


def test_a_decimal_travels_as_text_and_keeps_its_limits() -> None:
    assert SCHEMAS["Part"]["properties"]["share"] == {
        "type": "string",
        "format": "decimal",
        "x-exclusive-minimum": "0",
        "x-maximum": "100",
    }
    assert constraints(SCHEMAS["Part"]["properties"]["share"]) == "More than 0, at most 100."
    assert SCHEMAS["Part"]["properties"]["rate"] == {
        "type": "string",
        "format": "decimal",
        "x-minimum": "0",
        "x-exclusive-maximum": "1",
    }


def test_a_member_that_is_left_out_is_never_null() -> None:
    assert without_null({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}) == {
        "type": "string"
    }
    assert without_null({"type": "integer"}) == {"type": "integer"}


def test_key_fields_are_the_subject_and_the_first_single_values() -> None:
    facts = EventFacts(Everything, "probe", ())
    assert key_fields(facts) == ("thing_id", "org_number", "service", "month", "day")


def test_a_table_survives_a_bar_in_a_cell() -> None:
    assert table(("a",), [("x|y",)]) == "| a |\n| --- |\n| x\\|y |\n"


def test_links_lead_where_github_puts_headings() -> None:
    assert link("x", "billing.fee_indicated.v1") == "[x](#billingfee_indicatedv1)"
    assert link("x", "Two words", "page.md") == "[x](page.md#two-words)"
