"""A statement as a table: CSV with a record for each level, deviation and step of the credit."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
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
"""The columns of a statement as CSV: a record for each level, deviation, and credit step."""


def statement_csv(statement: Document) -> str:
    """A statement as CSV (RFC 4180, commas, UTF-8): levels, deviations, steps of the credit.

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
    for step in (statement["credit"] or {"steps": ()})["steps"]:
        own = {
            "record": "credit",
            "level": step["level"],
            "subject": step["ground"],
            "outcome_percent": step["percent"],
            "total": step["count"],
        }
        writer.writerow(_cells({**head, **own}))
    return out.getvalue()


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _cell(value) for key, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value
