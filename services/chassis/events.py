"""Events and the CloudEvents 1.0 envelope they travel in.

An event type is a frozen pydantic model with a versioned name such as
``onboarding.agreement_signed.v1``; the name is also its routing key. A change that an
old consumer could not read is a new version beside the old one, never an edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

EVENT_TYPE_PATTERN = re.compile(r"[a-z_]+\.[a-z_]+\.v[1-9][0-9]*")


class Event(BaseModel):
    """Something that happened, as published to the other services.

    Subclasses set ``type`` and name the aggregate they are about through
    ``aggregate_field``; events of one aggregate are published in order.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    aggregate_field: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        declared = cls.__dict__.get("type")
        if declared is None:
            return
        if not EVENT_TYPE_PATTERN.fullmatch(declared):
            raise TypeError(f"{cls.__name__}.type must look like 'service.fact.v1': {declared!r}")
        if cls.aggregate_field not in cls.model_fields:
            raise TypeError(f"{cls.__name__} has no field {cls.aggregate_field!r}")

    @property
    def aggregate_id(self) -> str:
        """Identity of the thing the event is about; the CloudEvents ``subject``."""
        return str(getattr(self, self.aggregate_field))


class Envelope(BaseModel):
    """A CloudEvents 1.0 envelope in structured JSON mode.

    ``correlationid`` names the request that began the chain, ``causationid`` the event
    or command directly before this one, ``aggregateversion`` the state the event left
    its aggregate in (rising per aggregate, not without gaps).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = Field(default="1.0", pattern=r"^1\.0$")
    id: str = Field(min_length=1, max_length=64)
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    correlationid: str
    causationid: str
    aggregateversion: int = Field(ge=0)
    traceparent: str | None = None
    data: dict[str, Any]

    @property
    def rank(self) -> str:
        """Where the event stands among those about one thing: texts that sort in their order.

        By the time its publisher recorded it, since more than one aggregate may tell of a
        thing; within one instant by version; then by identity, which rises with time.
        """
        at = self.time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{at} {self.aggregateversion:012d} {self.id}"

    def to_bytes(self) -> bytes:
        """The envelope as UTF-8 JSON."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read an envelope.

        Raises:
            Undecodable: the bytes are not such an envelope; no retry can help.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise Undecodable(describe(error)) from error


class Undecodable(Exception):
    """A message that no retry can make readable."""


def describe(error: ValidationError) -> str:
    """What is wrong with a document, without echoing what it held (personal data)."""
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'document'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    )


class EventRegistry:
    """Event types by name, so that a consumer can turn a message into a typed event."""

    def __init__(self, types: Iterable[type[Event]] = ()) -> None:
        self._types: dict[str, type[Event]] = {}
        for event_type in types:
            if event_type.type in self._types:
                raise ValueError(f"{event_type.type} is registered twice")
            self._types[event_type.type] = event_type

    @property
    def types(self) -> Mapping[str, type[Event]]:
        """Every registered type by its name."""
        return self._types

    def decode(self, envelope: Envelope) -> Event:
        """The typed event inside an envelope.

        Raises:
            Undecodable: the type is unknown, or the data does not fit it.
        """
        event_type = self._types.get(envelope.type)
        if event_type is None:
            raise Undecodable(f"unknown event type {envelope.type}")
        try:
            return event_type.model_validate(envelope.data)
        except ValidationError as error:
            raise Undecodable(f"{envelope.type}: {describe(error)}") from error
