"""A tertial report as its paper shows it: every value a Swedish text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.chassis import swedish
from services.chassis.clock import STOCKHOLM
from services.collab_model.following_up.charts import months_chart, status_shown
from services.collab_model.following_up.data import Causes, Thresholds, Words
from services.collab_model.following_up.statements.papers import CENTRE
from services.collab_model.following_up.status import risk_status
from services.collab_model.following_up.tertials.domain import Tertial
from services.collab_model.levels.domain import Month

Document = dict[str, Any]
Told = Mapping[str, Any]
GRADES = range(1, 6)


def tertial_view(
    report: Told,
    words: Words,
    causes: Causes,
    thresholds: Thresholds,
    *,
    revision: int,
    made_at: datetime,
    reason: str,
) -> Document:
    """The data of ``tertial.typ``.

    Args:
        report: what the report says.
        words: what things are called.
        causes: what causes are called.
        thresholds: which cells of the risk picture are green, amber and red.
        revision: which edition it is.
        made_at: when it was made.
        reason: why it was made anew; empty for the first edition.
    """
    tertial = Tertial.parse(report["tertial"])
    services = {each["service"]: each["name_sv"] for each in report["services"]}
    levels = {
        (service["service"], level["level"]): level["name_sv"]
        for service in report["services"]
        for level in service["levels"]
    }
    return {
        "look": _look(report, tertial, revision, made_at),
        "subtitle": f"{report['customer_name']}, {swedish.month(tertial.months[0].first_day)} till "
        f"{swedish.month(tertial.months[3].first_day)}",
        "revised": f"Utgåva {revision} ersätter den förra, som finns kvar. Skäl: "
        f"{reason.rstrip('.')}."
        if reason
        else None,
        "figures": _figures(report, words),
        "comment": report["comment"],
        "months": [
            swedish.capitalised(swedish.short_month(each.first_day)) for each in tertial.months
        ],
        "services": [_service(each, tertial, words) for each in report["services"]],
        "causes": _causes(report["causes"], causes),
        "causes-alt": "Avvikelser efter orsak",
        "credits": [
            [
                services.get(each["service"], each["service"]),
                swedish.capitalised(swedish.month(Month.parse(each["period"]).first_day)),
                swedish.percent(each["percent"]),
            ]
            for each in report["credits"]
        ],
        "signals": [_signal(each, services, levels) for each in report["signals"]],
        "matrix": _matrix(report["risks"], thresholds),
        "risks": [
            _risk(number, each, services, words)
            for number, each in enumerate(report["risks"], start=1)
        ],
        "actions": [_action(each) for each in report["actions"]],
    }


def _look(report: Told, tertial: Tertial, revision: int, made_at: datetime) -> Document:
    name = f"Tertialrapport {tertial.number} {tertial.year}"
    return {
        "title": name,
        "centre": CENTRE,
        "to": report["customer_name"],
        "description": f"{name} till {report['customer_name']}",
        "keywords": [report["tertial"], report["org_number"]],
        "document-type": "Tertialrapport",
        "reference": f"Utgåva {revision}",
        "date": swedish.day(made_at.astimezone(STOCKHOLM).date()),
        "footer": f"{name}, {report['org_number']}. Gjord {swedish.short_moment(made_at)}.",
    }


def _figures(report: Told, words: Words) -> list[Document]:
    levels = [level for service in report["services"] for level in service["levels"]]
    green = sum(level["status"] in {"green", "grey"} for level in levels)
    standing = [risk for risk in report["risks"] if risk["closed_on"] is None]
    colours = Counter(risk["status"] for risk in standing)
    deviations = sum(report["causes"].values())
    worst = next((each for each in ("red", "amber", "green") if colours[each]), "grey")
    return [
        {
            "status": report["status"],
            "value": words.statuses[report["status"]],
            "label": "Tertialets läge",
        },
        {
            "status": "green" if green == len(levels) else report["status"],
            "value": f"{green} av {len(levels)}",
            "label": "nivåer uppfyllda",
        },
        {
            "status": "grey",
            "value": swedish.number(deviations),
            "label": "avvikelse" if deviations == 1 else "avvikelser",
        },
        {
            "status": worst,
            "value": swedish.number(len(standing)),
            "label": "öppen risk" if len(standing) == 1 else "öppna risker",
        },
    ]


def _service(service: Told, tertial: Tertial, words: Words) -> Document:
    return {
        "name": service["name_sv"],
        "status": [service["status"], words.statuses[service["status"]]],
        "rows": [_level(each, tertial, words) for each in service["levels"]],
        "charts": [_chart(each) for each in service["levels"]],
    }


def _level(level: Told, tertial: Tertial, words: Words) -> list[Any]:
    months = {each["period"]: each for each in level["months"]}
    cells: list[Any] = []
    for month in tertial.months:
        found = months.get(str(month))
        if found is None:
            cells.append(swedish.NOTHING)
        else:
            cells.append([found["status"], swedish.percent(found["outcome_percent"])])
    return [
        level["name_sv"],
        swedish.percent(level["required_share_percent"]),
        *cells,
        swedish.percent(level["outcome_percent"]),
        words.trends[level["trend"]],
        [level["status"], words.statuses[level["status"]]],
    ]


def _chart(level: Told) -> Document:
    months = [
        (each["period"], each["outcome_percent"], status_shown(each))
        for each in (*level["earlier"], *level["months"])
    ]
    chart = months_chart(level["name_sv"], Decimal(level["required_share_percent"]), months)
    first = len(level["earlier"])
    for index, bar in enumerate(chart["bars"]):
        bar["now"] = index >= first
    return {**chart, "name": level["name_sv"]}


def _causes(counts: Mapping[str, int], causes: Causes) -> list[Document]:
    most = max(counts.values(), default=1)
    return [
        {"label": causes.name_sv(key), "share": count / most, "value": swedish.number(count)}
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _signal(
    signal: Told, services: Mapping[str, str], levels: Mapping[tuple[str, str], str]
) -> str:
    count = signal["count"]
    if signal["kind"] == "open_critical":
        return (
            f"{swedish.number(count)} kritiska ärenden är öppna."
            if count > 1
            else "Ett kritiskt ärende är öppet."
        )
    if signal["kind"] == "cause_not_stated":
        deviations = "en avvikelse" if count == 1 else f"{swedish.number(count)} avvikelser"
        return f"För {deviations} är orsaken inte angiven."
    name = levels[signal["service"], signal["level"]]
    where = f"{name} ({swedish.within_a_sentence(services[signal['service']])})"
    if signal["kind"] == "missed":
        return f"{where} har inte uppfyllts {swedish.number(count)} månader i rad."
    return f"{where} uppfylls men har blivit sämre sedan förra tertialet."


def _matrix(risks: Sequence[Told], thresholds: Thresholds) -> list[list[Document]]:
    """The numbers of the risks that stand: a row for each consequence, the gravest first."""
    cells: dict[tuple[int, int], list[str]] = {}
    for number, risk in enumerate(risks, start=1):
        if risk["closed_on"] is None:
            cells.setdefault((risk["consequence"], risk["probability"]), []).append(str(number))
    return [
        [
            {
                "text": ", ".join(cells.get((consequence, probability), ())),
                "status": risk_status(probability, consequence, thresholds).value,
            }
            for probability in GRADES
        ]
        for consequence in reversed(GRADES)
    ]


def _risk(number: int, risk: Told, services: Mapping[str, str], words: Words) -> list[Any]:
    what = risk["title"].rstrip(".")
    if risk["service"]:
        about = services.get(risk["service"], risk["service"])
        what += f" ({swedish.within_a_sentence(about)})"
    if risk["closed_on"]:
        state: Any = f"Stängd {swedish.short_day(date.fromisoformat(risk['closed_on']))}"
    else:
        state = [risk["status"], words.statuses[risk["status"]]]
    return [
        str(number),
        f"{what}.",
        f"{risk['probability']} × {risk['consequence']}",
        f"{risk['handling'].rstrip('.')}. Ägare: {risk['owner_role']}.",
        state,
    ]


def _action(action: Told) -> list[str]:
    return [
        action["text"],
        action["owner_role"],
        action["forum"],
        swedish.short_day(date.fromisoformat(action["due_on"])),
    ]
