"""HTTP of the ledger, for finance. Vouchers follow from facts; by hand they are corrected only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.billing.ledger import service
from services.billing.ledger.chart import ACCOUNT_NUMBER, chart
from services.billing.ledger.domain import CauseKind
from services.billing.ledger.repository import Chosen
from services.billing.ledger.schemas import (
    AccountEntryOut,
    ChartOut,
    CorrectionIn,
    TrialBalanceOut,
    VoucherOut,
    account_entry_out,
    account_out,
    trial_balance_csv,
    trial_balance_out,
    voucher_out,
)
from services.billing.queries import ByOrgNumber
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Day, Identifier, Instant, Limit, Page, one_more, page_of

staff_router = APIRouter(
    prefix="/ledger",
    tags=["ledger"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)

On = Annotated[
    Day | None, Query(description="Vouchers posted through this day; absent: through today.")
]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only vouchers recorded by this instant count; absent: all of them."),
]
Number = Annotated[str, Path(pattern=ACCOUNT_NUMBER, description="An account's number.")]
Year = Annotated[int, Query(ge=1900, le=2199, description="The calendar year.")]


@staff_router.get("/accounts")
async def list_accounts() -> ChartOut:
    """The chart of accounts."""
    return ChartOut(items=[account_out(each) for each in chart().accounts])


@staff_router.get("/accounts/{account}/entries")
async def list_account_entries(
    uow: Uow,
    account: Number,
    org_number: ByOrgNumber = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[AccountEntryOut]:
    """The ledger of an account, in the order its entries were recorded."""
    _, rows = await service.account_entries(
        uow, account, org_number, known_at, after, one_more(limit)
    )
    return page_of(rows, limit, cursor=lambda each: each[0].id, show=account_entry_out)


@staff_router.get("/trial-balance")
async def show_trial_balance(uow: Uow, on: On = None, known_at: KnownAt = None) -> TrialBalanceOut:
    """What each account holds: by posting day, and as known at an instant."""
    return trial_balance_out(await service.balance(uow, on, known_at))


@staff_router.get(
    "/trial-balance.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_trial_balance(uow: Uow, on: On = None, known_at: KnownAt = None) -> Response:
    """The trial balance as CSV."""
    found = await service.balance(uow, on, known_at)
    return Response(
        trial_balance_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="trial-balance-{found.on}.csv"'},
    )


@staff_router.get("/vouchers")
async def list_vouchers(
    uow: Uow,
    series: Annotated[
        str | None, Query(pattern=r"^[A-Z]$", description="Only this series.")
    ] = None,
    year: Annotated[
        int | None, Query(ge=1900, le=2199, description="Only those numbered in this year.")
    ] = None,
    cause: Annotated[CauseKind | None, Query(description="Only of this kind of cause.")] = None,
    cause_id: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=80,
            pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
            description="Only of the cause with this identity.",
        ),
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VoucherOut]:
    """Vouchers in the order they were recorded."""
    chosen = Chosen(series, year, cause.value if cause else None, cause_id)
    found = await service.page(uow, chosen, after, one_more(limit))
    return page_of(found, limit, cursor=lambda each: each.row.id, show=voucher_out)


@staff_router.get("/vouchers/{voucher_id}")
async def show_voucher(uow: Uow, voucher_id: Identifier) -> VoucherOut:
    """A voucher with its cause."""
    return voucher_out(await service.get(uow, voucher_id))


@staff_router.post("/vouchers/{voucher_id}/corrections", status_code=201)
async def correct_voucher(uow: Uow, voucher_id: Identifier, correction: CorrectionIn) -> VoucherOut:
    """Correct a voucher by a new one that names it; the corrected one stays as it is."""
    return voucher_out(
        await service.correct(
            uow, voucher_id, correction.posted_on, correction.reason, correction.rows()
        )
    )


@staff_router.get(
    "/export.se",
    response_class=Response,
    responses={
        200: {
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            "description": "A file in PC8 (code page 437).",
        }
    },
)
async def export_sie(
    uow: Uow,
    year: Year,
    month: Annotated[
        int | None, Query(ge=1, le=12, description="Only this month; absent: the whole year.")
    ] = None,
    known_at: KnownAt = None,
) -> Response:
    """The vouchers of a year, or of a month of it, as SIE 4 with customers and services."""
    name = f"ledger-{year}.se" if month is None else f"ledger-{year}-{month:02d}.se"
    return Response(
        await service.export(uow, year, month, known_at),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
