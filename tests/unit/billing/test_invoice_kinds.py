"""What an invoice's lines are is told by a kind of the same name."""

from __future__ import annotations

from services.billing.invoices.domain import LineKind
from services.contracts.billing import InvoiceLineKind


def test_every_kind_of_line_can_be_told() -> None:
    assert {kind.value for kind in LineKind} == {kind.value for kind in InvoiceLineKind}
