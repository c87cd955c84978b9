"""The report to the Government as its paper shows it: every value a Swedish text. Pure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from services.billing.ledger.chart import chart
from services.billing.results.report import report
from services.billing.results.reporting import Ground, round_to, whole_kronor
from services.billing.results.rows import Row
from services.billing.results.rules import Category, result_rules
from services.chassis import swedish

TEMPLATE = Path(__file__).parents[1] / "data" / "papers" / "results.typ"

Document = dict[str, Any]


def report_view(ground: Ground, made_at: datetime) -> Document:
    """The data of ``results.typ``."""
    text, rules, end = report(ground).sv, result_rules(), ground.end
    centre = chart().company
    return {
        "look": {
            "title": text.title,
            "centre": centre,
            "to": "Regeringen",
            "document-type": "Rapport",
            "date": swedish.day_of(made_at),
            "reference": f"Räkenskapsår {ground.year}",
            "description": text.summary,
            "keywords": ["resultat", "ackumulerat överskott", str(ground.year)],
            "footer": f"{centre}. Belopp i hela kronor.",
        },
        "summary": text.summary,
        "sections": [
            {"heading": each.heading, "paragraphs": list(each.paragraphs)} for each in text.sections
        ],
        "categories": [
            [
                rules.named[category].name_sv,
                *map(
                    _kronor,
                    (
                        end.results[category].income_ore,
                        end.results[category].cost_ore,
                        end.results[category].result_ore,
                        end.accumulated(category),
                    ),
                ),
            ]
            for category in Category
        ],
        "categories-total": [
            "Sammanlagt",
            *map(
                _kronor,
                (
                    end.result.income_ore,
                    end.result.cost_ore,
                    end.result.result_ore,
                    end.standing.accumulated_ore,
                ),
            ),
        ],
        "areas": [_area(row) for row in ground.results.rows],
        "areas-total": ["Sammanlagt", *_area(ground.results.total)[1:]],
    }


def _area(row: Row) -> list[str]:
    end = row.expected
    percent = end.standing.percent
    return [
        result_rules().names_of(row.area)[1],
        _kronor(end.result.income_ore),
        _kronor(end.result.result_ore),
        _kronor(end.standing.accumulated_ore),
        swedish.percent(None if percent is None else round_to(percent, 1)),
    ]


def _kronor(ore: int) -> str:
    return swedish.number(whole_kronor(ore))
