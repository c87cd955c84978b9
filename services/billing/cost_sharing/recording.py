"""What is kept of a sharing beside its shares, and what tells two inputs apart."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from services.billing.cost_sharing.correcting import next_true_up
from services.billing.cost_sharing.facts import SharingInput
from services.billing.cost_sharing.language import TrueUp
from services.billing.cost_sharing.results import LineResult, Sharing
from services.billing.tables import CostSharingRow


def fingerprint(given: SharingInput) -> str:
    """What tells two inputs apart: the same facts in another order have the same."""
    document = given.model_dump(mode="json")
    for name, key in (("items", "id"), ("readings", "id"), ("parties", "key")):
        document[name].sort(key=lambda each: each[key])
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def given_of(row: CostSharingRow) -> SharingInput:
    """What a booked sharing was reckoned from; the first edition did not say that it was."""
    return SharingInput.model_validate({"edition": 1} | row.given)


def next_true_up_of(row: CostSharingRow) -> date | None:
    """The day of the next true-up of a booked sharing's period."""
    rule = row.given["versions"][-1]["true_up"]
    return next_true_up(
        None if rule is None else TrueUp.model_validate(rule),
        row.first_day,
        row.last_day,
        row.actual_through,
    )


def results_of(sharing: Sharing) -> dict[str, Any]:
    """What is kept of a sharing beside its shares: the lines' sums and the transfers."""
    return {
        "lines": [_line_result(line) for line in sharing.lines],
        "transfers": [
            {
                "kind": each.kind.value,
                "payer": each.payer,
                "receiver": each.receiver,
                "amount_ore": each.amount_ore,
                "lines": list(each.lines),
                "day": each.day.isoformat(),
            }
            for each in sharing.transfers
        ],
    }


def brought_forward(standing: Iterable[Any], first_day: date) -> dict[str, int]:
    """What sharings of the periods before left of each line; a surplus is positive.

    It is the sum of what each added, so that nothing is lost where a period was booked or
    corrected after a later one, or a later one does not have the line.

    Args:
        standing: their days and results, those left out that another has corrected.
        first_day: the first day of the period that it is brought forward to.
    """
    left: dict[str, int] = defaultdict(int)
    for each in standing:
        if each.last_day < first_day:
            for line in each.results["lines"]:
                left[line["line"]] += line["carried_ore"] - line["brought_forward_ore"]
    return {line: ore for line, ore in sorted(left.items()) if ore}


def _line_result(line: LineResult) -> dict[str, Any]:
    return {
        "line": line.line.key,
        "name": line.line.name,
        "name_sv": line.line.name_sv,
        "charge": line.line.charge.kind,
        "surplus": line.line.surplus.value,
        "cost_ore": line.cost_ore,
        "charged_ore": line.charged_ore,
        "returned_ore": line.returned_ore,
        "by_appropriation_ore": line.by_appropriation_ore,
        "brought_forward_ore": line.brought_forward_ore,
        "carried_ore": line.carried_ore,
        "unallocated_ore": line.unallocated_ore,
    }
