"""The letter of intent as its template shows it: every value a Swedish text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from services.chassis import swedish
from services.contracts.values import IndicatedFeeLine
from services.onboarding.agreements.document import PartyRole
from services.onboarding.agreements.standard import Wording
from services.onboarding.canonical import content_hash
from services.onboarding.documents.fee_basis import basis, followed
from services.onboarding.documents.words import Words
from services.onboarding.letter_of_intent.baseline import (
    Baseline,
    CostComparison,
    Costs,
    CostVerdict,
    Overhead,
    OverheadMethod,
)
from services.onboarding.letter_of_intent.domain import LetterSignature
from services.onboarding.letter_of_intent.letter import (
    LetterContent,
    LetterFee,
    LetterMember,
    LetterPlan,
)
from services.onboarding.parties import Party
from services.onboarding.staffing.domain import StaffingRules

TITLE = "Avsiktsförklaring"


@dataclass(frozen=True)
class LetterPaper:
    """A letter of intent with all that its paper shows.

    Attributes:
        services: the Swedish name of each service, by its key.
        signatures: those that stand under exactly this letter.
        comparison: the fee against the baseline; None until both are there.
        reference: what the case is called on paper.
        day: the day that the paper carries.
    """

    letter: LetterContent
    content_hash: str
    centre_name: str
    services: Mapping[str, str]
    signatures: Sequence[LetterSignature]
    comparison: CostComparison | None
    reference: str
    day: date

    @property
    def is_signed(self) -> bool:
        """Whether both parties have signed it."""
        return {signature.party for signature in self.signatures} == set(Party)

    @property
    def subject(self) -> str:
        """What the kept document is found by."""
        return letter_subject(self.signatures)


def letter_subject(signatures: Sequence[LetterSignature]) -> str:
    """What the document that these signatures stand under is found by.

    The same words signed anew, after a fall or a step back, are another document.
    """
    signed = {
        signature.party.value: [
            signature.content_hash,
            signature.name,
            signature.signed_at.astimezone(UTC).isoformat(),
        ]
        for signature in signatures
    }
    return content_hash(signed)


def letter_view(
    paper: LetterPaper, words: Words, wording: Wording, staffing: StaffingRules
) -> dict[str, Any]:
    """The data of ``letter_of_intent.typ``."""
    letter = paper.letter
    units = {unit.key: unit.name_sv for unit in wording.units}
    names = {Party.CUSTOMER: letter.customer_name, Party.CENTRE: paper.centre_name}
    return {
        "look": _look(paper, words),
        "opening": (
            f"{letter.customer_name} och {paper.centre_name} avser att ansluta"
            f" {letter.customer_name} till de tjänster som anges här. Avsiktsförklaringen"
            " inleder arbetet; vad som ska gälla för leveransen avgörs i den överenskommelse"
            " eller det avtal som parterna därefter kommer fram till."
        ),
        "parties": [
            [words.roles[PartyRole.CUSTOMER], letter.customer_name, letter.org_number],
            [words.roles[PartyRole.CENTRE], paper.centre_name, "–"],
        ],
        "services": [paper.services.get(key, key) for key in letter.services],
        "baseline": _baseline(letter.baseline, paper.services, units, words)
        if letter.baseline
        else None,
        "staff": [
            {
                "party": names[party],
                "members": [_member(party, member, words, staffing) for member in members],
            }
            for party, members in (
                (Party.CUSTOMER, letter.customer_staff),
                (Party.CENTRE, letter.centre_staff),
            )
        ],
        "plan": _plan(letter.plan) if letter.plan else None,
        "fee": _fee(letter.fee, paper, wording, units) if letter.fee else None,
        "signing": _signing(paper, names, words),
    }


def _look(paper: LetterPaper, words: Words) -> dict[str, Any]:
    signed = len(paper.signatures)
    return {
        "title": f"{TITLE} om anslutning till {paper.centre_name}",
        "author": [paper.centre_name],
        "description": f"{TITLE} mellan {paper.letter.customer_name} och {paper.centre_name}",
        "keywords": [paper.reference],
        "centre": paper.centre_name,
        "document-type": TITLE,
        "reference": paper.reference,
        "date": swedish.day(paper.day),
        "draft": not paper.is_signed,
        "draft-mark": words.draft_mark,
        "state-text": None
        if paper.is_signed
        else ("Utkast, undertecknat av en part" if signed else "Utkast"),
        "footer": None,
    }


def _member(party: Party, member: LetterMember, words: Words, staffing: StaffingRules) -> list[str]:
    """Role, holder and deputy; a role that the centre knows is named in Swedish."""
    role = staffing.name_sv(party, member.role) or member.role
    area = member.service_area
    of_what = f" ({words.service_areas.get(area, area)})" if area else ""
    return [swedish.capitalised(role) + of_what, member.name, member.deputy or "–"]


def _baseline(
    baseline: Baseline, services: Mapping[str, str], units: Mapping[str, str], words: Words
) -> dict[str, Any]:
    return {
        "facts": [
            ["Årsarbetskrafter", swedish.decimal_number(baseline.full_time_equivalents)],
        ],
        "cost": f"{swedish.kronor(baseline.yearly_cost_sek)} om året.",
        "costs": _costs(baseline.costs, baseline) if baseline.costs else None,
        "volumes": [
            [
                services.get(service, service),
                swedish.capitalised(units.get(unit, unit)),
                swedish.number(quantity),
            ]
            for service, quantities in sorted(baseline.volumes.items())
            for unit, quantity in sorted(quantities.items())
        ],
        "systems": [
            [
                system.name,
                swedish.day(system.contract_ends_on) if system.contract_ends_on else "–",
                words.system_statuses[system.status] if system.status else "–",
                system.note or "–",
            ]
            for system in baseline.systems
        ],
        "agreements": [
            [
                agreement.name,
                swedish.day(agreement.ends_on) if agreement.ends_on else "–",
                agreement.note or "–",
            ]
            for agreement in baseline.agreements
        ],
        "routines": [
            [routine.name, words.routine_statuses[routine.status], routine.note or "–"]
            for routine in baseline.routines
        ],
    }


def _costs(costs: Costs, baseline: Baseline) -> dict[str, Any]:
    overhead = costs.overhead_sek(baseline.full_time_equivalents)
    return {
        "rows": [
            *([cost.name, swedish.kronor(cost.yearly_sek)] for cost in costs.direct),
            ["Summa direkt kostnad", swedish.kronor(costs.direct_sek)],
            ["Overhead", swedish.kronor(overhead)],
        ],
        "total": ["Årlig kostnad med overhead", swedish.kronor(costs.direct_sek + overhead)],
        "how": _how(costs.overhead, costs, baseline, overhead),
        "explanation": costs.overhead.explanation,
    }


def _how(overhead: Overhead, costs: Costs, baseline: Baseline, overhead_sek: int) -> str:
    result = swedish.kronor(overhead_sek)
    match overhead.method:
        case OverheadMethod.SHARE_OF_DIRECT_COST if overhead.percent is not None:
            return (
                f"Overhead är {swedish.percent(overhead.percent)} av den direkta kostnaden:"
                f" {swedish.kronor(costs.direct_sek)} × {swedish.percent(overhead.percent)}"
                f" = {result}."
            )
        case OverheadMethod.PER_FULL_TIME_EQUIVALENT if (
            overhead.sek_per_full_time_equivalent is not None
        ):
            return (
                "Overhead räknas per årsarbetskraft:"
                f" {swedish.decimal_number(baseline.full_time_equivalents)} ×"
                f" {swedish.kronor(overhead.sek_per_full_time_equivalent)} = {result}."
            )
    return f"Overhead kommer ur kundens egen beräkning: {result}."


def _plan(plan: LetterPlan) -> dict[str, Any]:
    weeks = (plan.go_live_on - plan.starts_on).days // 7
    return {
        "facts": [
            ["Arbetet börjar", swedish.day(plan.starts_on)],
            ["Driftsättning", swedish.day(plan.go_live_on)],
            ["Hela veckor däremellan", swedish.number(weeks)],
        ],
        "reason": f"Skäl för den korta tiden: {plan.reason_if_short}"
        if plan.reason_if_short
        else None,
    }


def _fee(
    fee: LetterFee, paper: LetterPaper, wording: Wording, units: Mapping[str, str]
) -> dict[str, Any]:
    items = {item.key: item.name_sv for item in wording.fee_items}
    return {
        "opening": (
            f"Avgiften följer avgiftslistan {_followed(fee)} och är beräknad på kundens volymer."
            " Den är en indikation och fastställs i överenskommelsen eller avtalet."
        ),
        "services": [
            {
                "name": paper.services.get(service, service),
                "lines": [_line(line, items, units) for line in lines],
                "basis": basis(line.item for line in lines),
                "total": ["Summa", swedish.amount(sum(line.amount_ore for line in lines))],
            }
            for service, lines in _by_service(fee.lines).items()
        ],
        "sum": f"Avgiften är sammanlagt {swedish.amount(fee.yearly_total_ore or 0)} om året.",
        "comparison": _comparison(paper.comparison) if paper.comparison else None,
    }


def _followed(fee: LetterFee) -> str:
    return followed(fee.tariff or "–", (line.item for line in fee.lines))


def _by_service(lines: Sequence[IndicatedFeeLine]) -> dict[str, list[IndicatedFeeLine]]:
    found: dict[str, list[IndicatedFeeLine]] = {}
    for line in lines:
        found.setdefault(line.service, []).append(line)
    return found


def _line(line: IndicatedFeeLine, items: Mapping[str, str], units: Mapping[str, str]) -> list[str]:
    item = line.item
    return [
        items.get(item.key, item.name_sv or item.name),
        swedish.capitalised(units.get(item.unit, item.unit)),
        swedish.number(item.yearly_quantity),
        swedish.amount(item.unit_price_ore),
        swedish.amount(line.amount_ore),
    ]


def _comparison(comparison: CostComparison) -> dict[str, Any]:
    facts = [
        ["Kostnad i utgångsläget", swedish.amount(comparison.baseline_ore)],
        ["Indikerad avgift", swedish.amount(comparison.fee_ore)],
        ["Skillnad per år", swedish.amount(comparison.difference_ore)],
    ]
    if comparison.direct_difference_ore is not None:
        facts.append(["Skillnad utan overhead", swedish.amount(comparison.direct_difference_ore)])
    return {"facts": facts, "sentence": _verdict(comparison)}


def _verdict(comparison: CostComparison) -> str:
    apart = " Kostnader för att ansluta ingår inte."
    if comparison.verdict is CostVerdict.EQUAL:
        return "Avgiften är lika stor som kostnaden i utgångsläget." + apart
    lower = comparison.verdict is CostVerdict.SAVING
    share = (
        f" ({swedish.percent(abs(comparison.percent))})" if comparison.percent is not None else ""
    )
    return (
        f"Avgiften är {swedish.amount(abs(comparison.difference_ore))}{share}"
        f" {'lägre' if lower else 'högre'} per år än kostnaden i utgångsläget.{apart}"
    )


def _signing(paper: LetterPaper, names: Mapping[Party, str], words: Words) -> dict[str, Any]:
    by_party = {signature.party: signature for signature in paper.signatures}
    letter = paper.letter
    return {
        "opening": (
            "Avsiktsförklaringen gäller från det att båda parter har undertecknat samma lydelse."
        ),
        "words": words.signing.model_dump(mode="json"),
        "hash": f"Innehållets kontrollsumma (SHA-256): {paper.content_hash}",
        "signatures": [
            signature_view(
                names[party],
                letter.org_number if party is Party.CUSTOMER else None,
                by_party.get(party),
            )
            for party in Party
        ],
    }


def signature_view(
    party: str, org_number: str | None, signature: LetterSignature | None
) -> dict[str, Any]:
    """A party's place under a document, signed or blank."""
    return {
        "party": party,
        "org_number": org_number,
        "name": signature.name if signature else None,
        "title": signature.title if signature else None,
        "mandate": signature.mandate if signature else None,
        "at": f"Undertecknad elektroniskt {swedish.moment(signature.signed_at)}"
        if signature
        else None,
    }
