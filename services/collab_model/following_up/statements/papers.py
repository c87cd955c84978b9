"""A statement as its paper shows it: every value a Swedish text.

Pure: all of it comes out of the statement's own content; nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.chassis import swedish
from services.collab_model.following_up.charts import months_chart, status_shown
from services.collab_model.following_up.data import Causes, Teams, Words
from services.collab_model.following_up.statements.domain import Document
from services.collab_model.following_up.statements.settled import (
    credit_view,
    difference_view,
    extent,
)
from services.collab_model.levels.domain import Month
from services.contracts.values import MeasureKind, Priority

CENTRE = "Statens gemensamma servicecenter"
MOST_DEVIATIONS = 60
"""How many deviations the paper lists one by one; the CSV has all of them."""

_ORDER = ("red", "amber", "grey", "green")

Told = Mapping[str, Any]


def statement_view(statement: Document, words: Words, causes: Causes, teams: Teams) -> Document:
    """The data of ``statement.typ``."""
    month = Month.parse(statement["period"])
    names = {each["level"]: each for each in statement["levels"]}
    charts = [_chart(each, month, words) for each in statement["levels"]]
    shown = sorted(statement["deviations"], key=_most_pressing)[:MOST_DEVIATIONS]
    left = len(statement["deviations"]) - len(shown)
    return {
        "look": _look(statement, month),
        "subtitle": f"{statement['service_name_sv']} för {statement['customer_name']}",
        "figures": _figures(statement, words),
        "remark": _remark(statement),
        "difference": difference_view(statement, causes, teams, words),
        "levels": [_level(each, words) for each in statement["levels"]],
        "charts": [chart for chart in charts if chart is not None],
        "charts-note": "Streckad linje: det utlovade. Ljusa staplar: tidigare månader.",
        "deviations": [_deviation(each, names, words, causes, teams) for each in shown],
        "more": f"Och {swedish.number(left)} till; alla finns i rapportens CSV-fil."
        if left
        else None,
        "no-deviations": "Ingen avvikelse under månaden.",
        "causes": _causes(statement["deviations"], names, causes),
        "causes-alt": "Avvikelser efter orsak",
        "deliveries": [_delivery(each) for each in statement["deliveries"]],
        "availability": [_availability(each, names, causes) for each in statement["availability"]],
        "matters": _matters(statement["matters"], words),
        "credit": credit_view(statement["credit"], statement["levels"], statement),
    }


def _look(statement: Told, month: Month) -> Document:
    edition = "" if statement["revision"] == 1 else f", rättelse {statement['revision'] - 1}"
    return {
        "title": f"Servicenivåer {swedish.month(month.first_day)}",
        "centre": CENTRE,
        "to": statement["customer_name"],
        "description": f"Månadsrapport för {statement['service_name_sv']} till "
        f"{statement['customer_name']}, {swedish.month(month.first_day)}{edition}",
        "keywords": [statement["service"], statement["period"], statement["org_number"]],
        "document-type": "Månadsrapport" if not edition else "Rättad månadsrapport",
        "reference": f"Utgåva {statement['revision']}",
        "date": swedish.day(date.fromisoformat(statement["closed_at"][:10])),
        "footer": f"{statement['service_name_sv']}, {statement['org_number']}, "
        f"{swedish.month(month.first_day)}. "
        f"{'Rättad' if edition else 'Stängd'} "
        f"{swedish.short_moment(_instant(statement['closed_at']))}.",
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _figures(statement: Told, words: Words) -> list[Document]:
    met = sum(each["met"] for each in statement["levels"])
    credit = statement["credit"]
    gives = credit is not None and Decimal(credit["percent"]) > 0
    matters = statement["matters"]
    return [
        {
            "status": statement["status"],
            "value": words.statuses[statement["status"]],
            "label": "Månadens läge",
        },
        {
            "status": "green" if met == len(statement["levels"]) else statement["status"],
            "value": f"{met} av {len(statement['levels'])}",
            "label": "nivåer uppfyllda",
        },
        {
            "status": "grey",
            "value": swedish.number(matters["raised"]),
            "label": f"{'nytt ärende' if matters['raised'] == 1 else 'nya ärenden'}, "
            f"{swedish.number(matters['open_at_end'])} "
            f"{'öppet' if matters['open_at_end'] == 1 else 'öppna'} vid slutet",
        },
        {
            "status": "amber" if gives else "grey",
            "value": swedish.percent(credit["percent"]) if credit else swedish.NOTHING,
            "label": "avdrag på månadsavgiften",
        },
    ]


def _remark(statement: Told) -> str | None:
    if statement["whole_month"]:
        return None
    return (
        "Tjänsten var inte i drift hela månaden. Månaden räknas därför inte när det avgörs om "
        "driften är stabil."
    )


def _level(level: Told, words: Words) -> list[Any]:
    return [
        level["name_sv"],
        swedish.percent(level["required_share_percent"]),
        swedish.percent(level["outcome_percent"]),
        basis(level, words),
        [level["status"], words.statuses[level["status"]]],
    ]


def basis(level: Told, words: Words) -> str:
    """What an outcome is the share of, in words: ``38 av 40 ärenden``."""
    kind, good, total = level["kind"], level["good"], level["total"]
    if kind == MeasureKind.SATISFACTION:
        return f"{swedish.number(level['measured'])} svar"
    if not total:
        return "Inget underlag" if kind == MeasureKind.AVAILABILITY else _no_cases(kind)
    if kind == MeasureKind.AVAILABILITY:
        return f"{swedish.duration(total - good)} nere av {swedish.duration(total)}"
    return f"{swedish.number(good)} av {swedish.number(total)} {words.units[kind]}"


def _no_cases(kind: str) -> str:
    if kind == MeasureKind.PUNCTUALITY:
        return "Inget att leverera"
    return "Inget underlag" if kind == MeasureKind.QUALITY_SHARE else "Inga ärenden"


def _chart(level: Told, month: Month, words: Words) -> Document | None:
    """The level's last months and this one; None where there is only this one to show."""
    past = [
        (each["period"], each["outcome_percent"], status_shown(each)) for each in level["history"]
    ]
    if not past:
        return None
    now = (str(month), level["outcome_percent"], level["status"])
    chart = months_chart(
        level["name_sv"], Decimal(level["required_share_percent"]), [*past, now][-13:]
    )
    return {**chart, "name": level["name_sv"]}


def _most_pressing(deviation: Told) -> tuple[int, str, str]:
    order = [each.value for each in Priority]
    rank = order.index(deviation["priority"]) if deviation["priority"] in order else len(order)
    return rank, deviation["at"] or "", deviation["subject"]


def _deviation(
    each: Told, names: Mapping[str, Told], words: Words, causes: Causes, teams: Teams
) -> list[Any]:
    level = names[each["level"]]
    what = [each["what"] or "Månaden som helhet"]
    if each["priority"]:
        what.append(words.priorities[Priority(each["priority"])].lower() + " prioritet")
    why = [causes.name_sv(each["cause"]), teams.name_sv(each["team"])]
    if each["note"] and each["note"] != each["what"]:
        why.append(each["note"])
    if each["excluded"]:
        why.append("Ger inget avdrag")
    return [
        swedish.short_moment(_instant(each["at"])) if each["at"] else swedish.NOTHING,
        f"{'. '.join([', '.join(what), level['name_sv']])}.",
        extent(each, level, words),
        f"{'. '.join(part.rstrip('.') for part in why)}.",
    ]


def _causes(
    deviations: Sequence[Told], names: Mapping[str, Told], causes: Causes
) -> list[Document]:
    """How many deviations had which cause; each deviation counts once."""
    count: dict[str, int] = {}
    for each in deviations:
        count[each["cause"]] = count.get(each["cause"], 0) + 1
    most = max(count.values(), default=1)
    return [
        {
            "label": causes.name_sv(key),
            "share": number / most,
            "value": swedish.number(number),
        }
        for key, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))
    ]


def _delivery(each: Told) -> list[Any]:
    made = _instant(each["made_at"]) if each["made_at"] else None
    state = ["green", "I tid"] if each["in_time"] else ["red", "För sen" if made else "Saknas"]
    return [
        each["name_sv"],
        swedish.short_day(date.fromisoformat(each["due_on"])),
        swedish.short_moment(made) if made else swedish.NOTHING,
        state,
    ]


def _availability(found: Told, names: Mapping[str, Told], causes: Causes) -> Document:
    promised = found["agreed_seconds"] - found["planned_seconds"]
    planned = (
        f" Planerade avbrott på {swedish.duration(found['planned_seconds'])} är undantagna."
        if found["planned_seconds"]
        else ""
    )
    return {
        "name": names[found["level"]]["name_sv"],
        "sentence": f"Tjänsten skulle vara tillgänglig {swedish.duration(promised)} och var nere "
        f"{swedish.duration(found['lost_seconds'])}.{planned}",
        "stops": [
            [
                swedish.short_moment(_instant(stop["start"])),
                swedish.short_moment(_instant(stop["end"])) if stop["end"] else "Pågår",
                _stop(stop, causes),
                swedish.duration(stop["counted_seconds"]),
                swedish.duration(stop["left_out_seconds"]),
            ]
            for stop in found["stops"]
        ],
    }


def _stop(stop: Told, causes: Causes) -> str:
    parts = ["Planerat avbrott" if stop["planned"] else "Avbrott"]
    if stop["cause"]:
        parts.append(causes.name_sv(stop["cause"]))
    if stop["note"]:
        parts.append(stop["note"].rstrip("."))
    return f"{'. '.join(parts)}."


def _matters(matters: Told, words: Words) -> Document:
    kinds = [
        (words.matter_kinds[kind], matters["by_kind"].get(kind.value, 0))
        for kind in words.matter_kinds
    ]
    most = max((count for _, count in kinds), default=0)
    open_one = matters["open_at_end"] == 1
    return {
        "sentence": f"{_so_many(matters['raised'])} kom in och "
        f"{swedish.number(matters['resolved'])} löstes. Vid månadens slut var "
        f"{_so_many(matters['open_at_end'])} {'öppet' if open_one else 'öppna'}.",
        "kinds": [
            {"label": name, "share": count / most, "value": swedish.number(count)}
            for name, count in kinds
            if count
        ],
        "alt": "Nya ärenden efter slag",
    }


def _so_many(count: int) -> str:
    return f"{swedish.number(count)} {'ärende' if count == 1 else 'ärenden'}"
