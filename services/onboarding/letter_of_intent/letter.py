"""The letter of intent as one document: what the two parties sign (DOMAIN.md section 3).

It names the parties and services, the customer's baseline, the staff of both sides, the
preliminary plan and the indicated fee. Its hash is what a signature is bound to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from services.contracts.values import IndicatedFeeLine
from services.onboarding import canonical
from services.onboarding.letter_of_intent.baseline import Baseline


@dataclass(frozen=True)
class LetterMember:
    """Somebody whom a party has named for the project; for all its areas, or for one."""

    role: str
    name: str
    deputy: str | None
    service_area: str | None = None


@dataclass(frozen=True)
class LetterPlan:
    """The preliminary plan, from the start of the work to go-live."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None


@dataclass(frozen=True)
class LetterFee:
    """The indicated fee of a year, with every step of its calculation."""

    tariff: str | None
    yearly_total_ore: int | None
    lines: tuple[IndicatedFeeLine, ...]


@dataclass(frozen=True)
class LetterContent:
    """All that a letter of intent says; what is not there yet is None or empty."""

    case_id: str
    org_number: str
    customer_name: str
    services: tuple[str, ...]
    baseline: Baseline | None
    customer_staff: tuple[LetterMember, ...]
    centre_staff: tuple[LetterMember, ...]
    plan: LetterPlan | None
    fee: LetterFee | None


_ADAPTER = TypeAdapter(LetterContent)


def document(letter: LetterContent) -> Mapping[str, Any]:
    """The letter as JSON-ready data."""
    written: dict[str, Any] = _ADAPTER.dump_python(letter, mode="json")
    for staff in ("customer_staff", "centre_staff"):
        # Letters from before areas were told hash as they did when they were signed.
        written[staff] = [
            {key: value for key, value in member.items() if (key, value) != ("service_area", None)}
            for member in written[staff]
        ]
    return written


def content_hash(letter: LetterContent) -> str:
    """The SHA-256 of the letter's canonical JSON, as 64 hexadecimal digits."""
    return canonical.content_hash(document(letter))
