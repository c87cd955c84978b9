"""A proposal step by step, in English and Swedish. Pure."""

from __future__ import annotations

from services.billing.results.proposing import Ground, Proposal
from services.chassis import swedish
from services.chassis.money import format_sek

_YEARS = ("year", "years")


def steps(ground: Ground, proposal: Proposal | None, *, lacks_cost: bool) -> tuple[str, ...]:
    """How the change comes about, in English; ``lacks_cost``: no costs are posted yet."""
    running = ground.years * ground.running_ore
    sek, years = format_sek, f"{ground.years} {_YEARS[ground.years > 1]}"
    told = (
        f"Accumulated at the year's end: {sek(ground.accumulated_ore)}.",
        (
            f"Result at unchanged fees of what recurs, over {years}:"
            f" {ground.years} × {sek(ground.running_ore)} = {sek(running)}."
        ),
        (
            f"To reach {sek(ground.aim_ore)}, fees have to bring {sek(abs(ground.missing_ore))}"
            f" {'less' if ground.missing_ore < 0 else 'more'}: {sek(ground.aim_ore)}"
            f" - {sek(ground.accumulated_ore)} - {sek(running)} = {sek(ground.missing_ore)}."
        ),
    )
    if proposal is None and lacks_cost:
        return (*told, "No cost of ordinary operations is posted, so nothing is proposed.")
    if proposal is None:
        return (*told, "There are no fees to change.")
    fees = ground.years * ground.fees_ore
    change = (
        f"{sek(ground.missing_ore)} of fees of {ground.years} × {sek(ground.fees_ore)}"
        f" = {sek(fees)}, rounded up to a tenth of a percent: {proposal.percent:f}%."
    )
    capped = () if proposal.reaches_aim else ("Fees cannot fall by more than 100%.",)
    after = f"Accumulated after {years}: {sek(proposal.after_ore)}."
    return (*told, change, *capped, after)


def steps_sv(ground: Ground, proposal: Proposal | None, *, lacks_cost: bool) -> tuple[str, ...]:
    """How the change comes about, in Swedish; ``lacks_cost``: no costs are posted yet."""
    sek = swedish.amount
    running = ground.years * ground.running_ore
    told = (
        f"Ackumulerat vid årets slut: {sek(ground.accumulated_ore)}.",
        (
            f"Resultat vid oförändrade avgifter av det som återkommer, på {ground.years} år:"
            f" {ground.years} × {sek(ground.running_ore)} = {sek(running)}."
        ),
        (
            f"För att nå {sek(ground.aim_ore)} ska avgifterna ge {sek(abs(ground.missing_ore))}"
            f" {'mindre' if ground.missing_ore < 0 else 'mer'}: {sek(ground.aim_ore)} minus"
            f" {sek(ground.accumulated_ore)} minus {sek(running)} = {sek(ground.missing_ore)}."
        ),
    )
    if proposal is None and lacks_cost:
        why = "Ingen kostnad för den ordinarie verksamheten är bokförd. Därför föreslås inget."
        return (*told, why)
    if proposal is None:
        return (*told, "Det finns inga avgifter att ändra.")
    fees = ground.years * ground.fees_ore
    change = (
        f"{sek(ground.missing_ore)} av avgifter på {ground.years} × {sek(ground.fees_ore)}"
        f" = {sek(fees)}, avrundat uppåt till en tiondels procent:"
        f" {swedish.percent(proposal.percent)}."
    )
    capped = () if proposal.reaches_aim else ("Avgifter kan inte sänkas med mer än 100 %.",)
    after = f"Ackumulerat efter {ground.years} år: {sek(proposal.after_ore)}."
    return (*told, change, *capped, after)
