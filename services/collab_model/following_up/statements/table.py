"""A statement as a table: CSV with records of its levels, its deviations and its credit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from services.collab_model.following_up.statements.domain import Document

CSV_COLUMNS = (
    "record",
    "org_number",
    "service",
    "period",
    "revision",
    "level",
    "kind",
    "required_share_percent",
    "outcome_percent",
    "good",
    "total",
    "excluded",
    "met",
    "status",
    "subject",
    "what",
    "at",
    "late_by_seconds",
    "priority",
    "cause",
    "team",
    "note",
)
"""The columns of a statement as CSV. A record is of a level, a deviation or the credit; of the
credit, ``subject`` is a step's ground, or ``sum``, ``cap`` and ``given``."""


def statement_csv(statement: Document) -> str:
    """A statement as CSV (RFC 4180, commas, UTF-8): levels, deviations, the credit.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    head = {name: statement[name] for name in ("org_number", "service", "period", "revision")}
    for level in statement["levels"]:
        own = {key: value for key, value in level.items() if key in CSV_COLUMNS}
        writer.writerow(_cells({"record": "level", **head, **own}))
    for each in statement["deviations"]:
        own = {key: value for key, value in each.items() if key in CSV_COLUMNS}
        # What failed of the level's total; whether it gives a credit.
        own |= {"total": each["failed"], "good": 0, "excluded": each["excluded"]}
        writer.writerow(_cells({"record": "deviation", **head, **own}))
    for own in _credit(statement["credit"]):
        writer.writerow(_cells({"record": "credit", **head, **own}))
    return out.getvalue()


def _credit(credit: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The steps of a credit, then their sum, the month's cap, and what is given back."""
    if credit is None:
        return
    for step in credit["steps"]:
        yield {
            "level": step["level"],
            "subject": step["ground"],
            "outcome_percent": step["percent"],
            "total": step["count"] or None,
        }
    yield {"subject": "sum", "outcome_percent": credit["sum_percent"]}
    yield {"subject": "cap", "outcome_percent": credit["cap_percent"]}
    yield {"subject": "given", "outcome_percent": credit["percent"]}


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _cell(value) for key, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value
