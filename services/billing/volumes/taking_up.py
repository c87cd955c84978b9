"""Taking volumes up again that were set aside: by themselves, or by finance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.billing.schedule import stockholm_day
from services.billing.subscriptions.service import Subscription
from services.billing.tables import VolumeRow
from services.billing.volumes import aside
from services.billing.volumes.aside import Chosen
from services.billing.volumes.domain import BY_FINANCE_ALONE, Placement, SetAside, Use
from services.billing.volumes.entering import known_facts, put, volume_of
from services.billing.volumes.placing import Placed, place_all
from services.billing.volumes.repository import about, say_what_counts
from services.chassis.unit_of_work import UnitOfWork

_AT_ONCE = 1000


@dataclass(frozen=True)
class TakenUse:
    """A use whose volumes count now: how many they are, and their sum."""

    use: Use
    placed: Placed
    volumes: int
    quantity: int


@dataclass(frozen=True)
class TakenUp:
    """What became of volumes that were set aside; ``left`` counts those that stay, by why."""

    taken: tuple[TakenUse, ...]
    left: dict[SetAside, int]


async def by_finance(uow: UnitOfWork, chosen: Chosen) -> TakenUp:
    """Place what was set aside anew, closed months not hindering; say what became of it."""
    return await _take_up(uow, chosen, despite_closing=True)


async def for_subscription(uow: UnitOfWork, subscription: Subscription) -> None:
    """Place volumes anew that were set aside before a subscription's service went live."""
    for org_number in subscription.numbers_on(stockholm_day(uow.now)):
        await for_customer(uow, org_number)


async def for_customer(uow: UnitOfWork, org_number: str) -> None:
    """Place a customer's volumes anew that were set aside before what they build on came.

    What came after the closing of its month stays: that is for finance.
    """
    chosen = Chosen(org_number=org_number, without=BY_FINANCE_ALONE)
    await _take_up(uow, chosen, despite_closing=False)


async def corrections_of(uow: UnitOfWork, source: str) -> None:
    """Place corrections anew that came before what they correct."""
    chosen = Chosen(source=source, reason=SetAside.CORRECTED_UNKNOWN)
    await _take_up(uow, chosen, despite_closing=False)


async def _take_up(uow: UnitOfWork, chosen: Chosen, *, despite_closing: bool) -> TakenUp:
    found = await aside.uses(uow.session, chosen)
    if not found:
        return TakenUp((), {})
    placed = await place_all(uow, {each.use for each in found}, despite_closing=despite_closing)
    taken: dict[Use, TakenUse] = {}
    left: Counter[SetAside] = Counter()
    for each in found:
        where = placed[each.use]
        if each.volumes:
            if where.placement.reason is not each.reason:
                await aside.move(uow.session, chosen, each.use, where)
            _note(taken, left, each.use, where, each.volumes, each.quantity)
    for row, where in await _corrections(uow, chosen, placed, despite_closing=despite_closing):
        if row.superseded_by is None:
            _note(taken, left, volume_of(row).use, where, 1, row.quantity)
    return TakenUp(tuple(taken.values()), dict(left))


def _note(
    taken: dict[Use, TakenUse],
    left: Counter[SetAside],
    use: Use,
    where: Placed,
    volumes: int,
    quantity: int,
) -> None:
    if where.placement.reason is not None:
        left[where.placement.reason] += volumes
        return
    before = taken.get(use, TakenUse(use, where, 0, 0))
    taken[use] = TakenUse(use, where, before.volumes + volumes, before.quantity + quantity)


async def _corrections(
    uow: UnitOfWork, chosen: Chosen, placed: Mapping[Use, Placed], *, despite_closing: bool
) -> list[tuple[VolumeRow, Placed]]:
    """Place corrections one by one: whether each can be applied depends on those before it."""
    done: list[tuple[VolumeRow, Placed]] = []
    after = ""
    while rows := await aside.corrections(uow.session, chosen, after, _AT_ONCE):
        after = rows[-1].id
        for source in sorted({row.source for row in rows}):
            theirs = [row for row in rows if row.source == source]
            ids = {row.source_id for row in theirs}
            ids |= {row.corrects for row in theirs if row.corrects is not None}
            known = await about(uow.session, source, ids)
            facts = await known_facts(uow, known, placed, despite_closing=despite_closing)
            for row in theirs:
                volume = volume_of(row)
                put(row, placed[volume.use], facts.hinder(volume))
                facts.changed(row)
                reason = SetAside(row.reason) if row.reason else None
                where = Placed(Placement(row.subscription_id, reason), row.late)
                done.append((row, where))
            await uow.session.flush()
            await say_what_counts(uow.session, source, ids)
            await about(uow.session, source, ids)  # The rows learn what supersedes them.
    return done
