"""The report to the Government: what it says, in Swedish and English. Pure.

Swedish is the report's own language; the English version stands beside it.
"""

from __future__ import annotations

from services.billing.results.report_of_proposal import customers, proposal
from services.billing.results.reporting import Ground, Report, Section, Text, percent_of_turnover
from services.billing.results.rules import Category, result_rules
from services.billing.results.wording import (
    NOTHING,
    Words,
    balance,
    listed,
    money,
    percent,
    standing,
    with_amounts,
)
from services.chassis import swedish

_OF_CATEGORY = {
    Category.ORDINARY: Words("Den ordinarie verksamheten", "Our ordinary business"),
    Category.START_UP: Words("Uppstarten av kunder", "The start-up of customers"),
    Category.PASSED_ON: Words(
        "Det som vi vidareförmedlar från andra", "What we pass on from others"
    ),
    Category.INHERITED: Words(
        "Det som vi har ärvt från tidigare huvudmän",
        "What we have inherited from those before us",
    ),
}
_APART = {
    Category.START_UP: Words(
        " Kostnaderna kommer innan kunden börjar betala avgifter. De är av engångskaraktär och"
        " redovisas därför för sig.",
        " The costs come before the customer begins to pay fees. They come once, and are"
        " therefore reported apart.",
    ),
    Category.INHERITED: Words(
        " Det beror inte på hur verksamheten bedrivs i dag.",
        " It does not come from how the operations are run today.",
    ),
}


def report(ground: Ground) -> Report:
    """The report of a year."""
    title = Words(
        f"Resultat och ackumulerat överskott {ground.year}",
        f"Result and accumulated surplus, {ground.year}",
    )
    summary = _summary(ground)
    sections = (
        (Words("Årets resultat", "The year's result"), _result(ground)),
        (Words("Ackumulerat resultat", "Accumulated result"), _accumulated(ground)),
        (Words("Så har det uppstått", "How it has come about"), _why(ground)),
        (Words("Förslag", "Proposal"), proposal(ground)),
        (
            Words("Vad det betyder för kunderna", "What it means for the customers"),
            customers(ground),
        ),
    )
    return Report(
        Text(
            title.sv,
            summary.sv,
            tuple(Section(name.sv, tuple(each.sv for each in said)) for name, said in sections),
        ),
        Text(
            title.en,
            summary.en,
            tuple(Section(name.en, tuple(each.en for each in said)) for name, said in sections),
        ),
    )


def _of_turnover(ground: Ground) -> Words | None:
    """The accumulated result in percent of the turnover; None where there is none."""
    share = ground.end.standing.percent
    return None if share is None else percent(percent_of_turnover(share, ground.limit))


def _law() -> Words:
    surplus = result_rules().surplus
    return Words(surplus.law_sv, surplus.law)


def _summary(ground: Ground) -> Words:
    accumulated = ground.end.standing.accumulated_ore
    share, of = _of_turnover(ground), NOTHING
    if share and accumulated > 0:
        of = Words(f", vilket är {share.sv} av omsättningen", f", {share.en} of the turnover")
    becomes = (
        Words("väntas vårt ackumulerade resultat bli", "is expected to be")
        if ground.results.is_forecast
        else Words("var vårt ackumulerade resultat", "was")
    )
    what = standing(accumulated)
    told = Words(
        f"Vid utgången av {ground.year} {becomes.sv} {what.sv}{of.sv}.",
        f"At the end of {ground.year} our accumulated result {becomes.en} {what.en}{of.en}.",
    )
    law, limit = _law(), percent(ground.limit)
    if ground.is_over:
        therefore = (
            Words(
                "Vi lämnar inget förslag förrän kostnaderna är bokförda.",
                "We make no proposal until the costs are posted.",
            )
            if ground.lacks_cost
            else Words(
                "Vi lämnar därför ett förslag till regeringen.",
                "We therefore make a proposal to the Government.",
            )
        )
        return Words(
            f"{told.sv} Det är mer än {limit.sv}, som är gränsen enligt {law.sv}. {therefore.sv}",
            f"{told.en} That is more than {limit.en}, the limit by {law.en}. {therefore.en}",
        )
    if accumulated > 0:
        return Words(
            f"{told.sv} Det ryms inom gränsen på {limit.sv} enligt {law.sv}. Vi lämnar därför inget"
            " förslag.",
            f"{told.en} That is within the limit of {limit.en} by {law.en}. We therefore make no"
            " proposal.",
        )
    return Words(
        f"{told.sv} Det finns alltså inget överskott att lämna förslag om enligt {law.sv}.",
        f"{told.en} So there is no surplus to make a proposal about by {law.en}.",
    )


def _result(ground: Ground) -> list[Words]:
    result, last = ground.end.result, ground.last_posted
    expected = ground.results.is_forecast
    said = []
    if expected and last is None:
        said.append(
            Words(
                f"Ingen månad av {ground.year} är över. Alla siffror är en prognos.",
                f"No month of {ground.year} is over. All figures are a forecast.",
            )
        )
    elif expected and last is not None:
        said.append(
            Words(
                f"Siffrorna är bokförda till och med {swedish.month(last.first_day)}. Resten är en"
                " prognos.",
                f"The figures are posted through {last}. The rest is a forecast.",
            )
        )
    was = Words("väntas bli", "is expected to be") if expected else Words("var", "was")
    income, cost, gives = (
        money(result.income_ore),
        money(result.cost_ore),
        balance(result.result_ore),
    )
    said.append(
        Words(
            f"Intäkterna {was.sv} {income.sv} och kostnaderna {cost.sv}. Det ger {gives.sv}.",
            f"Income {was.en} {income.en} and cost {cost.en}. That gives {gives.en}.",
        )
    )
    if ground.lacks_cost:
        said.append(
            Words(
                "Ingen kostnad för den ordinarie verksamheten är bokförd. Resultatet säger därför"
                " inte om avgifterna täcker kostnaderna.",
                "No cost of ordinary operations is posted. So the result does not say whether fees"
                " cover the cost.",
            )
        )
    gave = _gave(ground)
    for category in ground.categories:
        of, apart = _OF_CATEGORY[category], _APART.get(category, NOTHING)
        what = balance(ground.end.results[category].result_ore)
        said.append(
            Words(
                f"{of.sv} {gave.sv} {what.sv}.{apart.sv}", f"{of.en} {gave.en} {what.en}.{apart.en}"
            )
        )
    return said


def _gave(ground: Ground) -> Words:
    if ground.results.is_forecast:
        return Words("väntas ge", "is expected to give")
    return Words("gav", "gave")


def _accumulated(ground: Ground) -> list[Words]:
    end, law, share = ground.end.standing, _law(), _of_turnover(ground)
    becomes = (
        Words("väntas bli", "is expected to be")
        if ground.results.is_forecast
        else Words("är", "is")
    )
    what = standing(end.accumulated_ore)
    told = Words(
        f"Det ackumulerade resultatet {becomes.sv} {what.sv}.",
        f"The accumulated result {becomes.en} {what.en}.",
    )
    if share is None:
        none = Words(
            "Året har ingen omsättning att jämföra med.",
            "The year has no turnover to hold it against.",
        )
        return [told, none]
    turnover = money(end.turnover_ore)
    held = (
        Words(
            f"Det motsvarar {share.sv} av årets omsättning på {turnover.sv}.",
            f"That is {share.en} of the year's turnover of {turnover.en}.",
        )
        if end.accumulated_ore > 0
        else Words(f"Årets omsättning är {turnover.sv}.", f"The year's turnover is {turnover.en}.")
    )
    limit, ore = percent(ground.limit), money(ground.limit_ore)
    return [
        Words(f"{told.sv} {held.sv}", f"{told.en} {held.en}"),
        Words(
            f"Gränsen enligt {law.sv} är {limit.sv}, alltså {ore.sv}.",
            f"The limit by {law.en} is {limit.en}, that is {ore.en}.",
        ),
    ]


def _why(ground: Ground) -> list[Words]:
    gave, what = _gave(ground), balance(ground.end.result.result_ore)
    parts = [
        Words(
            f"Året {ground.year} {gave.sv} {what.sv}", f"The year {ground.year} {gave.en} {what.en}"
        )
    ]
    if ground.earlier_ore:
        earlier = balance(ground.earlier_ore)
        parts.append(Words(f"tidigare år gav {earlier.sv}", f"earlier years gave {earlier.en}"))
    if ground.brought_ore:
        brought = balance(ground.brought_ore)
        parts.append(
            Words(
                f"{brought.sv} fördes in när verksamhet togs över eller redovisningen började",
                f"{brought.en} was brought in when operations were taken over or the accounts"
                " began",
            )
        )
    whole = listed(parts)
    said = [Words(f"{swedish.capitalised(whole.sv)}.", f"{whole.en}.")]
    for sign, word in ((1, Words("överskott", "surplus")), (-1, Words("underskott", "deficit"))):
        largest = ground.largest(sign)
        if largest:
            named = with_amounts(largest)
            said.append(
                Words(
                    f"Störst ackumulerat {word.sv} finns inom {named.sv}.",
                    f"The largest accumulated {word.en} is in {named.en}.",
                )
            )
    return said
