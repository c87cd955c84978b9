"""A case and its version of the catalogue: what a newer one would change, and the move to it.

A case moves forward in its first two phases only. Later, its agreement is drafted from the
decided gaps: a case that is to have a newer catalogue is sent back to the gap analysis first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agreements import repository as agreements
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import get, note, take, today
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.problems import (
    CATALOGUE_PREVIEW_OUTDATED,
    CATALOGUE_SERVICE_WITHDRAWN,
    CATALOGUE_VERSION_NOT_IN_FORCE,
    CATALOGUE_VERSION_NOT_NEWER,
)
from services.onboarding.catalogue.service import asked_version, catalogue, catalogues
from services.onboarding.catalogue.versions import (
    CatalogueChange,
    ChangeKind,
    ChangeSubject,
    changes,
)
from services.onboarding.gap_analysis import repository as comparisons
from services.onboarding.gap_analysis.domain import ActivityRef
from services.onboarding.problems import AGREEMENT_ALREADY_SIGNED


@dataclass(frozen=True)
class Move:
    """What it means for a case to move to a newer version.

    Attributes:
        changes: what differs in the case's own services.
        to_compare: activities that are new and have to be compared.
        fall_away: activities that were compared and are no more; their decisions end.
        to_review: activities that were compared and are worded or shared otherwise now.
    """

    current: str
    to: str
    changes: tuple[CatalogueChange, ...]
    to_compare: tuple[ActivityRef, ...]
    fall_away: tuple[ActivityRef, ...]
    to_review: tuple[ActivityRef, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of all of it: who applies a move says which one was seen."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


async def preview(uow: UnitOfWork, case_id: str, to: str | None) -> Move:
    """What would change if a case the actor may see moved to a version.

    By default to the version in force; nothing changes where the case has it already.

    Raises:
        Problem: ``not_found``, ``catalogue_version_unknown``, ``catalogue_version_not_newer``,
            ``catalogue_version_not_in_force``, ``catalogue_service_withdrawn``.
    """
    case = await get(uow, case_id)
    target = catalogues().in_force(today(uow)) if to is None else asked_version(to)
    if target.version == case.catalogue_version:
        return Move(target.version, target.version, (), (), (), ())
    return await _move(uow, case, target)


async def move(uow: UnitOfWork, case_id: str, to: str, seen: str) -> Move:
    """Bind a case to a newer version of the catalogue.

    Args:
        to: the version.
        seen: the fingerprint of the preview that was agreed to.

    Raises:
        Problem: as ``preview``; ``wrong_phase``, ``agreement_already_signed``,
            ``catalogue_preview_outdated``, ``precondition_failed``, ``case_paused``,
            ``case_closed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT, Phase.GAP_ANALYSIS)
    target = asked_version(to)
    moved = await _move(uow, change.case, target)
    agreement = await agreements.latest(uow.session, case_id)
    # One that was reopened, when the case was sent back, is no longer what the parties want.
    stands = agreement is not None and change.case.counts("agreement", agreement.drafted_at)
    if agreement is not None and agreement.is_signed and stands:
        raise Problem(
            AGREEMENT_ALREADY_SIGNED,
            f"The agreement is signed on version {change.case.catalogue_version} of the"
            " catalogue; a newer one comes with an amendment.",
        )
    if seen != moved.fingerprint:
        raise Problem(
            CATALOGUE_PREVIEW_OUTDATED,
            "What the move would change is not what you have seen; look at the preview again.",
            fingerprint=moved.fingerprint,
        )
    await cases.set_catalogue_version(uow.session, case_id, to)
    await comparisons.let_fall_away(uow.session, case_id, moved.fall_away, uow.now, to)
    did = (
        f"moved the case from version {moved.current} of the catalogue to {to}:"
        f" {len(moved.to_compare)} activities to compare, {len(moved.fall_away)} fall away,"
        f" {len(moved.to_review)} to look at again."
    )
    await note(uow, change, "catalogue-moved", did)
    return moved


async def _move(uow: UnitOfWork, case: Case, target: Catalogue) -> Move:
    if not catalogues().is_newer(target.version, than=case.catalogue_version):
        raise Problem(
            CATALOGUE_VERSION_NOT_NEWER,
            f"The case has version {case.catalogue_version}; {target.version} is not newer.",
            catalogue_version=case.catalogue_version,
        )
    if target.valid_from is not None and target.valid_from > today(uow):
        raise Problem(
            CATALOGUE_VERSION_NOT_IN_FORCE,
            f"Version {target.version} is in force from {target.valid_from}.",
            valid_from=target.valid_from.isoformat(),
        )
    if gone := target.unknown(case.service_keys):
        raise Problem(
            CATALOGUE_SERVICE_WITHDRAWN,
            f"Version {target.version} no longer offers {', '.join(gone)}; the case stays with"
            f" {case.catalogue_version}.",
            services=list(gone),
        )
    found = changes(catalogue(case.catalogue_version), target, case.service_keys)
    compared = {item.ref for item in await comparisons.of_case(uow.session, case.id)}
    return Move(
        current=case.catalogue_version,
        to=target.version,
        changes=found,
        to_compare=_activities(found, ChangeKind.ADDED),
        fall_away=tuple(r for r in _activities(found, ChangeKind.REMOVED) if r in compared),
        to_review=tuple(r for r in _activities(found, ChangeKind.CHANGED) if r in compared),
    )


def _activities(found: tuple[CatalogueChange, ...], kind: ChangeKind) -> tuple[ActivityRef, ...]:
    subjects = {ChangeSubject.ACTIVITY, ChangeSubject.RESPONSIBILITY}
    refs = [
        ActivityRef(change.service, change.key)
        for change in found
        if change.kind is kind and change.subject in subjects
    ]
    return tuple(dict.fromkeys(refs))
