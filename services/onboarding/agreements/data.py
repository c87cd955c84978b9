"""The data files of agreements, read once."""

from __future__ import annotations

from functools import cache

from services.chassis.problems import Problem
from services.onboarding.agreements.standard import (
    AgreementStandard,
    CollaborationTemplate,
    CollaborationTemplates,
    CreditTable,
    CreditTables,
    HeadTitles,
    RegulatedMatters,
    Wording,
)
from services.onboarding.data_files import load
from services.onboarding.problems import CREDIT_TABLE_UNKNOWN, TEMPLATE_UNKNOWN

STANDARD_IN_FORCE = "2026-2"
FOLDER = "agreement_standard"


@cache
def standard_in_force() -> AgreementStandard:
    """The version of the standard agreement that drafts are made from."""
    return load(AgreementStandard, FOLDER, f"{STANDARD_IN_FORCE}.yaml")


@cache
def regulated_matters() -> RegulatedMatters:
    """What law already regulates, and how a clause about it is known."""
    return load(RegulatedMatters, FOLDER, "regulated_matters.yaml")


@cache
def head_titles() -> HeadTitles:
    """The titles of those who sign by their office."""
    return load(HeadTitles, FOLDER, "head_titles.yaml")


@cache
def wording() -> Wording:
    """Swedish names of fees and units."""
    return load(Wording, FOLDER, "wording.yaml")


@cache
def collaboration_templates() -> CollaborationTemplates:
    """The structures in ``data/collaboration_templates.yaml``."""
    return load(CollaborationTemplates, "collaboration_templates.yaml")


def template(key: str) -> CollaborationTemplate:
    """A structure of collaboration by its key.

    Raises:
        Problem: ``template_unknown``.
    """
    templates = {entry.key: entry for entry in collaboration_templates().templates}
    if key not in templates:
        raise Problem(
            TEMPLATE_UNKNOWN,
            f"{key} is no collaboration template; choose one of {', '.join(sorted(templates))}.",
            templates=sorted(templates),
        )
    return templates[key]


@cache
def credit_tables() -> CreditTables:
    """The tables of compensation in ``data/credit_tables.yaml``."""
    return load(CreditTables, "credit_tables.yaml")


def credit_table(key: str) -> CreditTable:
    """A table of compensation by its key.

    Raises:
        Problem: ``credit_table_unknown``.
    """
    tables = {entry.key: entry for entry in credit_tables().tables}
    if key not in tables:
        raise Problem(
            CREDIT_TABLE_UNKNOWN,
            f"{key} is no table of compensation; choose one of {', '.join(sorted(tables))}, or"
            " none for the standard's.",
            tables=sorted(tables),
        )
    return tables[key]


def read_all() -> None:
    """Read every file now, so that a faulty one stops the start.

    Raises:
        pydantic.ValidationError: a file does not fit its model.
    """
    standard_in_force()
    regulated_matters()
    head_titles()
    wording()
    collaboration_templates()
    credit_tables()
