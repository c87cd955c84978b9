"""The trial balance: what each account holds, on a day and as known at an instant.

Income and costs begin every year at nought. What earlier years brought stands on the account
of earlier years instead; no voucher says so, it is what their accounts came to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.billing.ledger.chart import Account, AccountRole, Chart


@dataclass(frozen=True)
class Movement:
    """An account: what vouchers before the year came to, and the year's debit and credit."""

    account: str
    opening_ore: int
    debit_ore: int
    credit_ore: int


@dataclass(frozen=True)
class Balance:
    """A row of the trial balance; ``closing = opening + debit - credit``."""

    account: Account
    opening_ore: int
    debit_ore: int
    credit_ore: int

    @property
    def closing_ore(self) -> int:
        """What the account holds; debit above nought."""
        return self.opening_ore + self.debit_ore - self.credit_ore


def trial_balance(movements: Iterable[Movement], chart: Chart) -> tuple[Balance, ...]:
    """The accounts that something was posted on, by number; closings sum to nought.

    Args:
        movements: of the accounts, each at most once.
        chart: it has them all.
    """
    given = {each.account: each for each in movements}
    earlier = sum(
        each.opening_ore for number, each in given.items() if chart.by_number[number].kind.is_result
    )
    carried = chart.numbers[AccountRole.EARLIER_YEARS]
    if earlier and carried not in given:
        given[carried] = Movement(carried, 0, 0, 0)
    return tuple(
        _balance(chart.by_number[number], each, earlier if number == carried else 0)
        for number, each in sorted(given.items())
    )


def _balance(account: Account, given: Movement, carried_ore: int) -> Balance:
    opening = 0 if account.kind.is_result else given.opening_ore + carried_ore
    return Balance(account, opening, given.debit_ore, given.credit_ore)
