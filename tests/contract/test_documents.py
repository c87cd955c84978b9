"""The committed documents are what the code says, and what the centre serves."""

from __future__ import annotations

from pathlib import Path

import httpx

from services.documents.files import outdated
from tests.contract.fuzzing import DOCUMENT, FuzzedCentre

REPOSITORY = Path(__file__).parents[2]


def test_generated_documents_are_up_to_date() -> None:
    assert outdated(REPOSITORY) == []


def test_the_centre_serves_the_generated_openapi_document(centre: FuzzedCentre) -> None:
    served = httpx.get(f"{centre.url}/openapi.json", timeout=30).json()
    assert served.pop("servers") == [{"url": centre.url}]
    assert served == {key: value for key, value in DOCUMENT.items() if key != "servers"}
