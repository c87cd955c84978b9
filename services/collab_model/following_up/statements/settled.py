"""What a statement's paper says of money and of corrections: every value a Swedish text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from services.chassis import swedish
from services.collab_model.following_up.data import Causes
from services.collab_model.following_up.statements.domain import Document
from services.contracts.values import MeasureKind

Told = Mapping[str, Any]


def credit_view(credit: Told | None, levels: Iterable[Told], statement: Told) -> Document | None:
    """The calculation of what a month gives back, step by step."""
    if credit is None:
        return None
    names = {each["level"]: each["name_sv"] for each in levels}
    rows = [[_step(each, names), swedish.percent(each["percent"])] for each in credit["steps"]]
    if Decimal(credit["sum_percent"]) > Decimal(credit["cap_percent"]):
        rows.append(["Summa före tak", swedish.percent(credit["sum_percent"])])
        rows.append(["Tak för en månad", swedish.percent(credit["cap_percent"])])
    left_out = len(statement["excluded_breaches"]) + sum(
        each["excluded"] for each in levels if each["kind"] == MeasureKind.QUALITY_SHARE
    )
    excluded = " Fall vars orsak överenskommelsen undantar är inte medräknade." if left_out else ""
    return {
        "sentence": (
            "Månaden ger inget avdrag."
            if Decimal(credit["percent"]) == 0
            else f"Månaden ger {swedish.percent(credit['percent'])} av tjänstens månadsavgift "
            "tillbaka. Beloppet står på fakturan."
        )
        + excluded,
        "rows": rows,
        "total": ["Avdrag", swedish.percent(credit["percent"])],
    }


def _step(step: Told, names: Mapping[str, str]) -> str:
    if step["ground"] == "breaches":
        count = step["count"]
        word = "överskriden nivå" if count == 1 else "överskridna nivåer"
        each = swedish.percent(step["percent_each"])
        return f"{swedish.number(count)} {word} i ärenden, {each} för varje"
    missed = swedish.decimal_number(Decimal(step["missed_by_points"]))
    band = Decimal(step["from_points"])
    from_there = f" (steget från {swedish.decimal_number(band)})" if band else ""
    return f"{names[step['level']]}: {missed} procentenheter under kravet{from_there}"


def difference_view(statement: Told, causes: Causes) -> Document | None:
    """What a correction says otherwise than the statement before it, pair by pair."""
    found = statement["difference"]
    if found is None:
        return None
    rows: list[list[str]] = []
    if found["met"]:
        rows.append(["Alla nivåer uppfyllda", *(_yes(each) for each in found["met"])])
    if found["whole_month"]:
        rows.append(["I drift hela månaden", *(_yes(each) for each in found["whole_month"])])
    for each in found["levels"]:
        before, after = each["outcome_percent"]
        counts = [
            "" if total is None else f" ({swedish.number(good)} av {swedish.number(total)})"
            for good, total in zip(each["good"], each["total"], strict=True)
        ]
        rows.append(
            [
                each["name_sv"],
                f"{swedish.percent(before)}{counts[0]}",
                f"{swedish.percent(after)}{counts[1]}",
            ]
        )
    if found["credit_percent"]:
        rows.append(
            [
                "Avdrag på månadsavgiften",
                *(swedish.percent(x) for x in found["credit_percent"]),
            ]
        )
    before_and_after = [len(found["deviations_removed"]), len(found["deviations_added"])]
    if any(before_and_after):
        rows.append(["Avvikelser", f"{before_and_after[0]} utgår", f"{before_and_after[1]} nya"])
    rows.extend(
        [
            f"Orsak: {each['after']['what'] or each['after']['subject']}",
            causes.name_sv(each["before"]["cause"]),
            causes.name_sv(each["after"]["cause"]),
        ]
        for each in found["deviations_changed"][:20]
        if each["before"]["cause"] != each["after"]["cause"]
    )
    return {
        "opening": f"Utgåva {statement['revision']} rättar utgåva {found['from_revision']}, som "
        f"finns kvar. Skäl: {(statement['reason'] or '').rstrip('.')}.",
        "rows": rows,
    }


def _yes(value: bool) -> str:
    return "Ja" if value else "Nej"
