"""Use cases of files from the accounts: SIE 4 and CSV, whole or not at all, each once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.billing.cost_sharing.facts import Basis
from services.billing.costs import repository, rows
from services.billing.costs.language import Pool
from services.billing.costs.mapping import Mappings, NoMappingError, UnmappedError
from services.billing.costs.problems import (
    ACCOUNT_UNMAPPED,
    COST_MAPPING_MISSING,
    VOUCHER_CONFLICT,
)
from services.billing.costs.registering import BY_API, keep_entries, unknown_pool, who
from services.billing.costs.rows import AccountRow
from services.billing.sie.model import SieFile, disagreements
from services.billing.sie.problems import SIE_DISAGREES
from services.billing.sie.reading import read
from services.billing.tables import CostImportRow
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork

CSV, SIE = "text/csv", "application/x-sie"
_LISTED = 200


@dataclass(frozen=True)
class Import:
    """A file that was taken in; ``known``: it came before, and nothing was changed now."""

    row: CostImportRow
    known: bool


@dataclass(frozen=True)
class _Vouchers:
    """The vouchers of a file that had not come before, by identity, and how many had."""

    content: Mapping[str, str]
    rows: Sequence[AccountRow]
    known: int


async def take_in(
    uow: UnitOfWork,
    source: str,
    media_type: str,
    content: bytes,
    *,
    announced: int | None,
    whole_year: bool,
) -> Import:
    """Take a file in: all of it, or nothing; one that came before changes nothing.

    Args:
        uow: the unit of work.
        source: which accounts it is from; identities of rows and vouchers are theirs.
        media_type: ``CSV`` or ``SIE``.
        content: the file.
        announced: how many rows the sender says a CSV has.
        whole_year: a SIE file holds all vouchers of its year, so they must come to what it
            states of its accounts.

    Raises:
        Problem: as ``sie.reading.read`` and ``rows.rows_of_csv`` say; ``sie_disagrees``,
            ``voucher_conflict``, ``account_unmapped``, ``cost_mapping_missing``,
            ``unknown_reference``, ``fact_conflict``. Each names ``row`` and ``column``.
    """
    named = f"sie:{source}" if media_type == SIE else f"{BY_API}{source}"
    digest = hashlib.sha256(content).hexdigest()
    before = await repository.import_of(uow.session, named, digest)
    if before is not None:
        return Import(before, known=True)
    # Read before others have to wait for it; the same file may come in meanwhile.
    found = await asyncio.to_thread(_read, media_type, content, announced)
    await repository.take_turn(uow.session)
    before = await repository.import_of(uow.session, named, digest)
    if before is not None:
        return Import(before, known=True)
    row = CostImportRow(
        id=new_id(),
        source=named,
        digest=digest,
        media_type=media_type,
        sent_by=who(uow),
        result={},
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    if isinstance(found, SieFile):
        row.result = await _take_sie(uow, row, found, whole_year=whole_year)
    else:
        row.result = await _keep(uow, row, found)
    await uow.session.flush()
    return Import(row, known=False)


def _read(media_type: str, content: bytes, announced: int | None) -> SieFile | list[AccountRow]:
    return read(content) if media_type == SIE else rows.rows_of_csv(content, announced)


async def get(uow: UnitOfWork, import_id: str) -> CostImportRow:
    """A file that was taken in.

    Raises:
        Problem: ``not_found``.
    """
    found = await uow.session.get(CostImportRow, import_id)
    if found is None:
        raise not_found("cost import")
    return found


async def _take_sie(
    uow: UnitOfWork, row: CostImportRow, file: SieFile, *, whole_year: bool
) -> dict[str, Any]:
    if whole_year:
        _require_agreement(file)
    vouchers = await _new_vouchers(uow, row.source, file)
    budget = await _new_budget(uow, row.source, file)
    result = await _keep(uow, row, [*vouchers.rows, *budget])
    await repository.add_vouchers(
        uow.session,
        [
            {"source": row.source, "voucher": name, "content": held, "import_id": row.id}
            for name, held in vouchers.content.items()
        ],
    )
    return {
        **result,
        "company": file.company,
        "org_number": file.org_number or None,
        "generated_on": file.generated_on.isoformat(),
        "vouchers": len(vouchers.content),
        "known_vouchers": vouchers.known,
    }


def _require_agreement(file: SieFile) -> None:
    off = disagreements(file)
    if off:
        first = off[0]
        raise Problem(
            SIE_DISAGREES,
            f"Row {first.row} says that account {first.account} moved by {first.stated_ore} öre,"
            f" and its vouchers come to {first.booked_ore} (accounts that are off:"
            f" {len(off)}). Vouchers are missing, so nothing was taken in. Export the whole"
            " year, or say whole_year=false if a part of it was meant.",
            row=first.row,
            column=1,
            accounts=[each.account for each in off[:_LISTED]],
        )


async def _new_vouchers(uow: UnitOfWork, source: str, file: SieFile) -> _Vouchers:
    same: Counter[str] = Counter()
    named = []
    for voucher in file.vouchers:
        content = rows.content_of(voucher)
        named.append((rows.identity_of(voucher, file, same[content]), content, voucher))
        same[content] += 1
    seen = await repository.vouchers(uow.session, source, [name for name, _, _ in named])
    known = 0
    new: dict[str, str] = {}
    found: list[AccountRow] = []
    for name, content, voucher in named:
        before = seen.get(name) or new.get(name)
        if before is None:
            new[name] = content
            found.extend(rows.rows_of_voucher(voucher, name))
        elif before == content:
            known += 1
        else:
            raise Problem(
                VOUCHER_CONFLICT,
                f"Row {voucher.row}: voucher {voucher.series} {voucher.number} came before with"
                " other rows. A voucher never changes, so nothing was taken in; correct it in the"
                " accounts by a voucher of its own.",
                row=voucher.row,
                column=1,
                series=voucher.series,
                number=voucher.number,
            )
    return _Vouchers(new, found, known)


async def _new_budget(uow: UnitOfWork, source: str, file: SieFile) -> list[AccountRow]:
    """What the file's budget changes: a budget is restated as a whole, so its difference to
    what came before is the new fact.
    """
    before = await repository.budget_by_place(uow.session, source)
    found = []
    for row in rows.budget_rows(file):
        kept, times = before.get((row.period, row.account, row.objects), (0, 0))
        if row.amount_ore != kept:
            found.append(
                AccountRow(
                    name=f"{row.name}:{times + 1}",
                    row=row.row,
                    column=row.column,
                    amount_ore=row.amount_ore - kept,
                    basis=row.basis,
                    period=row.period,
                    text=row.text,
                    account=row.account,
                    objects=row.objects,
                    day=row.day,
                )
            )
    return found


async def _keep(uow: UnitOfWork, row: CostImportRow, found: Sequence[AccountRow]) -> dict[str, Any]:
    pools = await repository.pools(uow.session)
    mappings = Mappings(await repository.mappings(uow.session))
    placed = list(_placed(found, pools, mappings))
    places = {index: each.row for index, (each, _) in enumerate(placed)}
    entries = [_entry(each, pool) for each, pool in placed]
    taken = await keep_entries(uow, row.source, entries, places, row.id)
    return {
        "rows": len(found),
        "not_cost": len(found) - len(placed),
        "new": taken.new,
        "known": taken.known,
        "pools": _sums(placed),
    }


def _placed(
    found: Iterable[AccountRow], pools: Mapping[str, Pool], mappings: Mappings
) -> Iterator[tuple[AccountRow, str]]:
    """Rows with their pools, those apart that are no cost.

    Raises:
        Problem: ``unknown_reference``, ``cost_mapping_missing`` or ``account_unmapped``: all
            accounts without a rule are named, with the first of their rows.
    """
    unmapped: dict[str, AccountRow] = {}
    for row in found:
        if row.pool is not None:
            if row.pool not in pools:
                raise unknown_pool(row.row, row.pool)
            yield row, row.pool
        elif row.account is not None and row.day is not None:
            try:
                destination = mappings.destination(row.day, row.account, row.objects)
            except NoMappingError as error:
                raise Problem(
                    COST_MAPPING_MISSING,
                    f"Row {row.row}: no mapping of accounts holds on {row.day}. Nothing was taken"
                    " in; register one that does.",
                    row=row.row,
                    column=row.column,
                    day=row.day.isoformat(),
                ) from error
            except UnmappedError:
                unmapped.setdefault(row.account, row)
                continue
            if destination.pool is not None:
                yield row, destination.pool
    if unmapped:
        first = min(unmapped.values(), key=lambda each: each.row)
        raise Problem(
            ACCOUNT_UNMAPPED,
            f"Row {first.row}: the mapping of {first.day} has no rule for account {first.account}"
            f" (accounts without one: {len(unmapped)}). Nothing was taken in; say in a new"
            " mapping to which pools they belong, or that they are no cost.",
            row=first.row,
            column=first.column,
            accounts=sorted(unmapped)[:_LISTED],
        )


def _entry(row: AccountRow, pool: str) -> dict[str, Any]:
    return {
        "source_id": row.name,
        "pool": pool,
        "period": row.period,
        "basis": row.basis.value,
        "amount_ore": row.amount_ore,
        "text": row.text,
        "account": row.account,
        "objects": [list(pair) for pair in row.objects],
    }


def _sums(placed: Iterable[tuple[AccountRow, str]]) -> list[dict[str, Any]]:
    """What the file's rows come to by pool, for comparing with the accounts."""
    sums: dict[tuple[str, Basis], int] = {}
    for row, pool in placed:
        sums[pool, row.basis] = sums.get((pool, row.basis), 0) + row.amount_ore
    return [
        {"pool": pool, "basis": basis.value, "amount_ore": ore}
        for (pool, basis), ore in sorted(sums.items())
    ]
