"""What a statement's paper says of money and of corrections: every value a Swedish text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.chassis import swedish
from services.collab_model.following_up.data import Causes, Teams, Words
from services.collab_model.following_up.statements.domain import Document
from services.contracts.values import MeasureKind

Told = Mapping[str, Any]


def credit_view(credit: Told | None, levels: Sequence[Told], statement: Told) -> Document | None:
    """The calculation of what a month gives back, step by step."""
    if credit is None:
        return None
    names = {each["level"]: each["name_sv"] for each in levels}
    rows = [[_step(each, names), swedish.percent(each["percent"])] for each in credit["steps"]]
    if Decimal(credit["sum_percent"]) > Decimal(credit["cap_percent"]):
        rows.append(["Summa före tak", swedish.percent(credit["sum_percent"])])
        rows.append(["Tak för en månad", swedish.percent(credit["cap_percent"])])
    left_out = statement["excluded_breaches"] or any(each["excluded"] for each in levels)
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


def difference_view(statement: Told, causes: Causes, teams: Teams, words: Words) -> Document | None:
    """What a correction says otherwise than the statement before it, pair by pair."""
    found = statement["difference"]
    if found is None:
        return None
    rows: list[list[str]] = []
    if found["met"]:
        rows.append(["Alla nivåer uppfyllda", *(_yes(each) for each in found["met"])])
    if found["whole_month"]:
        rows.append(["I drift hela månaden", *(_yes(each) for each in found["whole_month"])])
    rows.extend(
        [each["name_sv"], *(_outcome(each, place, words) for place in (0, 1))]
        for each in found["levels"]
    )
    if found["credit_percent"]:
        rows.append(
            [
                "Avdrag på månadsavgiften",
                *(swedish.percent(x) for x in found["credit_percent"]),
            ]
        )
    removed, added = len(found["deviations_removed"]), len(found["deviations_added"])
    if removed or added:
        new = "ny" if added == 1 else "nya"
        rows.append(["Avvikelser", f"{removed} utgår", f"{added} {new}"])
    levels = {each["level"]: each for each in statement["levels"]}
    for each in found["deviations_changed"][:_MOST_CHANGED]:
        level = levels[each["after"]["level"]]
        named = swedish.within_a_sentence(level["name_sv"])
        about = f"{each['after']['what'] or 'månaden som helhet'} ({named})"
        pairs = [
            ("Orsak", [causes.name_sv(each[when]["cause"]) for when in _PAIR]),
            ("Enhet", [teams.name_sv(each[when]["team"]) for when in _PAIR]),
            ("Omfattning", [extent(each[when], level, words) for when in _PAIR]),
        ]
        rows.extend([f"{what}: {about}", *told] for what, told in pairs if told[0] != told[1])
    reason = words.reason(statement["reason"] or "").rstrip(".")
    return {
        "opening": f"Utgåva {statement['revision']} rättar utgåva {found['from_revision']}, som "
        f"finns kvar. Skäl: {reason}.",
        "rows": rows,
    }


def extent(each: Told, level: Told, words: Words) -> str:
    """How much a deviation is: how late, how long, or how many."""
    late, kind = each["late_by_seconds"], level["kind"]
    if kind == MeasureKind.PUNCTUALITY:
        return "Inte levererad" if late is None else f"{late // 86_400} dygn sen"
    if kind == MeasureKind.AVAILABILITY:
        return swedish.duration(each["failed"])
    if kind == MeasureKind.SATISFACTION:
        return "Under kravet"
    if kind == MeasureKind.QUALITY_SHARE:
        return f"{swedish.number(each['failed'])} {words.units[kind]}"
    return f"{swedish.duration(late)} över" if late else "Över tiden"


_PAIR = ("before", "after")
_MOST_CHANGED = 20
"""How many deviations that are told otherwise the paper lists; the JSON has all of them."""


def _outcome(level: Told, place: int, words: Words) -> str:
    """What a level says before (0) or after (1), with what it is the share of."""
    percent, good, total = (level[name][place] for name in ("outcome_percent", "good", "total"))
    kind, excluded = level.get("kind"), (level.get("excluded") or [0, 0])[place] or 0
    told = []
    if kind == MeasureKind.AVAILABILITY and total:
        told = [f"{swedish.duration(total - good)} nere", swedish.duration(excluded)]
    elif kind != MeasureKind.SATISFACTION and total:
        unit = f" {words.units[kind]}" if kind else ""
        told = [f"{swedish.number(good)} av {swedish.number(total)}{unit}"]
        told.append(swedish.number(excluded))
    counts = ""
    if told:
        counts = f" ({told[0]}{f', {told[1]} utan avdrag' if excluded else ''})"
    return swedish.percent(percent) + counts


def _yes(value: bool) -> str:
    return "Ja" if value else "Nej"
