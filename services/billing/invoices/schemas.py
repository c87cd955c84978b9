"""What the API says about invoices and credits."""

from __future__ import annotations

from datetime import date, datetime

from services.billing.invoices.domain import MONTH_OF_ITS_OWN, LineKind
from services.billing.invoices.service import Invoice
from services.billing.tables import CreditRow, InvoiceLineRow
from services.chassis.schemas import ResponseModel


class InvoiceLineOut(ResponseModel):
    """One line; ``period`` is the month it is about, credits are negative.

    A share of a cost names its arrangement as ``service``. ``explanation`` is where the share
    is explained, down to cost items and drivers; behind the door's prefix.
    """

    kind: LineKind
    service: str
    period: str
    text: str
    amount_ore: int
    cost_sharing_id: str | None
    party: str | None
    explanation: str | None


class InvoiceOut(ResponseModel):
    """An issued invoice.

    It is made out to whoever held the subscription on the month's last day, under the name
    of that day as it was known when the invoice was issued. ``final``: it closes a final
    settlement, beside the month's own invoice.
    """

    id: str
    number: str
    subscription_id: str
    org_number: str
    customer_name: str
    period: str
    final: bool
    issued_on: date
    total_ore: int
    lines: tuple[InvoiceLineOut, ...]


class CreditOut(ResponseModel):
    """A breach of a service level and what it gives back.

    The amount is what it gave when it was recorded, 0 once the month's cap is reached;
    ``invoice_id`` is the invoice that carries the credit, absent until it is issued. A later
    change of the month's fee corrects the month's credit on an invoice, and so does a breach
    that is withdrawn because it turned out not to be one.
    """

    breach_id: str
    subscription_id: str
    org_number: str
    service: str
    period: str
    level: str
    matter_id: str
    breached_at: datetime
    amount_ore: int
    explanation: str
    invoice_id: str | None
    withdrawn_at: datetime | None


def invoice_out(invoice: Invoice) -> InvoiceOut:
    """An invoice as the API shows it."""
    row = invoice.row
    return InvoiceOut(
        id=row.id,
        number=row.number,
        subscription_id=row.subscription_id,
        org_number=row.org_number,
        customer_name=row.customer_name,
        period=row.period,
        final=row.occasion != MONTH_OF_ITS_OWN,
        issued_on=row.issued_on,
        total_ore=row.total_ore,
        lines=tuple(_line_out(line) for line in invoice.lines),
    )


def _line_out(line: InvoiceLineRow) -> InvoiceLineOut:
    explained = line.cost_sharing_id is not None
    return InvoiceLineOut(
        kind=LineKind(line.kind),
        service=line.service,
        period=line.period,
        text=line.text,
        amount_ore=line.amount_ore,
        cost_sharing_id=line.cost_sharing_id,
        party=line.party,
        explanation=f"/cost-sharings/{line.cost_sharing_id}/shares/{line.party}"
        if explained
        else None,
    )


def credit_out(row: CreditRow) -> CreditOut:
    """A credit as the API shows it."""
    return CreditOut.model_validate(row)
