from __future__ import annotations

import pytest

from services.chassis.events import Envelope
from services.chassis.ids import IDENTIFIER_PATTERN
from services.contracts import EVENTS, billing
from services.documents.envelope import example_envelope
from services.documents.examples import example_event, example_id
from services.documents.facts import EventFacts
from services.documents.files import all_events


@pytest.mark.parametrize("facts", all_events(), ids=lambda facts: facts.type)
def test_every_event_has_an_example_that_reads_back_as_itself(facts: EventFacts) -> None:
    envelope = Envelope.from_bytes(example_envelope(facts).to_bytes())
    event = EVENTS.decode(envelope)
    assert event == example_event(facts.kind)
    assert envelope.subject == event.aggregate_id


def test_examples_are_the_same_every_time() -> None:
    facts = all_events()
    assert [example_envelope(each) for each in facts] == [example_envelope(each) for each in facts]


def test_ids_have_the_form_of_ours_and_differ() -> None:
    ids = [example_id(name) for name in ("case_id", "agreement_id")]
    assert all(IDENTIFIER_PATTERN.fullmatch(each) for each in ids)
    assert len(set(ids)) == 2


def test_the_figures_of_the_examples_belong_together() -> None:
    indicated = example_event(billing.FeeIndicated)
    assert isinstance(indicated, billing.FeeIndicated)
    (line,) = indicated.lines
    assert line.item.unit_price_ore * line.item.yearly_quantity == line.amount_ore
    assert indicated.yearly_total_ore == line.amount_ore

    invoice = example_event(billing.InvoiceIssued)
    assert isinstance(invoice, billing.InvoiceIssued)
    assert invoice.total_ore == sum(line.amount_ore for line in invoice.lines)
    assert invoice.total_ore * 12 == indicated.yearly_total_ore

    settled = example_event(billing.TrueUpSettled)
    assert isinstance(settled, billing.TrueUpSettled)
    (area,) = settled.areas
    assert area.actual_ore - area.charged_ore == area.difference_ore == settled.difference_ore
