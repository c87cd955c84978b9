"""Extending an agreement that nobody gave notice of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol, TypeVar

from services.onboarding.agreements.annexes import yearly_fee_ore
from services.onboarding.agreements.assembly import with_clauses, wordings_of
from services.onboarding.agreements.document import AgreementContent, Clause, Part
from services.onboarding.agreements.standard import AgreementStandard
from services.onboarding.agreements.terms import months_before, renewed_until


class _OfService(Protocol):
    @property
    def service(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_OfService)


def renewed(
    content: AgreementContent, version: int, standard: AgreementStandard, ending: Collection[str]
) -> AgreementContent:
    """The agreement for its next period, as its renewal clause has it.

    What ended with the agreement goes on with it; deviations that have ended are gone, and
    so are the services that notice is given of. Nobody signs, so no clause changes but by
    the new days: where the standard has moved on, the text stays as it was signed.

    Args:
        version: the number of the new version.
        standard: the standard in force.
        ending: the keys of services that do not go on.
    """
    valid_until = renewed_until(content.valid_until, content.renewal)
    services = _kept(content.services, ending)
    terms = content.data_processing
    extended = content.model_copy(
        update={
            "version": version,
            "amends_version": content.version,
            "effective_on": content.valid_until + timedelta(days=1),
            "change_reason": "Förlängd enligt klausulen om förlängning.",
            "valid_until": valid_until,
            "review_on": months_before(valid_until, standard.review_months_before_end),
            "services": services,
            "yearly_fee_ore": yearly_fee_ore(services),
            "service_descriptions": _kept(content.service_descriptions, ending),
            "responsibilities": _kept(content.responsibilities, ending),
            "excluded_activities": _kept(content.excluded_activities, ending),
            "activity_names": _kept(content.activity_names, ending),
            "deviations": tuple(
                entry.model_copy(update={"ends_on": valid_until})
                for entry in _kept(content.deviations, ending)
                if entry.ends_on == content.valid_until
            ),
            "data_processing": terms.model_copy(update={"data": _kept(terms.data, ending)})
            if terms
            else None,
        }
    )
    if content.standard_version == standard.version:
        own = [
            replace(wording, ends_on=valid_until)
            for wording in wordings_of(content)
            if wording.ends_on == content.valid_until
        ]
        return with_clauses(extended, standard, own)
    return _with_text_as_signed(extended, content)


def _kept(entries: Sequence[_Entry], ending: Collection[str]) -> tuple[_Entry, ...]:
    return tuple(entry for entry in entries if entry.service not in ending)


def _with_text_as_signed(extended: AgreementContent, signed: AgreementContent) -> AgreementContent:
    """The signed text, but for clauses whose deviation has ended: the standard's, as signed."""
    kept = [one for one in signed.clause_deviations if one.ends_on == signed.valid_until]
    ended = {one.clause: one.standard_text for one in signed.clause_deviations if one not in kept}
    parts = tuple(
        Part(
            key=part.key,
            heading=part.heading,
            clauses=tuple(
                Clause(key=clause.key, text=ended[clause.key]) if clause.key in ended else clause
                for clause in part.clauses
            ),
        )
        for part in signed.parts
    )
    moved = tuple(one.model_copy(update={"ends_on": extended.valid_until}) for one in kept)
    return extended.model_copy(update={"parts": parts, "clause_deviations": moved})
