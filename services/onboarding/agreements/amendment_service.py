"""Use cases: amend a signed agreement, inside its windows or because it cannot wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import decision_repository, repository
from services.onboarding.agreements.amendments import (
    AmendmentChanges,
    UnknownTargetsError,
    amended,
    changes_scope,
)
from services.onboarding.agreements.assembly import with_clauses, wordings_of
from services.onboarding.agreements.checks import check
from services.onboarding.agreements.clause_service import clause_unknown, require_unregulated
from services.onboarding.agreements.data import regulated_matters, standard_in_force, wording
from services.onboarding.agreements.differences import differences
from services.onboarding.agreements.document import AgreementContent, Part
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementVersion,
    UrgencyStatement,
    VersionOrigin,
)
from services.onboarding.agreements.holding import (
    Held,
    hold,
    party_key,
    party_name,
    tell,
    visible,
)
from services.onboarding.agreements.problems import (
    AGREEMENT_NOT_IN_FORCE,
    AGREEMENT_NOT_SIGNED,
    AGREEMENT_UNCHANGED,
    AMENDMENT_TARGET_UNKNOWN,
    DEVIATION_END_INVALID,
    EFFECTIVE_DAY_INVALID,
    INSIDE_CHANGE_WINDOW,
    NOT_A_PARTY,
    OUTSIDE_CHANGE_WINDOW,
)
from services.onboarding.agreements.service import require_sound
from services.onboarding.agreements.terms import is_inside_window, open_windows
from services.onboarding.canonical import content_hash
from services.onboarding.cases.service import today
from services.onboarding.catalogue.domain import CatalogueService
from services.onboarding.catalogue.problems import SERVICES_OVERLAP
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.parties import Party
from services.onboarding.problems import SERVICE_UNKNOWN

_NOTHING_BUT_THE_AMENDMENT = frozenset({"effective_on", "change_reason"})


@dataclass(frozen=True)
class Amendment:
    """What shall change, from which day, why, and why it cannot wait for a window."""

    changes: AmendmentChanges
    effective_on: date
    reason: str
    urgency_reason: str | None = None


async def offered(
    uow: UnitOfWork, agreement_id: str, keys: Collection[str]
) -> Mapping[str, CatalogueService]:
    """Services of the catalogue in force that an agreement can take in.

    Raises:
        Problem: ``not_found``, ``service_unknown``, ``services_overlap`` with those that the
            agreement has, or that are named twice.
    """
    agreement = await visible(uow, agreement_id)
    versions = await repository.versions(uow.session, agreement.id)
    has = [service.service for service in versions[-1].content.services]
    catalogue = catalogue_in_force(today(uow))
    if unknown := catalogue.unknown(keys):
        raise Problem(
            SERVICE_UNKNOWN,
            f"The catalogue does not offer {', '.join(unknown)}; see /catalogue.",
            unknown=list(unknown),
        )
    taken = set(keys) & set(has) | set(catalogue.overlapping(keys, [*has, *keys]))
    if taken or len(set(keys)) < len(keys):
        raise Problem(
            SERVICES_OVERLAP,
            f"The agreement delivers {', '.join(sorted(taken or keys))} already, or it is named"
            " twice.",
            overlapping=sorted(taken or set(keys)),
        )
    return {key: catalogue.service(key) for key in keys}


async def amend(
    uow: UnitOfWork, agreement_id: str, amendment: Amendment
) -> tuple[Agreement, AgreementVersion]:
    """Draft the next version of a signed agreement; it is signed like the first.

    A later amendment takes the place of one that waits for signatures.

    Raises:
        Problem: ``not_found``, ``agreement_not_signed``, ``agreement_not_in_force``,
            ``effective_day_invalid``, ``outside_change_window`` with the coming windows,
            ``amendment_target_unknown``, ``clause_unknown``, ``clause_regulated_by_law``,
            ``deviation_end_invalid``, ``agreement_not_sound``, ``agreement_unchanged``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    held = await hold(uow, await visible(uow, agreement_id))
    base = _base(uow, held)
    content = base.content
    changes = amendment.changes
    _require_day(uow, held, base, amendment)
    outside = _outside_window(uow, content, amendment)
    _require_clauses(uow, content, changes, amendment.effective_on)
    document = _document(content, amendment, held.next_version)
    found = differences(base.document, document)
    if all(field.field in _NOTHING_BUT_THE_AMENDMENT for one in found for field in one.fields):
        raise Problem(
            AGREEMENT_UNCHANGED,
            f"The amendment changes nothing in version {base.version}; say what shall differ.",
        )
    version = AgreementVersion(
        id=new_id(),
        agreement_id=agreement_id,
        case_id=held.agreement.case_id,
        version=held.next_version,
        document=document,
        content_hash=content_hash(document),
        drafted_at=uow.now,
        signed_on=None,
        signatures=(),
        origin=VersionOrigin.AMENDMENT,
        outside_window=outside,
    )
    await repository.add(uow.session, version)
    if outside and amendment.urgency_reason is not None:
        statement = UrgencyStatement(Party.CENTRE.value, amendment.urgency_reason, uow.now)
        await decision_repository.state_urgency(uow.session, version, statement)
    did = (
        f"drafted version {version.version} of the agreement, to hold from"
        f" {amendment.effective_on}: {amendment.reason}"
    )
    who = party_name(version, Party.CENTRE)
    await tell(uow, held.agreement, who, "agreement-amended", did, version)
    return held.agreement, await _read(uow, version)


async def state_urgency(
    uow: UnitOfWork, agreement_id: str, reason: str
) -> tuple[Agreement, AgreementVersion]:
    """Say for the actor's own side why a change cannot wait for an agreed window.

    Raises:
        Problem: ``not_found``, ``not_a_party``, ``inside_change_window``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    held = await hold(uow, await visible(uow, agreement_id))
    version = held.pending
    if version is None or not version.outside_window:
        raise Problem(
            INSIDE_CHANGE_WINDOW,
            "No version waits that takes effect outside the windows; nothing has to be stated.",
        )
    party = party_key(uow, held.agreement, version)
    if party not in set(Party):
        raise Problem(NOT_A_PARTY, "The customer and the centre state why a change is urgent.")
    await decision_repository.state_urgency(
        uow.session, version, UrgencyStatement(party, reason, uow.now)
    )
    did = f"stated why version {version.version} cannot wait: {reason}"
    await tell(uow, held.agreement, party_name(version, party), "urgency-stated", did, version)
    return held.agreement, await _read(uow, version)


def _base(uow: UnitOfWork, held: Held) -> AgreementVersion:
    base = held.signed
    if base is None:
        raise Problem(
            AGREEMENT_NOT_SIGNED,
            "An agreement is amended once it is signed; until then, redraft it.",
        )
    if held.agreement.has_ended_on(today(uow)) or base.content.valid_until < today(uow):
        raise Problem(AGREEMENT_NOT_IN_FORCE, "The agreement has ended; it takes a new one.")
    return base


def _require_day(uow: UnitOfWork, held: Held, base: AgreementVersion, amendment: Amendment) -> None:
    content = base.content
    day = amendment.effective_on
    earliest = max(today(uow), content.holds_from)
    last = amendment.changes.valid_until or content.valid_until
    if held.agreement.ending is not None:
        last = min(last, held.agreement.ending.last_day)
    if not earliest <= day <= last:
        raise Problem(
            EFFECTIVE_DAY_INVALID,
            f"The change can hold from {earliest} until {last}; {day} is not among those days.",
            earliest=str(earliest),
            latest=str(last),
        )


def _outside_window(uow: UnitOfWork, content: AgreementContent, amendment: Amendment) -> bool:
    """Whether scope changes on a day that needs both parties' word of why it is urgent."""
    if not changes_scope(amendment.changes):
        return False
    windows = content.change_windows or standard_in_force().change_windows
    if is_inside_window(windows, today(uow), amendment.effective_on):
        return False
    if amendment.urgency_reason is None:
        coming = open_windows(windows, today(uow), content.valid_until)
        raise Problem(
            OUTSIDE_CHANGE_WINDOW,
            f"Scope and fee do not change on {amendment.effective_on} when asked for today;"
            " choose a window, or give urgency_reason, which the other party has to do too.",
            windows=[
                {"takes_effect": str(day.takes_effect), "request_by": str(day.request_by)}
                for day in coming[:6]
            ],
        )
    return True


def _require_clauses(
    uow: UnitOfWork, content: AgreementContent, changes: AmendmentChanges, effective_on: date
) -> None:
    between_agencies = all(party.part_of_state for party in content.all_parties)
    last = changes.valid_until or content.valid_until
    for own in changes.clauses:
        if standard_in_force().clause(own.clause) is None:
            raise clause_unknown(own.clause)
        require_unregulated(own, between_agencies)
    ends = [
        *((own.clause, own.ends_on) for own in changes.clauses),
        *((move.key, move.ends_on) for move in changes.move_deviations),
    ]
    for key, ends_on in ends:
        if not max(today(uow), effective_on) <= ends_on <= last:
            raise Problem(
                DEVIATION_END_INVALID,
                f"The deviation {key} has to end between {effective_on} and {last}.",
                deviation=key,
            )


def _document(content: AgreementContent, amendment: Amendment, version: int) -> dict[str, object]:
    """The amended document with its text; the check sees it before and after it gets that."""
    try:
        data = amended(
            content,
            amendment.changes,
            version=version,
            effective_on=amendment.effective_on,
            reason=amendment.reason,
            standard=standard_in_force(),
            wording=wording(),
        )
    except UnknownTargetsError as error:
        raise Problem(
            AMENDMENT_TARGET_UNKNOWN,
            f"The agreement does not have {', '.join(error.targets)}, so it cannot change there.",
            targets=list(error.targets),
        ) from error
    # The text is made from whole data only, so that is checked first, beside the old text.
    old_text = {"parts": _undeviating(content), "clause_deviations": []}
    require_sound(check({**data, **old_text}, regulated_matters()))
    changed = AgreementContent.model_validate(data)
    own = {entry.clause: entry for entry in wordings_of(changed)}
    own |= {entry.clause: entry for entry in amendment.changes.clauses}
    final = with_clauses(changed, standard_in_force(), list(own.values()))
    document = final.model_dump(mode="json")
    require_sound(check(document, regulated_matters()))
    return document


def _undeviating(content: AgreementContent) -> list[Part]:
    return [
        part.model_copy(
            update={
                "clauses": tuple(
                    clause.model_copy(update={"deviates": False}) for clause in part.clauses
                )
            }
        )
        for part in content.parts
    ]


async def _read(uow: UnitOfWork, version: AgreementVersion) -> AgreementVersion:
    versions = await repository.versions(uow.session, version.agreement_id)
    return next(one for one in versions if one.id == version.id)
