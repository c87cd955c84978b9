from __future__ import annotations

import pytest

from services.chassis.problems import NOT_FOUND, ProblemType
from services.documents.problem_codes import (
    EVERY_SERVICE,
    CatalogueEntry,
    ProblemClashError,
    catalogue,
    problems_page,
)

TOO_EARLY = ProblemType("too_early", 409, "It is too early")


def test_a_code_that_several_services_use_stands_once() -> None:
    assert catalogue([NOT_FOUND], {"billing": [TOO_EARLY, NOT_FOUND], "gateway": [TOO_EARLY]}) == (
        CatalogueEntry(NOT_FOUND, (EVERY_SERVICE,)),
        CatalogueEntry(TOO_EARLY, ("billing", "gateway")),
    )


@pytest.mark.parametrize(
    "other",
    [ProblemType("too_early", 422, "It is too early"), ProblemType("too_early", 409, "Later")],
)
def test_a_code_with_two_meanings_is_refused(other: ProblemType) -> None:
    with pytest.raises(ProblemClashError, match=r"too_early of gateway .* meaning in billing"):
        catalogue([], {"billing": [TOO_EARLY], "gateway": [other]})


def test_a_code_that_means_something_else_in_the_chassis_is_refused() -> None:
    own = ProblemType("not_found", 404, "Gone fishing")
    with pytest.raises(ProblemClashError, match="every service"):
        catalogue([NOT_FOUND], {"billing": [own]})


def test_the_page_has_a_row_per_code() -> None:
    page = problems_page(catalogue([NOT_FOUND], {"billing": [TOO_EARLY]}))
    assert "| `not_found` | 404 | There is no such thing here | every service |\n" in page
    assert "| `too_early` | 409 | It is too early | billing |\n" in page
