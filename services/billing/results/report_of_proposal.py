"""What the report to the Government proposes, and what that means for customers. Pure."""

from __future__ import annotations

from services.billing.results.proposing import Proposal
from services.billing.results.reporting import EXAMPLE_FEES_SEK, Ground
from services.billing.results.wording import (
    Words,
    area_of,
    changed,
    kronor,
    listed,
    money,
    percent,
    with_amounts,
)


def proposal(ground: Ground) -> list[Words]:
    """The proposal, or why there is none."""
    if not ground.is_over:
        return [_nothing_proposed(ground), *_areas_over(ground)]
    if not ground.proposes:
        return [
            Words(
                "Vi lämnar inget förslag, eftersom kostnaderna inte är bokförda.",
                "We make no proposal, since the costs are not posted.",
            )
        ]
    proposed = ground.proposed.proposal
    if proposed is None:
        return [
            Words(
                "Det finns inga avgifter att ändra. Vi ber regeringen besluta hur överskottet ska"
                " användas.",
                "There are no fees to change. We ask the Government to decide how the surplus is"
                " to be used.",
            )
        ]
    return [*_change(ground, proposed), *_afterwards(proposed), *_by_area(ground)]


def _change(ground: Ground, proposed: Proposal) -> list[Words]:
    stands = ground.proposed.ground
    change, aim, after = changed(ground.proposed), money(stands.aim_ore), money(proposed.after_ore)
    running, fees = money(stands.running_ore), money(stands.fees_ore)
    return [
        Words(
            f"Vi föreslår att avgifterna sammantaget {change.sv} från den 1 januari"
            f" {ground.year + 1}. Målet är att det ackumulerade resultatet ska vara {aim.sv} vid"
            f" utgången av {ground.last_year}. Med förslaget blir det {after.sv}.",
            f"We propose that fees as a whole {change.en} from 1 January {ground.year + 1}. The"
            f" aim is an accumulated result of {aim.en} at the end of {ground.last_year}. With the"
            f" proposal it is {after.en}.",
        ),
        Words(
            "Beräkningen utgår från ett oförändrat resultat av den verksamhet som återkommer varje"
            f" år, {running.sv} per år, och från årets avgifter, {fees.sv}.",
            "The reckoning stands on an unchanged result of what recurs every year,"
            f" {running.en} a year, and on the year's fees, {fees.en}.",
        ),
    ]


def _afterwards(proposed: Proposal) -> list[Words]:
    if not proposed.reaches_aim:
        return [
            Words(
                "Överskottet går inte att använda genom lägre avgifter på den tiden. Vi ber"
                " regeringen besluta hur resten ska användas.",
                "The surplus cannot be used by lower fees in that time. We ask the Government to"
                " decide how the rest is to be used.",
            )
        ]
    if proposed.tenths > 0:
        return [
            Words(
                "Överskottet räcker inte till de underskott som oförändrade avgifter skulle ge"
                " under tiden.",
                "The surplus is not enough for the deficits that unchanged fees would give"
                " meanwhile.",
            )
        ]
    if proposed.tenths < 0:
        return [
            Words(
                "När överskottet är använt bestäms avgifterna på nytt, så att de täcker"
                " kostnaderna.",
                "When the surplus has been used, fees are settled anew so that they cover the"
                " cost.",
            )
        ]
    return []


def _by_area(ground: Ground) -> list[Words]:
    said = []
    changes = []
    for each in ground.by_area:
        if each.proposal:
            area, change = area_of(each.of), changed(each, Words("de", "they"))
            changes.append(Words(f"inom {area.sv} {change.sv}", f"in {area.en} {change.en}"))
    if changes:
        all_changes = listed(changes)
        said.append(
            Words(
                "För att varje tjänsteområde för sig ska nå målet ändras avgifterna så här:"
                f" {all_changes.sv}.",
                "For each service area to reach the aim by itself, fees change so:"
                f" {all_changes.en}.",
            )
        )
    without = listed([area_of(each.of) for each in ground.by_area if each.of.lacks_cost])
    if without.sv:
        said.append(
            Words(
                f"Inom {without.sv} är ingen kostnad för den ordinarie verksamheten bokförd. Där"
                " föreslår vi ingen egen ändring.",
                f"In {without.en} no cost of ordinary operations is posted. There we propose no"
                " change of its own.",
            )
        )
    return said


def _nothing_proposed(ground: Ground) -> Words:
    if ground.end.standing.accumulated_ore > 0:
        return Words(
            "Överskottet ryms inom gränsen. Vi föreslår ingen åtgärd.",
            "The surplus is within the limit. We propose nothing.",
        )
    proposed = ground.proposed.proposal
    told = Words(
        "Det finns inget överskott. Vi föreslår ingen åtgärd.",
        "There is no surplus. We propose nothing.",
    )
    if proposed is None or proposed.tenths <= 0 or not ground.end.standing.accumulated_ore:
        return told
    raised = percent(proposed.percent)
    return Words(
        f"{told.sv} För att täcka underskottet till utgången av {ground.last_year} skulle"
        f" avgifterna behöva höjas med {raised.sv}.",
        f"{told.en} To cover the deficit by the end of {ground.last_year}, fees would have to be"
        f" raised by {raised.en}.",
    )


def _areas_over(ground: Ground) -> list[Words]:
    over = ground.areas_over()
    if not over:
        return []
    named = with_amounts(over)
    return [
        Words(
            f"Tagna för sig har {named.sv} ett överskott över gränsen. Gränsen gäller verksamheten"
            " som helhet.",
            f"Taken by themselves, these have a surplus above the limit: {named.en}. The limit is"
            " for the operations as a whole.",
        )
    ]


def customers(ground: Ground) -> list[Words]:
    """What the proposal means for customers."""
    proposed = ground.proposed.proposal
    if not ground.proposes or proposed is None or not proposed.tenths:
        return [
            Words(
                "Avgifterna ändras inte av det som redovisas här.",
                "Fees are not changed by what is reported here.",
            )
        ]
    more = Words("mer", "more") if proposed.tenths > 0 else Words("mindre", "less")
    today, change = kronor(EXAMPLE_FEES_SEK), kronor(ground.example_sek)
    return [
        Words(
            f"En kund som i dag betalar {today.sv} om året i avgifter betalar {change.sv}"
            f" {more.sv} om året, om alla avgifter ändras lika mycket. Kostnader som delas efter"
            " särskild överenskommelse ändras inte.",
            f"A customer that pays {today.en} a year in fees today pays {change.en} {more.en} a"
            " year, if all fees change alike. Cost that is shared by special arrangement does not"
            " change.",
        ),
        Words(
            "Nya avgifter bestäms efter samråd med Ekonomistyrningsverket och meddelas kunderna"
            " innan de börjar gälla.",
            "New fees are settled in consultation with the National Financial Management"
            " Authority, and customers are told before they hold.",
        ),
    ]
