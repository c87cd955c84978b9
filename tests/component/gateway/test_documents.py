"""The OpenAPI document of the whole, and the page at the root."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from services.gateway.documents import service as documents
from tests.component.gateway.centre import Centre


async def paths(centre: Centre) -> set[str]:
    answer = await centre.http.get("/openapi.json")
    assert answer.status_code == 200
    return set(answer.json()["paths"])


async def test_one_document_describes_everything_reachable(centre: Centre) -> None:
    document = (await centre.http.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/v1/cases",
        "/v1/matters",
        "/v1/invoices",
        "/ops/v1/clients",
        "/ops/v1/clients/{client_id}",
        "/ops/v1/clock",
        "/ops/v1/clock/quiet",
    }
    assert document["paths"]["/v1/cases"]["get"]["tags"] == ["onboarding"]
    assert document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"][
        "tokenUrl"
    ].endswith("/oauth/token")
    assert "x-services-missing" not in document
    assert "HTTPValidationError" not in document["components"]["schemas"]
    references = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert references <= document["components"]["schemas"].keys()


async def test_a_service_that_comes_back_is_described_at_once(centre: Centre) -> None:
    centre.billing.reachable = False
    document = (await centre.http.get("/openapi.json")).json()
    assert document["x-services-missing"] == ["billing"]
    assert "/v1/invoices" not in document["paths"]
    centre.billing.reachable = True
    await centre.http.get("/v1/invoices", headers=centre.agency)
    assert "/v1/invoices" in await paths(centre)


async def test_a_service_that_is_down_is_not_asked_for_every_reader(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.billing.reachable = False
    for _ in range(5):
        await paths(centre)
    assert centre.billing.refusals == 1
    monkeypatch.setattr(documents, "TRY_AGAIN_SECONDS", 0.0)
    await paths(centre)
    assert centre.billing.refusals == 2


async def test_a_service_that_went_away_stays_described(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paths(centre)
    monkeypatch.setattr(documents, "KEEP_SECONDS", 0.0)
    centre.billing.reachable = False
    assert "/v1/invoices" in await paths(centre)


class Page(HTMLParser):
    """What matters of a page to a reader and to a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.languages: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := given.get(name))]
        if given.get("lang"):
            self.languages.add(str(given["lang"]))


async def test_the_page_stands_alone(centre: Centre) -> None:
    answer = await centre.http.get("/")
    assert answer.status_code == 200
    page = Page()
    page.feed(answer.text)
    assert "script" not in page.tags
    assert page.tags.count("h1") == 1
    assert page.languages == {"sv", "en"}
    assert {"/openapi.json", "/.well-known/jwks.json"} <= set(page.links)
    assert all(link.startswith(("/", "#")) for link in page.links)
    assert "http://127.0.0.1:8080/oauth/token" in answer.text
    assert "{{" not in answer.text


async def test_every_link_of_the_page_leads_somewhere(centre: Centre) -> None:
    page = Page()
    page.feed((await centre.http.get("/")).text)
    for link in page.links:
        if link.startswith("/"):
            assert (await centre.http.get(link)).status_code == 200


async def test_the_pages_policy_allows_its_own_style_only(centre: Centre) -> None:
    answer = await centre.http.get("/")
    styles = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert len(styles) == 1
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
