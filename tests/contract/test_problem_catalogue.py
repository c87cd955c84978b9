"""Every problem that the code can answer with is in the catalogue."""

from __future__ import annotations

import importlib
import pkgutil

import services
from services.chassis.problems import ProblemType
from services.documents.files import all_problems


def _declared() -> dict[str, tuple[ProblemType, str]]:
    """Problem types that stand at the top of a module, by code, with their module."""
    found: dict[str, tuple[ProblemType, str]] = {}
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name.endswith("__main__") or ".migrations" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, ProblemType):
                found.setdefault(value.code, (value, module.name))
    return found


def test_no_problem_is_missing_from_the_catalogue() -> None:
    catalogued = {entry.problem.code: entry.problem for entry in all_problems()}
    missing = {
        code: module
        for code, (problem, module) in _declared().items()
        if catalogued.get(code) != problem
    }
    assert missing == {}


def test_the_catalogue_holds_nothing_that_no_module_declares() -> None:
    assert {entry.problem.code for entry in all_problems()} <= _declared().keys()


def test_codes_and_statuses_are_well_formed() -> None:
    for entry in all_problems():
        problem = entry.problem
        assert problem.code.isidentifier(), problem
        assert problem.code.islower(), problem
        assert 400 <= problem.status <= 599, problem
        assert problem.title[0].isupper(), problem
        assert not problem.title.endswith("."), problem
