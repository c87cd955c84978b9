from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.documents.facts import CatalogueError, Listener, event_facts, first_sentence
from tests.support.probe import SPEC, Happened


class Heard(Event):
    """Somebody heard of it. And then more is said, about ``e.g.`` this.

    In a second paragraph.
    """

    type: ClassVar[str] = "ear.heard.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    thing_id: str


async def on_heard(uow: UnitOfWork, event: Heard) -> None:
    """Write it down. Then rest."""


async def on_anything(uow: UnitOfWork, event: Heard) -> None:
    pass


EAR = replace(SPEC, name="ear", handlers={Heard: on_heard})
SILENT = replace(SPEC, handlers={Heard: on_anything})


def test_an_event_knows_who_publishes_it_who_hears_it_and_what_they_do() -> None:
    (facts,) = event_facts([Heard], [EAR, SILENT])
    assert facts.publisher == "ear"
    assert facts.listeners == (Listener("ear", "Write it down."), Listener("probe", ""))
    assert facts.says == "Somebody heard of it."
    assert facts.description.endswith("`e.g.` this.\n\nIn a second paragraph.")


def test_events_are_grouped_by_publisher_in_the_order_of_the_services() -> None:
    assert [facts.type for facts in event_facts([Happened, Heard], [EAR, SPEC])] == [
        "ear.heard.v1",
        "probe.happened.v1",
    ]


def test_an_event_named_after_no_service_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"ear\.heard\.v1 is named after ear"):
        event_facts([Heard, Happened], [SPEC])


def test_a_handler_for_an_unknown_event_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"ear has a handler for ear\.heard\.v1"):
        event_facts([Happened], [EAR, SPEC])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("Over two\nlines; then. Two.", "Over two lines; then."),
        ("Without an end", "Without an end"),
        ("First paragraph\n\nSecond.", "First paragraph"),
        ("Costs 1.5 kr. More.", "Costs 1.5 kr."),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_text(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence
