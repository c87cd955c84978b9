"""The chain of work: a caller's correlation id is kept when it is well-formed."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.context import WorkContext, current_context, enter_context
from services.chassis.ids import IDENTIFIER_PATTERN, new_id

ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"


@given(st.text(ALLOWED, min_size=8, max_size=64))
def test_a_well_formed_correlation_id_is_kept(given_id: str) -> None:
    context = WorkContext.begin(given_id)
    assert context == WorkContext(correlation_id=given_id, causation_id=given_id)


@pytest.mark.parametrize(
    "given_id",
    [
        None,
        "",
        "short77",
        "x" * 65,
        "with space",
        "line\nbreak",
        "chain-0001\n",
        "åäöåäöåäö",
        "<script>alert(1)</script>",
        "a,b;c=d/e",
        '"}{"level":"x"}',
    ],
)
def test_any_other_is_replaced_by_one_of_ours(given_id: str | None) -> None:
    context = WorkContext.begin(given_id)
    assert context.correlation_id != given_id
    assert IDENTIFIER_PATTERN.match(context.correlation_id)
    assert context.causation_id == context.correlation_id


@given(st.text())
def test_what_is_kept_is_always_safe_to_log(given_id: str) -> None:
    kept = WorkContext.begin(given_id).correlation_id
    assert 8 <= len(kept) <= 64
    assert set(kept) <= set(ALLOWED)


async def test_a_task_keeps_the_chain_it_entered_and_others_have_their_own() -> None:
    async def work(name: str) -> str:
        enter_context(WorkContext(name, "cause"))
        await asyncio.sleep(0)
        return current_context().correlation_id

    one, two = await asyncio.gather(work("chain-one"), work("chain-two"))
    assert (one, two) == ("chain-one", "chain-two")


async def test_work_that_belongs_to_no_chain_begins_one() -> None:
    async def twice() -> tuple[WorkContext, WorkContext]:
        return current_context(), current_context()

    first, again = await asyncio.create_task(twice())
    assert first is again
    assert IDENTIFIER_PATTERN.match(first.correlation_id)


@given(st.integers(min_value=2, max_value=50))
def test_identifiers_sort_by_the_time_they_were_made(count: int) -> None:
    ids = [new_id() for _ in range(count)]
    assert ids == sorted(ids)
    assert len(set(ids)) == count
