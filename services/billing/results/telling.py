"""A proposal step by step, in English and Swedish. Pure."""

from __future__ import annotations

from services.billing.results.proposing import Ground, Proposal
from services.billing.results.wording import Words
from services.chassis import swedish
from services.chassis.money import format_sek


def steps(ground: Ground, proposal: Proposal | None, *, lacks_cost: bool) -> list[Words]:
    """How the change comes about; ``lacks_cost``: no costs are posted yet."""
    told = [_accumulated(ground), _running(ground), _missing(ground)]
    if proposal is None and lacks_cost:
        none = Words(
            "Ingen kostnad för den ordinarie verksamheten är bokförd. Därför föreslås inget.",
            "No cost of ordinary operations is posted, so nothing is proposed.",
        )
        return [*told, none]
    if proposal is None:
        none = Words("Det finns inga avgifter att ändra.", "There are no fees to change.")
        return [*told, none]
    told.append(_change(ground, proposal))
    if not proposal.reaches_aim:
        told.append(
            Words(
                "Avgifter kan inte sänkas med mer än 100 %.", "Fees cannot fall by more than 100%."
            )
        )
    after = _sek(proposal.after_ore)
    told.append(
        Words(
            f"Ackumulerat efter {ground.years} år: {after.sv}.",
            f"Accumulated after {_years(ground)}: {after.en}.",
        )
    )
    return told


def _sek(ore: int) -> Words:
    return Words(swedish.amount(ore), format_sek(ore))


def _years(ground: Ground) -> str:
    return f"{ground.years} year{'' if ground.years == 1 else 's'}"


def _running_ore(ground: Ground) -> int:
    return ground.years * ground.running_ore


def _accumulated(ground: Ground) -> Words:
    now = _sek(ground.accumulated_ore)
    return Words(
        f"Ackumulerat vid årets slut: {now.sv}.", f"Accumulated at the year's end: {now.en}."
    )


def _running(ground: Ground) -> Words:
    a_year, whole = _sek(ground.running_ore), _sek(_running_ore(ground))
    return Words(
        f"Resultat vid oförändrade avgifter av det som återkommer, på {ground.years} år:"
        f" {ground.years} × {a_year.sv} = {whole.sv}.",
        f"Result at unchanged fees of what recurs, over {_years(ground)}:"
        f" {ground.years} × {a_year.en} = {whole.en}.",
    )


def _missing(ground: Ground) -> Words:
    aim, now, running = (
        _sek(ore) for ore in (ground.aim_ore, ground.accumulated_ore, _running_ore(ground))
    )
    missing, amount = _sek(ground.missing_ore), _sek(abs(ground.missing_ore))
    more = Words("mindre", "less") if ground.missing_ore < 0 else Words("mer", "more")
    return Words(
        f"För att nå {aim.sv} ska avgifterna ge {amount.sv} {more.sv}: {aim.sv} minus {now.sv}"
        f" minus {running.sv} = {missing.sv}.",
        f"To reach {aim.en}, fees have to bring {amount.en} {more.en}: {aim.en} - {now.en}"
        f" - {running.en} = {missing.en}.",
    )


def _change(ground: Ground, proposal: Proposal) -> Words:
    missing, a_year = _sek(ground.missing_ore), _sek(ground.fees_ore)
    fees = _sek(ground.years * ground.fees_ore)
    return Words(
        f"{missing.sv} av avgifter på {ground.years} × {a_year.sv} = {fees.sv}, avrundat uppåt"
        f" till en tiondels procent: {swedish.percent(proposal.percent)}.",
        f"{missing.en} of fees of {ground.years} × {a_year.en} = {fees.en}, rounded up to a tenth"
        f" of a percent: {proposal.percent:f}%.",
    )
