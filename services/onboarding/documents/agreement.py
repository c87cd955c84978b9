"""A version of an agreement as its template shows it: every value a Swedish text.

All of it comes out of the content that is hashed and signed; nothing is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis import swedish
from services.onboarding.agreements.document import (
    AgreementParty,
    Part,
)
from services.onboarding.agreements.domain import (
    AgreementSignature,
    AgreementVersion,
    VersionOrigin,
)
from services.onboarding.documents.annexes import (
    Names,
    clause_deviation_view,
    collaboration_view,
    deviation_view,
    fees,
    hours,
    level_row,
    matrix,
    processing_view,
)
from services.onboarding.documents.words import Words


@dataclass(frozen=True)
class AgreementPaper:
    """A version of an agreement and what its case is called on paper."""

    version: AgreementVersion
    reference: str


def agreement_view(paper: AgreementPaper, words: Words) -> dict[str, Any]:
    """The data of ``agreement.typ``."""
    content, names = paper.version.content, Names.of(paper.version.content)
    processing = content.data_processing
    return {
        "look": _look(paper, words),
        "form": content.form,
        "between": swedish.listed([party.name for party in content.all_parties]),
        "facts": _facts(paper.version),
        "change_reason": content.change_reason,
        "parties": [
            [words.roles[party.role], party.name, party.org_number or "–"]
            for party in content.all_parties
        ],
        "services": [
            [service.name_sv, names.descriptions.get(service.service, "–")]
            for service in content.services
        ],
        "parts": [_part(part) for part in content.parts],
        "windows": [
            [
                swedish.day_of_year(window.takes_effect),
                swedish.day_of_year(window.request_by),
                swedish.capitalised(window.budget_sv),
            ]
            for window in content.change_windows
        ],
        "signing": _signing(paper, words),
        "matrix": [
            {"service": service.name_sv, "rows": matrix(service, content, names, words)}
            for service in content.services
        ],
        "excluded": [
            [names.service(left.service), names.activity(left.service, left.activity)]
            for left in content.excluded_activities
        ],
        "levels": [
            {
                "service": service.name_sv,
                "rows": [level_row(level, names, words) for level in service.levels],
            }
            for service in content.services
        ],
        "hours": hours(content),
        "fees": fees(content, names, words),
        "processing": processing_view(processing, names) if processing else None,
        "collaboration": collaboration_view(content, words),
        "deviations": [deviation_view(entry, names, words) for entry in content.deviations],
        "clause_deviations": [
            clause_deviation_view(entry, content, words) for entry in content.clause_deviations
        ],
    }


def _look(paper: AgreementPaper, words: Words) -> dict[str, Any]:
    version, content = paper.version, paper.version.content
    form = swedish.capitalised(content.form)
    made = max(
        (signature.signed_at for signature in version.signatures), default=version.drafted_at
    )
    return {
        "title": f"{form} om gemensamma tjänster",
        "author": [content.centre_name],
        "description": f"{form} mellan"
        f" {swedish.listed([party.name for party in content.all_parties])},"
        f" version {content.version}",
        "keywords": [paper.reference, version.content_hash],
        "centre": content.centre_name,
        "document-type": form,
        "reference": f"{paper.reference}, version {content.version}",
        "date": swedish.day_of(made),
        "draft": not version.is_signed,
        "draft-mark": words.draft_mark,
        "state-text": _state(version),
        "footer": f"SHA-256 {version.content_hash}",
    }


def _state(version: AgreementVersion) -> str | None:
    if version.is_signed:
        return None
    decided, all_parties = len(version.decided_by), len(version.content.all_parties)
    if decided:
        return f"Utkast, undertecknat av {decided} av {all_parties} parter"
    return "Utkast"


def _facts(version: AgreementVersion) -> list[list[str]]:
    content = version.content
    facts = [
        ["Version", swedish.number(content.version)],
        ["Gäller från och med", swedish.day(content.valid_from)],
        ["Gäller till och med", swedish.day(content.valid_until)],
        ["Översyn senast", swedish.day(content.review_on)],
        ["Standardtext", content.standard_version],
    ]
    if content.amends_version is not None:
        facts.insert(1, ["Ändrar version", swedish.number(content.amends_version)])
    if content.effective_on is not None:
        facts.insert(2, ["Ändringen gäller från och med", swedish.day(content.effective_on)])
    return facts


def _part(part: Part) -> dict[str, Any]:
    return {
        "key": part.key,
        "heading": part.heading.removeprefix("Bilaga - "),
        "clauses": [{"text": clause.text, "deviates": clause.deviates} for clause in part.clauses],
    }


def _signing(paper: AgreementPaper, words: Words) -> dict[str, Any]:
    version = paper.version
    by_party = {
        signature.party: signature
        for signature in version.signatures
        if signature.content_hash == version.content_hash
    }
    if version.origin is VersionOrigin.RENEWAL:
        opening = (
            "Den här versionen förlänger den föregående enligt dess egna villkor. Det krävs"
            " inget nytt beslut."
        )
    else:
        opening = (
            "Varje part beslutar för sig, med samma ordalydelse. Besluten gäller tillsammans"
            " när alla finns. Kontrollsumman visar att det är samma lydelse."
        )
    return {
        "opening": opening,
        "words": words.signing.model_dump(mode="json"),
        "signatures": []
        if version.origin is VersionOrigin.RENEWAL
        else [_signature(party, by_party.get(party.key)) for party in version.content.all_parties],
        "hash": f"Innehållets kontrollsumma (SHA-256): {version.content_hash}",
    }


def _signature(party: AgreementParty, signature: AgreementSignature | None) -> dict[str, Any]:
    return {
        "party": party.name,
        "org_number": party.org_number,
        "name": signature.name if signature else None,
        "title": signature.title if signature else None,
        "mandate": _mandate(signature) if signature else None,
        "at": f"Undertecknad elektroniskt {swedish.moment(signature.signed_at)}"
        if signature
        else None,
    }


def _mandate(signature: AgreementSignature) -> str:
    """By what the signatory signs; who does not head the authority signs by delegation."""
    return (
        f"{signature.mandate}, enligt delegation" if signature.delegation_id else signature.mandate
    )
