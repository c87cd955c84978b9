"""The report to the Government in English, beside the Swedish one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.billing.results.reporting import (
    EXAMPLE_FEES_SEK,
    Ground,
    Section,
    Text,
    percent_of_turnover,
    whole_kronor,
)
from services.billing.results.rules import Category, result_rules
from services.billing.results.service import Proposed, Row

_OF_CATEGORY = {
    Category.ORDINARY: "Our ordinary business",
    Category.START_UP: "The start-up of customers",
    Category.PASSED_ON: "What we pass on from others",
    Category.INHERITED: "What we have inherited from those before us",
}
_APART = {
    Category.START_UP: "The costs come before the customer begins to pay fees. They come once, "
    "and are therefore reported apart.",
    Category.INHERITED: "It does not come from how the operations are run today.",
}


def report(ground: Ground) -> Text:
    """The report of a year."""
    return Text(
        title=f"Result and accumulated surplus, {ground.year}",
        summary=_summary(ground),
        sections=(
            Section("The year's result", _result(ground)),
            Section("Accumulated result", _accumulated(ground)),
            Section("How it has come about", _why(ground)),
            Section("Proposal", _proposal(ground)),
            Section("What it means for the customers", _customers(ground)),
        ),
    )


def _kronor(sek: int) -> str:
    return f"SEK {sek:,}"


def _sek(ore: int) -> str:
    return _kronor(whole_kronor(ore))


def _percent(ground: Ground) -> str | None:
    percent = ground.end.standing.percent
    if percent is None:
        return None
    return f"{_number(percent_of_turnover(percent, ground.limit))} percent"


def _limit(ground: Ground) -> str:
    return f"{_number(ground.limit)} percent"


def _balance(ore: int) -> str:
    if not ore:
        return "a result of nought"
    return f"a {'surplus' if ore > 0 else 'deficit'} of {_sek(abs(ore))}"


def _stands(ore: int) -> str:
    return _balance(ore) if ore else "nought"


def _number(value: Decimal) -> str:
    """A number without decimals that say nothing."""
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def _listed(items: Sequence[str]) -> str:
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} and {items[-1]}"


def _summary(ground: Ground) -> str:
    accumulated = ground.end.standing.accumulated_ore
    share = _percent(ground)
    of_turnover = f", {share} of the turnover" if share and accumulated > 0 else ""
    becomes = "is expected to be" if ground.results.is_forecast else "was"
    told = f"At the end of {ground.year} our accumulated result {becomes} {_stands(accumulated)}"
    told, law = f"{told}{of_turnover}.", result_rules().surplus.law
    if ground.is_over:
        therefore = (
            "We make no proposal until the costs are posted."
            if ground.lacks_cost
            else "We therefore make a proposal to the Government."
        )
        return f"{told} That is more than {_limit(ground)}, the limit by {law}. {therefore}"
    if accumulated > 0:
        return (
            f"{told} That is within the limit of {_limit(ground)} by {law}. We therefore make no"
            " proposal."
        )
    return f"{told} So there is no surplus to make a proposal about by {law}."


def _result(ground: Ground) -> tuple[str, ...]:
    result = ground.end.result
    expected = ground.results.is_forecast
    paragraphs = []
    if expected and ground.last_posted is None:
        paragraphs.append(f"No month of {ground.year} is over. All figures are a forecast.")
    elif expected:
        last = ground.last_posted
        paragraphs.append(f"The figures are posted through {last}. The rest is a forecast.")
    paragraphs.append(
        f"Income {'is expected to be' if expected else 'was'} {_sek(result.income_ore)} and cost"
        f" {_sek(result.cost_ore)}. That gives {_balance(result.result_ore)}."
    )
    if ground.lacks_cost:
        paragraphs.append(
            "No cost of ordinary operations is posted. So the result does not say whether fees"
            " cover the cost."
        )
    for category in ground.categories:
        ore = ground.end.results[category].result_ore
        gives = "is expected to give" if expected else "gave"
        apart = f" {_APART[category]}" if category in _APART else ""
        paragraphs.append(f"{_OF_CATEGORY[category]} {gives} {_balance(ore)}.{apart}")
    return tuple(paragraphs)


def _accumulated(ground: Ground) -> tuple[str, ...]:
    standing, law = ground.end.standing, result_rules().surplus.law
    share = _percent(ground)
    becomes = "is expected to be" if ground.results.is_forecast else "is"
    told = f"The accumulated result {becomes} {_stands(standing.accumulated_ore)}."
    if share is None:
        return (told, "The year has no turnover to hold it against.")
    if standing.accumulated_ore > 0:
        told = f"{told} That is {share} of the year's turnover of {_sek(standing.turnover_ore)}."
    else:
        told = f"{told} The year's turnover is {_sek(standing.turnover_ore)}."
    return (told, f"The limit by {law} is {_limit(ground)}, that is {_sek(ground.limit_ore)}.")


def _why(ground: Ground) -> tuple[str, ...]:
    gives = "is expected to give" if ground.results.is_forecast else "gave"
    parts = [f"The year {ground.year} {gives} {_balance(ground.end.result.result_ore)}"]
    if ground.earlier_ore:
        parts.append(f"earlier years gave {_balance(ground.earlier_ore)}")
    if ground.brought_ore:
        parts.append(
            f"{_balance(ground.brought_ore)} was brought in when operations were taken over or the"
            " accounts began"
        )
    paragraphs = [f"{_listed(parts)}."]
    for sign, word in ((1, "surplus"), (-1, "deficit")):
        largest = ground.largest(sign)
        if largest:
            named = _listed([_with_amount(row) for row in largest])
            paragraphs.append(f"The largest accumulated {word} is in {named}.")
    return tuple(paragraphs)


def _with_amount(row: Row) -> str:
    return f"{_area(row)} ({_sek(abs(row.expected.standing.accumulated_ore))})"


def _area(row: Row) -> str:
    return result_rules().names_of(row.area)[0]


def _proposal(ground: Ground) -> tuple[str, ...]:
    proposal, aim = ground.proposed.proposal, ground.proposed.ground.aim_ore
    if not ground.is_over:
        return (_nothing_proposed(ground), *_areas_over(ground))
    if not ground.proposes:
        return ("We make no proposal, since the costs are not posted.",)
    if proposal is None:
        return (
            (
                "There are no fees to change. We ask the Government to decide how the surplus is to"
                " be used."
            ),
        )
    by = f"at the end of {ground.last_year}"
    paragraphs = [
        (
            f"We propose that fees as a whole {_changed(ground.proposed)} from 1 January"
            f" {ground.year + 1}. The aim is an accumulated result of {_sek(aim)} {by}. With the"
            f" proposal it is {_sek(proposal.after_ore)}."
        ),
        (
            "The reckoning stands on an unchanged result of what recurs every year,"
            f" {_sek(ground.proposed.ground.running_ore)} a year, and on the year's fees,"
            f" {_sek(ground.proposed.ground.fees_ore)}."
        ),
    ]
    if not proposal.reaches_aim:
        paragraphs.append(
            "The surplus cannot be used by lower fees in that time. We ask the Government to decide"
            " how the rest is to be used."
        )
    elif proposal.tenths > 0:
        paragraphs.append(
            "The surplus is not enough for the deficits that unchanged fees would give meanwhile."
        )
    elif proposal.tenths < 0:
        paragraphs.append(
            "When the surplus has been used, fees are settled anew so that they cover the cost."
        )
    changes = [
        f"in {_area(each.of)} they {_changed(each)}" for each in ground.by_area if each.proposal
    ]
    if changes:
        paragraphs.append(
            f"For each service area to reach the aim by itself, fees change so: {_listed(changes)}."
        )
    without = [_area(each.of) for each in ground.by_area if each.of.lacks_cost]
    if without:
        paragraphs.append(
            f"In {_listed(without)} no cost of ordinary operations is posted. There we propose no"
            " change of its own."
        )
    return tuple(paragraphs)


def _nothing_proposed(ground: Ground) -> str:
    if ground.end.standing.accumulated_ore > 0:
        return "The surplus is within the limit. We propose nothing."
    proposal = ground.proposed.proposal
    told = "There is no surplus. We propose nothing."
    if proposal is None or proposal.tenths <= 0 or not ground.end.standing.accumulated_ore:
        return told
    return (
        f"{told} To cover the deficit by the end of {ground.last_year}, fees would have to be"
        f" raised by {_number(proposal.percent)} percent."
    )


def _areas_over(ground: Ground) -> tuple[str, ...]:
    over = ground.areas_over()
    if not over:
        return ()
    named = _listed([_with_amount(row) for row in over])
    return (
        (
            f"Taken by themselves, these have a surplus above the limit: {named}. The limit is for"
            " the operations as a whole."
        ),
    )


def _changed(proposed: Proposed) -> str:
    proposal = proposed.proposal
    if proposal is None or not proposal.tenths:
        return "stay as they are"
    verb = "are raised" if proposal.tenths > 0 else "are lowered"
    return f"{verb} by {_number(abs(proposal.percent))} percent"


def _customers(ground: Ground) -> tuple[str, ...]:
    proposal = ground.proposed.proposal
    if not ground.proposes or proposal is None or not proposal.tenths:
        return ("Fees are not changed by what is reported here.",)
    more = "more" if proposal.tenths > 0 else "less"
    return (
        (
            f"A customer that pays {_kronor(EXAMPLE_FEES_SEK)} a year in fees today pays"
            f" {_kronor(ground.example_sek)} {more} a year, if all fees change alike. Cost that is"
            " shared by special arrangement does not change."
        ),
        (
            "New fees are settled in consultation with the National Financial Management Authority,"
            " and customers are told before they hold."
        ),
    )
