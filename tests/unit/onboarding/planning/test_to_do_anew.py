"""Which tasks a service that is taken back asks for again."""

from __future__ import annotations

import pytest

from services.contracts.values import Phase
from services.onboarding.time_plan.complexity import Complexity
from services.onboarding.time_plan.domain import Task, to_do_anew
from services.onboarding.time_plan.rules import plan_templates
from services.onboarding.time_plan.template import lay_out

SERVICES = {"payroll": ("payroll",), "supplier-ledger": ("finance",)}
SHARED = {
    "go-decision",
    "migrate-finally",
    "train-users",
    "publish-contact-ways",
    "prepare-go-live",
    "go-live",
    "watch-closely",
    "hand-over-to-operation",
}
"""What waits for the parties' decision, whatever the services."""
PAYROLL = {
    "payroll-enter-pay-rules",
    "payroll-parallel-run-1",
    "payroll-explain-differences",
    "payroll-parallel-run-2",
    "payroll-notify-authorities",
}
FINANCE = {
    "supplier-ledger-map-accounts",
    "supplier-ledger-move-open-items",
    "supplier-ledger-close-on-trial",
}


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    """Phases 4 and 5 of a case with two services."""
    found = lay_out(plan_templates(), SERVICES, Complexity.MEDIUM)
    late = {Phase.IMPLEMENTATION, Phase.STABILISATION}
    return [task for task in found if task.phase in late]


def test_only_its_own_and_what_waits_for_them(tasks: list[Task]) -> None:
    anew = to_do_anew(tasks, "payroll", {"supplier-ledger"})
    assert anew == SHARED | PAYROLL | {"test-end-to-end"}


def test_a_service_that_never_went_live_waits_along(tasks: list[Task]) -> None:
    other = to_do_anew(tasks, "supplier-ledger", ())
    # Its accounts come before the trial migration, and payroll's parallel runs after it.
    waits = {"migrate-on-trial", "reconcile-trial", "test-end-to-end"}
    assert other == SHARED | FINANCE | waits | (PAYROLL - {"payroll-enter-pay-rules"})
    assert "set-up-customer" not in other


def test_a_service_without_tasks_of_its_own_is_decided_on_anew(tasks: list[Task]) -> None:
    live = set(SERVICES)
    assert to_do_anew(tasks, "decision-writing", live) == SHARED
