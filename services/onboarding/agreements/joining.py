"""Taking the services of a later case into an agreement that the customer already has.

After its fifth phase a customer lives on: a new service is a new case (DOMAIN.md section
3). The case then amends the agreement instead of making a second one beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol, TypeVar

from services.onboarding.agreements.annexes import yearly_fee_ore
from services.onboarding.agreements.assembly import ClauseWording, with_clauses, wordings_of
from services.onboarding.agreements.document import AgreementContent, SwedishName
from services.onboarding.agreements.standard import AgreementStandard


class _OfService(Protocol):
    @property
    def service(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_OfService)


def joined(
    base: AgreementContent,
    own: AgreementContent,
    *,
    version: int,
    effective_on: date,
    standard: AgreementStandard,
    clauses: Sequence[ClauseWording] = (),
) -> AgreementContent:
    """An agreement with the services of another draft taken in; its own terms stay.

    Args:
        base: the newest signed version.
        own: what the later case would agree on by itself.
        version: the number of the new version.
        effective_on: from when the services are part of the agreement.
        standard: the standard in force, which the text is made from.
        clauses: wordings of the case, beside those that the agreement has.
    """
    keys = {one.service for one in own.services}
    services = _with(base.services, own.services, keys)
    taken_in = ", ".join(one.name_sv for one in own.services)
    own_terms = own.data_processing
    base_terms = base.data_processing or own_terms
    merged = base.model_copy(
        update={
            "version": version,
            "amends_version": base.version,
            "effective_on": effective_on,
            "change_reason": f"Anslutning av {taken_in}.",
            "standard_version": standard.version,
            "change_windows": base.change_windows or own.change_windows,
            "services": services,
            "yearly_fee_ore": yearly_fee_ore(services),
            "service_descriptions": _with(
                base.service_descriptions, own.service_descriptions, keys
            ),
            "responsibilities": _with(base.responsibilities, own.responsibilities, keys),
            "excluded_activities": _with(base.excluded_activities, own.excluded_activities, keys),
            "activity_names": _with(base.activity_names, own.activity_names, keys),
            "deviations": _with(
                base.deviations,
                tuple(
                    one.model_copy(update={"ends_on": min(one.ends_on, base.valid_until)})
                    for one in own.deviations
                ),
                keys,
            ),
            "fee_item_names": _named(base.fee_item_names, own.fee_item_names),
            "unit_names": _named(base.unit_names, own.unit_names),
            "measures": _named(base.measures, own.measures),
            "data_processing": base_terms.model_copy(
                update={"data": _with(base_terms.data, own_terms.data, keys)}
            )
            if base_terms and own_terms
            else base_terms,
        }
    )
    wordings = {entry.clause: entry for entry in (*wordings_of(base), *clauses)}
    return with_clauses(merged, standard, list(wordings.values()))


def _with(
    base: Sequence[_Entry], own: Sequence[_Entry], keys: Collection[str]
) -> tuple[_Entry, ...]:
    return (*(entry for entry in base if entry.service not in keys), *own)


def _named(base: Sequence[SwedishName], own: Sequence[SwedishName]) -> tuple[SwedishName, ...]:
    names = {entry.key: entry for entry in (*base, *own)}
    return tuple(names[key] for key in sorted(names))
