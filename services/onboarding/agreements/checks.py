"""The check that refuses an agreement: what law regulates, what is empty, what contradicts.

It reads a draft as it stands, also one that is not whole yet, and names everything at once
(DOMAIN.md section 4: the variants that were negotiated led to errors in follow-up).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.contracts.values import TIME_KINDS, MeasureKind, Priority
from services.onboarding.agreements.document import REQUIRED_PARTS
from services.onboarding.agreements.draft_view import Draft, DraftLevel
from services.onboarding.agreements.standard import RegulatedMatter, RegulatedMatters
from services.onboarding.gap_analysis.domain import Resolution
from services.onboarding.parties import Party

_ACCOUNTABLE = frozenset(party.value for party in Party)


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a text from being drafted or signed.

    ``subject`` names the clause, level, activity, fee or deviation; ``law`` is set where
    law regulates the matter already.
    """

    code: str
    subject: str
    text: str
    law: str | None = None


def check(document: Mapping[str, Any], matters: RegulatedMatters) -> tuple[Finding, ...]:
    """Everything that keeps a draft from being an agreement; nothing when it is one."""
    draft = Draft.model_validate(document)
    rules: tuple[Callable[[Draft], Iterable[Finding]], ...] = (
        _parts,
        _services,
        _levels,
        _accountability,
        _fees,
        _deviations,
        _clause_deviations,
        _days,
        _forums,
        _personal_data,
    )
    between_agencies = all(party.part_of_state for party in draft.parties)
    return (
        *(finding for rule in rules for finding in rule(draft)),
        *(
            finding
            for part in draft.parts
            for clause in part.clauses
            for finding in regulated(clause.key, clause.text, matters, between_agencies)
        ),
    )


def regulated(
    clause: str, text: str, matters: RegulatedMatters, between_agencies: bool
) -> tuple[Finding, ...]:
    """The laws that already regulate what a clause's text is about.

    Args:
        clause: the clause's key.
        text: its wording, in Swedish.
        between_agencies: whether every party is part of the state.
    """
    return tuple(
        Finding(
            "regulated_by_law",
            clause,
            f"The clause {clause} is about {matter.matter} ('{found}'), which {matter.law} already"
            f" regulates: {matter.why} Leave it out.",
            law=matter.law,
        )
        for matter in matters.matters
        if between_agencies or not matter.between_agencies
        for found in _first_match(matter, text)
    )


def _first_match(matter: RegulatedMatter, text: str) -> Iterator[str]:
    for pattern in matter.patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found is not None:
            yield found.group()
            return


def _parts(draft: Draft) -> Iterator[Finding]:
    known = {part.key for part in draft.parts}
    for key in REQUIRED_PARTS:
        if key not in known:
            yield Finding("part_missing", key, f"The part {key} is missing.")
    for part in draft.parts:
        if not part.text.strip():
            yield Finding("part_empty", part.key, f"The part {part.key} says nothing.")
            continue
        for clause in part.clauses:
            if not clause.text.strip():
                yield Finding("clause_empty", clause.key, f"The clause {clause.key} is empty.")


def _services(draft: Draft) -> Iterator[Finding]:
    if not draft.services:
        yield Finding("service_missing", "services", "The agreement is about no service.")
    for key in _repeated(service.service for service in draft.services):
        yield Finding("service_twice", key, f"The service {key} stands in it twice.")


def _levels(draft: Draft) -> Iterator[Finding]:
    for service in draft.services:
        if not service.levels:
            yield Finding(
                "service_without_level",
                service.service,
                f"The service {service.service} promises no level.",
            )
        for key in _repeated(level.key for level in service.levels):
            yield Finding(
                "level_twice", f"{service.service}/{key}", f"The level {key} stands in it twice."
            )
        for level in service.levels:
            if lack := _lacking_measure(level):
                subject = f"{service.service}/{level.key}"
                yield Finding("level_without_measure", subject, f"The level {subject} {lack}.")


def _lacking_measure(level: DraftLevel) -> str | None:
    if level.kind not in set(MeasureKind):
        return "does not say what is measured"
    if level.required_share_percent is None or not 0 < level.required_share_percent <= 100:
        return "has no share above 0 and up to 100 per cent to reach"
    if level.kind == MeasureKind.PUNCTUALITY and not level.deliveries:
        return "has no deliveries to be in time with"
    if level.kind in TIME_KINDS and any(
        level.target_minutes.get(priority, 0) <= 0 for priority in Priority
    ):
        return "has no target in minutes for each priority"
    return None


def _accountability(draft: Draft) -> Iterator[Finding]:
    rows = Counter(row.ref for row in draft.responsibilities)
    excluded = {row.ref for row in draft.excluded_activities}
    for row in draft.responsibilities:
        if row.service not in draft.service_keys:
            yield Finding(
                "row_outside_services",
                row.ref,
                f"The matrix has {row.ref}, which belongs to no service of the agreement.",
            )
        if row.accountable not in _ACCOUNTABLE:
            yield Finding(
                "activity_without_accountable", row.ref, f"Nobody is accountable for {row.ref}."
            )
        if row.ref in excluded:
            yield Finding(
                "activity_excluded_and_kept",
                row.ref,
                f"{row.ref} is left out of the delivery and stands in the matrix.",
            )
    for ref, count in rows.items():
        if count > 1:
            yield Finding(
                "activity_with_two_accountable",
                ref,
                f"{ref} stands {count} times in the matrix; exactly one party answers for it.",
            )
    for name in draft.activity_names:
        if name.ref not in rows and name.ref not in excluded:
            yield Finding(
                "activity_without_accountable", name.ref, f"Nobody is accountable for {name.ref}."
            )


def _fees(draft: Draft) -> Iterator[Finding]:
    total = 0
    for service in draft.services:
        for item in service.fee_items:
            total += item.unit_price_ore * item.yearly_quantity
            if not item.unit.strip():
                subject = f"{service.service}/{item.key}"
                yield Finding(
                    "fee_without_unit", subject, f"The fee {subject} does not say per what."
                )
        for key in _repeated(item.key for item in service.fee_items):
            subject = f"{service.service}/{key}"
            yield Finding("fee_twice", subject, f"The fee {subject} stands in it twice.")
    if total != draft.yearly_fee_ore:
        yield Finding(
            "fee_total_differs",
            "yearly_fee_ore",
            f"The yearly fee is {draft.yearly_fee_ore} öre, its items make {total}.",
        )


def _deviations(draft: Draft) -> Iterator[Finding]:
    accountable = {row.ref: row.accountable for row in draft.responsibilities}
    for deviation in draft.deviations:
        if deviation.service not in draft.service_keys:
            yield Finding(
                "deviation_outside_services",
                deviation.ref,
                f"The deviation {deviation.ref} belongs to no service of the agreement.",
            )
            continue
        yield from _whole(
            deviation.ref, deviation.reason, deviation.owner, deviation.ends_on, draft
        )
        kept = accountable.get(deviation.ref)
        contradicts = (
            deviation.resolution == Resolution.STAYS_WITH_CUSTOMER and kept != Party.CUSTOMER
        ) or (deviation.resolution == Resolution.OUT_OF_SCOPE and kept is not None)
        if contradicts:
            yield Finding(
                "deviation_contradicts_matrix",
                deviation.ref,
                f"{deviation.ref} is decided as {deviation.resolution.replace('_', ' ')}, and the"
                " matrix says otherwise.",
            )


def _clause_deviations(draft: Draft) -> Iterator[Finding]:
    told = {deviation.clause for deviation in draft.clause_deviations}
    for part in draft.parts:
        for clause in part.clauses:
            if clause.deviates is not (clause.key in told):
                yield Finding(
                    "clause_deviation_untold",
                    clause.key,
                    f"The clause {clause.key} and the list of deviations do not agree on whether"
                    " it deviates.",
                )
    for deviation in draft.clause_deviations:
        yield from _whole(
            deviation.clause, deviation.reason, deviation.owner, deviation.ends_on, draft
        )


def _whole(
    subject: str, reason: str, owner: str, ends_on: date | None, draft: Draft
) -> Iterator[Finding]:
    """A deviation is an object with a reason, an owner and an end date."""
    if not reason.strip():
        yield Finding("deviation_without_reason", subject, f"The deviation {subject} lacks why.")
    if owner not in _ACCOUNTABLE:
        yield Finding("deviation_without_owner", subject, f"Nobody owns the deviation {subject}.")
    if ends_on is None or ends_on > draft.valid_until:
        yield Finding(
            "deviation_without_end",
            subject,
            f"The deviation {subject} has no end within the agreement's validity.",
        )


def _days(draft: Draft) -> Iterator[Finding]:
    if draft.valid_until < draft.valid_from:
        yield Finding(
            "validity_reversed", "validity", "The agreement ends before it begins to hold."
        )
        return
    if draft.review_on > draft.valid_until:
        yield Finding(
            "review_too_late", "renewal", "The review lies behind the agreement's last day."
        )
    if draft.effective_on and not draft.valid_from <= draft.effective_on <= draft.valid_until:
        yield Finding(
            "effective_outside_validity",
            "validity",
            f"{draft.effective_on} lies outside the days on which the agreement holds.",
        )


def _forums(draft: Draft) -> Iterator[Finding]:
    if len({forum.level for forum in draft.forums}) < 2:
        yield Finding(
            "forums_on_one_level",
            "collaboration-model",
            "A matter needs a second level to escalate to (DOMAIN.md section 5).",
        )


def _personal_data(draft: Draft) -> Iterator[Finding]:
    terms = draft.data_processing
    if terms is None or not (terms.subject and terms.duration and terms.instructions):
        yield Finding(
            "data_processing_incomplete",
            "data-processing",
            "The data-processing agreement lacks its subject, its duration or instructions.",
            law="dataskyddsförordningen (EU) 2016/679, artikel 28.3",
        )
        return
    described = {entry.service for entry in terms.data if entry.kinds}
    for key in sorted(draft.service_keys - described):
        yield Finding(
            "data_processing_incomplete",
            key,
            f"It is not said which personal data the service {key} processes.",
            law="dataskyddsförordningen (EU) 2016/679, artikel 28.3",
        )


def _repeated(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key, count in Counter(keys).items() if count > 1)
