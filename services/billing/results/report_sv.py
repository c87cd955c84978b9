"""The report to the Government in Swedish."""

from __future__ import annotations

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
from services.chassis import swedish

_OF_CATEGORY = {
    Category.ORDINARY: "Den ordinarie verksamheten",
    Category.START_UP: "Uppstarten av kunder",
    Category.PASSED_ON: "Det som vi vidareförmedlar från andra",
    Category.INHERITED: "Det som vi har ärvt från tidigare huvudmän",
}
_APART = {
    Category.START_UP: "Kostnaderna kommer innan kunden börjar betala avgifter. De är av "
    "engångskaraktär och redovisas därför för sig.",
    Category.INHERITED: "Det beror inte på hur verksamheten bedrivs i dag.",
}


def report(ground: Ground) -> Text:
    """The report of a year."""
    return Text(
        title=f"Resultat och ackumulerat överskott {ground.year}",
        summary=_summary(ground),
        sections=(
            Section("Årets resultat", _result(ground)),
            Section("Ackumulerat resultat", _accumulated(ground)),
            Section("Så har det uppstått", _why(ground)),
            Section("Förslag", _proposal(ground)),
            Section("Vad det betyder för kunderna", _customers(ground)),
        ),
    )


def _sek(ore: int) -> str:
    return swedish.kronor(whole_kronor(ore))


def _percent(ground: Ground) -> str | None:
    percent = ground.end.standing.percent
    if percent is None:
        return None
    return f"{swedish.decimal_number(percent_of_turnover(percent, ground.limit))} procent"


def _limit(ground: Ground) -> str:
    return f"{swedish.decimal_number(ground.limit)} procent"


def _balance(ore: int) -> str:
    if not ore:
        return "ett nollresultat"
    return f"ett {'överskott' if ore > 0 else 'underskott'} på {_sek(abs(ore))}"


def _stands(ore: int) -> str:
    return _balance(ore) if ore else "noll"


def _summary(ground: Ground) -> str:
    accumulated = ground.end.standing.accumulated_ore
    share = _percent(ground)
    of_turnover = f", vilket är {share} av omsättningen" if share and accumulated > 0 else ""
    expected = ground.results.is_forecast
    told = (
        f"Vid utgången av {ground.year} {'väntas' if expected else 'var'} vårt ackumulerade"
        f" resultat{' bli' if expected else ''} {_stands(accumulated)}{of_turnover}."
    )
    law = result_rules().surplus.law_sv
    if ground.is_over:
        therefore = (
            "Vi lämnar inget förslag förrän kostnaderna är bokförda."
            if ground.lacks_cost
            else "Vi lämnar därför ett förslag till regeringen."
        )
        return f"{told} Det är mer än {_limit(ground)}, som är gränsen enligt {law}. {therefore}"
    if accumulated > 0:
        return (
            f"{told} Det ryms inom gränsen på {_limit(ground)} enligt {law}. Vi lämnar därför inget"
            " förslag."
        )
    return f"{told} Det finns alltså inget överskott att lämna förslag om enligt {law}."


def _result(ground: Ground) -> tuple[str, ...]:
    result = ground.end.result
    expected = ground.results.is_forecast
    paragraphs = []
    if expected and ground.last_posted is None:
        paragraphs.append(f"Ingen månad av {ground.year} är över. Alla siffror är en prognos.")
    elif expected and ground.last_posted is not None:
        last = swedish.month(ground.last_posted.first_day)
        paragraphs.append(f"Siffrorna är bokförda till och med {last}. Resten är en prognos.")
    paragraphs.append(
        f"Intäkterna {'väntas bli' if expected else 'var'} {_sek(result.income_ore)} och"
        f" kostnaderna {_sek(result.cost_ore)}. Det ger {_balance(result.result_ore)}."
    )
    if ground.lacks_cost:
        paragraphs.append(
            "Ingen kostnad för den ordinarie verksamheten är bokförd. Resultatet säger därför inte"
            " om avgifterna täcker kostnaderna."
        )
    for category in ground.categories:
        ore = ground.end.results[category].result_ore
        gives = "väntas ge" if expected else "gav"
        apart = f" {_APART[category]}" if category in _APART else ""
        paragraphs.append(f"{_OF_CATEGORY[category]} {gives} {_balance(ore)}.{apart}")
    return tuple(paragraphs)


def _accumulated(ground: Ground) -> tuple[str, ...]:
    standing, law = ground.end.standing, result_rules().surplus.law_sv
    share = _percent(ground)
    becomes = "väntas bli" if ground.results.is_forecast else "är"
    told = f"Det ackumulerade resultatet {becomes} {_stands(standing.accumulated_ore)}."
    if share is None:
        return (told, "Året har ingen omsättning att jämföra med.")
    if standing.accumulated_ore > 0:
        told = f"{told} Det motsvarar {share} av årets omsättning på {_sek(standing.turnover_ore)}."
    else:
        told = f"{told} Årets omsättning är {_sek(standing.turnover_ore)}."
    return (told, f"Gränsen enligt {law} är {_limit(ground)}, alltså {_sek(ground.limit_ore)}.")


def _why(ground: Ground) -> tuple[str, ...]:
    gives = "väntas ge" if ground.results.is_forecast else "gav"
    parts = [f"Året {ground.year} {gives} {_balance(ground.end.result.result_ore)}"]
    if ground.earlier_ore:
        parts.append(f"tidigare år gav {_balance(ground.earlier_ore)}")
    if ground.brought_ore:
        parts.append(
            f"{_balance(ground.brought_ore)} fördes in när verksamhet togs över eller"
            " redovisningen började"
        )
    paragraphs = [f"{swedish.capitalised(swedish.listed(parts))}."]
    for sign, word in ((1, "överskott"), (-1, "underskott")):
        largest = ground.largest(sign)
        if largest:
            named = swedish.listed([_with_amount(row) for row in largest])
            paragraphs.append(f"Störst ackumulerat {word} finns inom {named}.")
    return tuple(paragraphs)


def _with_amount(row: Row) -> str:
    return f"{_area(row)} ({_sek(abs(row.expected.standing.accumulated_ore))})"


def _area(row: Row) -> str:
    return swedish.within_a_sentence(result_rules().names_of(row.area)[1])


def _proposal(ground: Ground) -> tuple[str, ...]:
    proposal, aim = ground.proposed.proposal, ground.proposed.ground.aim_ore
    if not ground.is_over:
        return (_nothing_proposed(ground), *_areas_over(ground))
    if not ground.proposes:
        return ("Vi lämnar inget förslag, eftersom kostnaderna inte är bokförda.",)
    if proposal is None:
        return (
            (
                "Det finns inga avgifter att ändra. Vi ber regeringen besluta hur överskottet ska"
                " användas."
            ),
        )
    by = f"vid utgången av {ground.last_year}"
    paragraphs = [
        (
            f"Vi föreslår att avgifterna sammantaget {_changed(ground.proposed)} från den 1 januari"
            f" {ground.year + 1}. Målet är att det ackumulerade resultatet ska vara"
            f" {_sek(aim)} {by}. Med förslaget blir det {_sek(proposal.after_ore)}."
        ),
        (
            "Beräkningen utgår från ett oförändrat resultat av den verksamhet som återkommer varje"
            f" år, {_sek(ground.proposed.ground.running_ore)} per år, och från årets avgifter,"
            f" {_sek(ground.proposed.ground.fees_ore)}."
        ),
    ]
    if not proposal.reaches_aim:
        paragraphs.append(
            "Överskottet går inte att använda genom lägre avgifter på den tiden. Vi ber regeringen"
            " besluta hur resten ska användas."
        )
    elif proposal.tenths > 0:
        paragraphs.append(
            "Överskottet räcker inte till de underskott som oförändrade avgifter skulle ge under"
            " tiden."
        )
    elif proposal.tenths < 0:
        paragraphs.append(
            "När överskottet är använt bestäms avgifterna på nytt, så att de täcker kostnaderna."
        )
    changes = [
        f"inom {_area(each.of)} {_changed(each, 'de')}" for each in ground.by_area if each.proposal
    ]
    if changes:
        paragraphs.append(
            "För att varje tjänsteområde för sig ska nå målet ändras avgifterna så här:"
            f" {swedish.listed(changes)}."
        )
    without = [_area(each.of) for each in ground.by_area if each.of.lacks_cost]
    if without:
        paragraphs.append(
            f"Inom {swedish.listed(without)} är ingen kostnad för den ordinarie verksamheten"
            " bokförd. Där föreslår vi ingen egen ändring."
        )
    return tuple(paragraphs)


def _nothing_proposed(ground: Ground) -> str:
    if ground.end.standing.accumulated_ore > 0:
        return "Överskottet ryms inom gränsen. Vi föreslår ingen åtgärd."
    proposal = ground.proposed.proposal
    told = "Det finns inget överskott. Vi föreslår ingen åtgärd."
    if proposal is None or proposal.tenths <= 0 or not ground.end.standing.accumulated_ore:
        return told
    return (
        f"{told} För att täcka underskottet till utgången av {ground.last_year} skulle avgifterna"
        f" behöva höjas med {swedish.decimal_number(proposal.percent)} procent."
    )


def _areas_over(ground: Ground) -> tuple[str, ...]:
    over = ground.areas_over()
    if not over:
        return ()
    named = swedish.listed([_with_amount(row) for row in over])
    return (
        (
            f"Tagna för sig har {named} ett överskott över gränsen. Gränsen gäller verksamheten som"
            " helhet."
        ),
    )


def _changed(proposed: Proposed, they: str = "") -> str:
    """How fees change, with the pronoun behind the verb where one is needed."""
    proposal = proposed.proposal
    behind = f" {they}" if they else ""
    if proposal is None or not proposal.tenths:
        return f"lämnas{behind} oförändrade"
    verb = "höjs" if proposal.tenths > 0 else "sänks"
    return f"{verb}{behind} med {swedish.decimal_number(abs(proposal.percent))} procent"


def _customers(ground: Ground) -> tuple[str, ...]:
    proposal = ground.proposed.proposal
    if not ground.proposes or proposal is None or not proposal.tenths:
        return ("Avgifterna ändras inte av det som redovisas här.",)
    more = "mer" if proposal.tenths > 0 else "mindre"
    return (
        (
            f"En kund som i dag betalar {swedish.kronor(EXAMPLE_FEES_SEK)} om året i avgifter"
            f" betalar {swedish.kronor(ground.example_sek)} {more} om året, om alla avgifter ändras"
            " lika mycket. Kostnader som delas efter särskild överenskommelse ändras inte."
        ),
        (
            "Nya avgifter bestäms efter samråd med Ekonomistyrningsverket och meddelas kunderna"
            " innan de börjar gälla."
        ),
    )
