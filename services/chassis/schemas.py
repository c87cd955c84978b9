"""Building blocks of request and response models."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from services.chassis.ids import IDENTIFIER_PATTERN

_NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f-\x9f]*$"
# These have one character in the middle that can be seen: blanks alone say nothing.
_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
_LINES = (
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s]"
    r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
)

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]
"""One line of text, 1 to 200 characters, not all blank, without control characters."""

PossiblyBlank = Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_CONTROL_CHARACTERS)]
"""As ``Text``, but blanks pass: where a rule refuses them with a code of its own."""

LongText = Annotated[str, Field(min_length=1, max_length=4000, pattern=_LINES)]
"""Running text, 1 to 4000 characters, not all blank; line breaks and tabs allowed."""

PATTERNS_IN_WORDS: Mapping[str, str] = {
    _ONE_LINE: "write one line of text that is not blank, without control characters",
    _LINES: "write text that is not blank, without control characters",
    _NO_CONTROL_CHARACTERS: "write one line of text, without control characters",
}
"""What a refusal says where a text does not fit; patterns are for machines."""

Identifier = Annotated[str, Path(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
"""An identifier of ours in a path."""


def _a_number(value: object) -> object:
    if isinstance(value, bool | str | bytes):
        raise ValueError("write a whole number, without quotes")  # noqa: TRY004  # pydantic's way
    return value


AS_A_NUMBER = BeforeValidator(_a_number)
"""Beside ``int``: a whole number as JSON has it (5.0 is one), not text or a truth value that
looks like one. Goes behind ``Field``, whose limits are otherwise lost to the schema."""

Count = Annotated[int, Field(ge=0, le=1_000_000_000), AS_A_NUMBER]
"""A number of things."""

AmountOre = Annotated[int, Field(ge=-(10**15), le=10**15), AS_A_NUMBER]
"""Money in whole öre, small enough for any database column."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false, and not a word or number that could be taken for one."""

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


_BEGINS_AS_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _a_day_in_writing(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _BEGINS_AS_A_DAY.match(value)):
        return value
    raise ValueError("write a date as YYYY-MM-DD")


def _within_reason(value: date) -> date:
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise ValueError(f"a day between {_FIRST_DAY} and {_LAST_DAY} is expected")
    return value


Day = Annotated[
    date,
    BeforeValidator(_a_day_in_writing),
    AfterValidator(_within_reason),
    Field(examples=["2026-03-31"]),
]
"""A day, as text; a bare number would be read as seconds since 1970."""

_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


def _an_instant_in_writing(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _BEGINS_AS_A_DAY.match(value)):
        return value
    raise ValueError("write an instant as YYYY-MM-DDTHH:MM:SS with its offset")


def _within_reach(instant: datetime) -> datetime:
    """Instants that nothing here reaches stand for the first or the last one that it does."""
    if instant.year < _EARLIEST.year:
        return _EARLIEST
    return _LATEST if instant.year > _LATEST.year else instant


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_an_instant_in_writing),
    AfterValidator(_within_reach),
    Field(examples=["2026-03-12T09:30:00+01:00"]),
]
"""An instant with its offset from UTC, as text; a bare number would be read as a ``Day``'s."""

Limit = Annotated[int, Query(ge=1, le=200, description="At most so many items.")]

After = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9a-z-]{1,80}$", description="Continue behind this cursor (`next` of a page)."
    ),
]


class RequestModel(BaseModel):
    """A request body: unknown fields are refused, since they are usually misspelt ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


_Item = TypeVar("_Item")


class Page(ResponseModel, Generic[_Item]):
    """A page of a list; ``next`` continues it and is null at its end."""

    items: Sequence[_Item]
    next: str | None = None


_Row = TypeVar("_Row")


def one_more(limit: int) -> int:
    """How many rows to read so that ``page_of`` can tell whether more follow."""
    return limit + 1


def page_of(
    rows: Sequence[_Row],
    limit: int,
    *,
    cursor: Callable[[_Row], str],
    show: Callable[[_Row], _Item],
) -> Page[_Item]:
    """A page of at most ``limit`` items out of ``one_more(limit)`` rows."""
    shown = rows[:limit]
    return Page(
        items=[show(row) for row in shown],
        next=cursor(shown[-1]) if len(rows) > limit else None,
    )
