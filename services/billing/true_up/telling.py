"""True-ups in words, for those who pay them: how much, and why."""

from __future__ import annotations

from services.billing.true_up.causes import Causes
from services.billing.true_up.domain import Carried, Settlement
from services.chassis import swedish
from services.chassis.money import format_sek

_CAUSES = (
    ("volume_ore", "volume", "volymer"),
    ("cost_ore", "cost", "faktisk kostnad"),
    ("tariff_ore", "tariff", "taxans volymnivåer"),
    ("membership_ore", "membership", "anslutning eller avslut inom månaden"),
)


def why(causes: Causes) -> str:
    """The causes that there are: ``volume 9,500.00 SEK, membership 500.00 SEK``."""
    told = [
        f"{name} {format_sek(amount)}"
        for field, name, _ in _CAUSES
        if (amount := getattr(causes, field))
    ]
    return ", ".join(told) or "the causes even out"


def in_english(settlement: Settlement) -> str:
    """What a true-up comes to and why."""
    totals = settlement.totals
    if totals.difference_ore == 0:
        said = f"Through {settlement.through} the fees charged are what the use cost."
    else:
        way = "more" if totals.difference_ore > 0 else "less"
        said = (
            f"Through {settlement.through} the use cost {format_sek(abs(totals.difference_ore))} "
            f"{way} than the fees charged. By cause: {why(totals.causes)}."
        )
    return said + "".join(_carried(each) for each in settlement.carried)


def _carried(each: Carried) -> str:
    told = f" The difference of {format_sek(each.difference_ore)} in {each.service_area} is"
    if each.too_large:
        return f"{told} more than can be right. It waits until volumes or prices are corrected."
    return f"{told} below {format_sek(each.materiality_ore)} and is carried to the next true-up."


def in_swedish(settlement: Settlement) -> str:
    """As ``in_english``."""
    totals = settlement.totals
    through = swedish.month(settlement.through.first_day)
    if totals.difference_ore == 0:
        said = f"Till och med {through} motsvarar de debiterade avgifterna vad användningen kostat."
    else:
        way = "mer" if totals.difference_ore > 0 else "mindre"
        told = [
            f"{name} {swedish.amount(amount)}"
            for field, _, name in _CAUSES
            if (amount := getattr(totals.causes, field))
        ]
        reasons = f" Orsaker: {', '.join(told)}." if told else " Orsakerna tar ut varandra."
        said = (
            f"Till och med {through} har användningen kostat "
            f"{swedish.amount(abs(totals.difference_ore))} {way} än de debiterade avgifterna."
            f"{reasons}"
        )
    return said + "".join(_carried_sv(each) for each in settlement.carried)


def _carried_sv(each: Carried) -> str:
    told = f" Skillnaden {swedish.amount(each.difference_ore)} inom {each.service_area} är"
    if each.too_large:
        return f"{told} orimligt stor. Den väntar tills volymer eller priser är rättade."
    least = swedish.amount(each.materiality_ore)
    return f"{told} mindre än {least} och förs över till nästa avstämning."
