"""The chart of accounts and the series of vouchers, read from ``data/accounts.yaml``."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

_FILE = Path(__file__).parent.parent / "data" / "accounts.yaml"

ACCOUNT_NUMBER = r"^[0-9]{4}$"


class AccountRole(StrEnum):
    """What the posting rules know an account by."""

    RECEIVABLE = "receivable"
    FEES_ACCRUED = "fees_accrued"
    TRUE_UPS_ACCRUED = "true_ups_accrued"
    SHARES_ACCRUED = "shares_accrued"
    EXIT_COSTS_ACCRUED = "exit_costs_accrued"
    EARLIER_YEARS = "earlier_years"
    TRUE_UPS_OWED = "true_ups_owed"
    CREDITS_OWED = "credits_owed"
    SHARES_DEFERRED = "shares_deferred"
    BETWEEN_PARTIES = "between_parties"
    COST_CLEARING = "cost_clearing"
    FEES = "fees"
    TRUE_UPS = "true_ups"
    CREDITS = "credits"
    EXIT_COSTS = "exit_costs"
    SHARES = "shares"
    START_UP_TIME = "start_up_time"
    START_UP_PURCHASE = "start_up_purchase"
    COST_OWN_STAFF = "cost_own_staff"
    COST_PREMISES = "cost_premises"
    COST_EXTERNAL = "cost_external"
    COST_SYSTEM = "cost_system"
    COST_PASSED_ON = "cost_passed_on"
    COST_START_UP = "cost_start_up"
    COST_INHERITED = "cost_inherited"


class AccountKind(StrEnum):
    """What an account says: what is there, what is owed, or what a year brought."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    COST = "cost"

    @property
    def is_result(self) -> bool:
        """Whether the account begins every year at nought."""
        return self in {AccountKind.INCOME, AccountKind.COST}


class Account(BaseModel):
    """An account of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, Field(pattern=ACCOUNT_NUMBER)]
    role: AccountRole
    kind: AccountKind
    name: str
    name_sv: str


class Series(BaseModel):
    """A series of vouchers, numbered without gaps within each year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=r"^[A-Z]$")]
    name: str
    name_sv: str


class Chart(BaseModel):
    """The whole chart; each role has one account, and no number comes twice."""

    # Not frozen: pydantic would not let what is looked up be kept.
    model_config = ConfigDict(extra="forbid")

    company: str
    accounts: tuple[Account, ...]
    series: tuple[Series, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if sorted(each.role for each in self.accounts) != sorted(AccountRole):
            raise ValueError("each role has exactly one account")
        if len({each.number for each in self.accounts}) != len(self.accounts):
            raise ValueError("an account number comes twice")
        return self

    @cached_property
    def by_number(self) -> dict[str, Account]:
        """The accounts by their numbers."""
        return {each.number: each for each in self.accounts}

    @cached_property
    def numbers(self) -> dict[AccountRole, str]:
        """The numbers of the accounts by what they are for."""
        return {each.role: each.number for each in self.accounts}


@cache
def chart() -> Chart:
    """The chart in force."""
    return Chart.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))
