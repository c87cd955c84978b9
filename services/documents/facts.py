"""What the code says of each event: who publishes it, who hears it, what it tells."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.chassis.events import Event
from services.chassis.service import ServiceSpec
from services.contracts.outside import OUTSIDE


class CatalogueError(ValueError):
    """The code contradicts itself; the text says where."""


@dataclass(frozen=True)
class Listener:
    """A service that hears an event, and what it does then (its handler's first sentence)."""

    service: str
    does: str


@dataclass(frozen=True)
class EventFacts:
    """One event type with its two sides."""

    kind: type[Event]
    publisher: str
    listeners: tuple[Listener, ...]

    @property
    def type(self) -> str:
        """Its versioned name, which is also its routing key."""
        return self.kind.type

    @property
    def name(self) -> str:
        """Its class's name."""
        return self.kind.__name__

    @property
    def says(self) -> str:
        """What it tells, in one sentence."""
        return first_sentence(self.description)

    @property
    def description(self) -> str:
        """Everything its class says about it."""
        return description_of(self.kind)


def event_facts(
    events: Iterable[type[Event]], services: Sequence[ServiceSpec]
) -> tuple[EventFacts, ...]:
    """The facts of every event, grouped by publisher in the order of the services.

    The first part of an event's type names its publisher, which may be somebody outside of the
    centre; its listeners are the services with a handler for it.

    Raises:
        CatalogueError: an event's type names no service, or a service wants to hear of an
            event that is not among the given ones.
    """
    known = list(events)
    order = [*(spec.name for spec in services), OUTSIDE]
    for spec in services:
        for kind in spec.handlers:
            if kind not in known:
                raise CatalogueError(f"{spec.name} has a handler for {kind.type}, which no one has")
    facts = []
    for kind in known:
        publisher = kind.type.partition(".")[0]
        if publisher not in order:
            raise CatalogueError(f"{kind.type} is named after {publisher}, which is no service")
        listeners = tuple(
            Listener(spec.name, first_sentence(inspect.getdoc(spec.handlers[kind]) or ""))
            for spec in services
            if kind in spec.handlers
        )
        facts.append(EventFacts(kind, publisher, listeners))
    return tuple(sorted(facts, key=lambda found: order.index(found.publisher)))


def description_of(kind: type) -> str:
    """A class's docstring, with code marked as Markdown does."""
    return as_markdown(inspect.cleandoc(kind.__doc__ or ""))


def as_markdown(text: str) -> str:
    """A docstring with ``code`` marked as Markdown does."""
    return text.replace("``", "`")


def first_sentence(text: str) -> str:
    """The first sentence of a text, on one line; empty for an empty text."""
    paragraph = " ".join(text.split("\n\n", 1)[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph, maxsplit=1)[0]
