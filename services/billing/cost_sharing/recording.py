"""What is kept of a sharing beside its shares, and what tells two inputs apart."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from services.billing.cost_sharing.facts import SharingInput
from services.billing.cost_sharing.results import LineResult, Sharing


def fingerprint(given: SharingInput) -> str:
    """What tells two inputs apart: the same facts in another order have the same."""
    document = given.model_dump(mode="json")
    for name, key in (("items", "id"), ("readings", "id"), ("parties", "key")):
        document[name].sort(key=lambda each: each[key])
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
