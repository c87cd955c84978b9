"""Use cases of statements: listed, read, and set as CSV or PDF.

What is kept is the content. The paper is set from it when somebody asks, from this release's
template, so that 1,300 closings a month do not fill the database with papers nobody opens.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis import pdf
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.following_up.data import FOLDER, causes, teams, words
from services.collab_model.following_up.statements import repository
from services.collab_model.following_up.statements.papers import statement_view
from services.collab_model.following_up.statements.table import statement_csv
from services.collab_model.tables import StatementRow
from services.contracts.succession import Scope

TEMPLATE = FOLDER / "papers" / "statement.typ"


@dataclass(frozen=True)
class File:
    """A paper or table: what it is called, and its bytes."""

    name: str
    content: bytes


async def page(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[StatementRow]:
    """A page of statements in the order they were made, corrections among them."""
    return await repository.page(
        uow.session, scope=scope, service=service, period=period, after=after, limit=limit
    )


async def read(uow: UnitOfWork, statement_id: str, scope: Scope | None) -> StatementRow:
    """A statement.

    Raises:
        Problem: ``not_found``.
    """
    row = await repository.find(uow.session, statement_id, scope=scope)
    if row is None:
        raise not_found("statement")
    return row


def content_of(row: StatementRow) -> dict[str, Any]:
    """What a statement says."""
    content: dict[str, Any] = json.loads(row.content)
    return content


async def as_pdf(uow: UnitOfWork, statement_id: str, scope: Scope | None) -> File:
    """A statement as a Swedish paper; the same statement gives the same bytes.

    Raises:
        Problem: ``not_found``.
    """
    row = await read(uow, statement_id, scope)
    view = statement_view(content_of(row), words(), causes(), teams())
    return File(f"{_name(row)}.pdf", await pdf.make_pdf(TEMPLATE, view, made_at=row.made_at))


async def as_csv(uow: UnitOfWork, statement_id: str, scope: Scope | None) -> File:
    """A statement's levels, deviations and credit as CSV in UTF-8.

    Raises:
        Problem: ``not_found``.
    """
    row = await read(uow, statement_id, scope)
    return File(f"{_name(row)}.csv", statement_csv(content_of(row)).encode())


def _name(row: StatementRow) -> str:
    edition = "" if row.revision == 1 else f" utgåva {row.revision}"
    return f"Servicenivåer {row.service} {row.org_number} {row.period}{edition}"
