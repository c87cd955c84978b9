"""What systems outside of the centre publish to it: those that measure how services run.

Their operator gives each a broker user that may write events of the types named ``outside``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from services.chassis.events import Event
from services.contracts.values import OrgNumber, Slug, Value, YearMonth

OUTSIDE = "outside"
"""Stands, in an event's type, for whoever is none of the centre's services."""

_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class MeasuredStop(Value):
    """A time in which a service was down; ``ended_at`` is absent while it lasts."""

    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    planned: bool = False
    announced_at: AwareDatetime | None = None
    cause: Slug | None = None
    note: str = ""


class MadeDelivery(Value):
    """A delivery that was made, by its key in the agreement."""

    delivery: Slug
    delivered_at: AwareDatetime
    cause: Slug | None = None
    note: str = ""


class MeasureReported(Event):
    """A system that measures tells what it measured of a level in a month.

    It gives what the level's kind asks for: ``good`` of ``total``, ``stops`` (none: up all the
    time), ``deliveries``, or ``grades`` (how many answers gave each grade from 1 to 10). Instants
    have their offset from UTC.
    ``source`` and ``reading_id`` stand for this content for good; ``replaces`` names an earlier
    reading of the same source that no longer counts.
    """

    type: ClassVar[str] = "outside.measure_reported.v1"
    aggregate_field: ClassVar[str] = "reading_id"

    reading_id: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    org_number: OrgNumber
    service: Slug
    level: Slug
    period: YearMonth
    good: _Count | None = None
    total: _Count | None = None
    stops: tuple[MeasuredStop, ...] | None = None
    deliveries: tuple[MadeDelivery, ...] | None = None
    grades: Annotated[tuple[_Count, ...], Field(min_length=10, max_length=10)] | None = None
    replaces: Annotated[str, Field(min_length=1, max_length=200)] | None = None
