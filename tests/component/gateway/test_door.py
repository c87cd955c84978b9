"""Who and what comes through the door, and what of it reaches a service."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from services.chassis.clock import SystemClock
from services.chassis.http import MAX_UPLOAD_BYTES
from services.chassis.identity import ALGORITHM, AUDIENCE, ISSUER, Actor, Role
from services.gateway.routes import ROUTES, SERVICES
from services.gateway.tokens.issuer import GATEWAY_ACTOR, TokenIssuer
from services.gateway.tokens.keys import SigningKey
from tests.component.gateway.centre import ORG, Centre


@pytest.mark.parametrize(
    ("segment", "service"),
    [(segment, service) for segment, service in ROUTES.items() if service in SERVICES],
)
async def test_a_path_reaches_the_service_the_table_names(
    centre: Centre, segment: str, service: str
) -> None:
    agency = await centre.http.get(f"/v1/{segment}/echo?limit=5&after=a%20b", headers=centre.agency)
    staff = await centre.http.get(f"/ops/v1/{segment}/echo", headers=centre.finance)
    assert (agency.status_code, staff.status_code) == (200, 200)
    base = f"http://{service}.inner:8000"
    assert [url for _, url, _, _ in centre.services[service].received] == [
        f"{base}/v1/{segment}/echo?limit=5&after=a%20b",
        f"{base}/ops/v1/{segment}/echo",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_body_reaches_the_service_unchanged(centre: Centre, method: str) -> None:
    body = '{"namn": "Skogsstyrelsen på Öland", "n": 1.10}'.encode()
    answer = await centre.http.request(
        method,
        "/v1/cases/echo",
        content=body,
        headers={**centre.agency, "Content-Type": "application/json; charset=UTF-8"},
    )
    assert answer.content == body
    assert centre.onboarding.received[0][0] == method
    assert centre.onboarding.received[0][3] == body


async def test_only_known_headers_reach_the_service(centre: Centre) -> None:
    sent = {
        **centre.agency,
        "Idempotency-Key": "key-1",
        "If-Match": '"v1"',
        "X-Correlation-ID": "caller-0001",
        "X-Forwarded-For": "10.0.0.1",
        "X-SSC-Roles": "administrator",
        "Connection": "close, X-Secret-Hop",
        "X-Secret-Hop": "1",
        "Cookie": "a=b",
        "Accept-Encoding": "gzip",
    }
    await centre.http.get("/v1/cases/echo", headers=sent)
    headers = centre.onboarding.received[0][2]
    for name in ("authorization", "idempotency-key", "if-match"):
        assert headers[name] == {key.lower(): value for key, value in sent.items()}[name]
    assert headers["x-correlation-id"] == "caller-0001"
    assert headers["accept-encoding"] == "identity"
    assert headers["host"] == "onboarding.inner:8000"
    assert not headers.keys() & {"x-forwarded-for", "x-ssc-roles", "x-secret-hop", "cookie"}


@pytest.mark.parametrize("trace", [None, "0af7651916cd43dd8448eb211c80319c"])
async def test_the_service_continues_the_gateways_part_of_the_trace(
    centre: Centre, trace: str | None
) -> None:
    callers = {"Traceparent": f"00-{trace}-b7ad6b7169203331-01"} if trace else {}
    await centre.http.get("/v1/cases/echo", headers={**centre.agency, **callers})
    passed = centre.onboarding.received[0][2]["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]", passed)
    assert passed.startswith(f"00-{trace}-" if trace else "00-")
    assert "b7ad6b7169203331" not in passed


async def test_headers_of_one_connection_do_not_come_out(centre: Centre) -> None:
    answer = await centre.http.get("/v1/cases/echo", headers=centre.agency)
    assert answer.headers["etag"] == '"v1"'
    assert answer.headers["location"] == "/v1/elsewhere"
    hidden = {"connection", "x-hop", "keep-alive", "set-cookie", "server"}
    assert not answer.headers.keys() & hidden
    assert answer.headers.get_list("x-correlation-id") != ["made-up-by-the-service"]
    assert len(answer.headers.get_list("x-correlation-id")) == 1


async def test_a_malformed_correlation_id_is_replaced(centre: Centre) -> None:
    answer = await centre.http.get(
        "/v1/cases/echo", headers={**centre.agency, "X-Correlation-ID": "a b\x01"}
    )
    made = answer.headers["x-correlation-id"]
    assert made != "a b\x01"
    assert centre.onboarding.received[0][2]["x-correlation-id"] == made


async def test_a_services_refusal_names_the_path_that_was_asked_for(centre: Centre) -> None:
    answer = await centre.http.get("/v1/cases/refused", headers=centre.agency)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "code": "phase_out_of_order",
        "status": 409,
        "instance": "/v1/cases/refused",
    }
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/v1", "/ops/v1", "/ops/v1/", "/v1/clock", "/v1/clients", "/v1/internal/time"],
)
async def test_an_unknown_route_is_refused(centre: Centre, path: str) -> None:
    answer = await centre.http.get(path, headers=centre.agency)
    assert answer.status_code in {400, 404}
    assert answer.json()["code"] in {"route_unknown", "path_not_normal"}


@pytest.mark.parametrize("path", ["/internal", "/internal/time", "/internal/standing"])
async def test_inner_doors_do_not_exist_from_outside(centre: Centre, path: str) -> None:
    token = centre.issuer.issue(GATEWAY_ACTOR)
    answer = await centre.http.get(path, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")


@pytest.mark.parametrize("path", ["/v1/cases/echo", "/ops/v1/cases/echo", "/ops/v1/clients"])
async def test_without_a_token_nobody_comes_in(centre: Centre, path: str) -> None:
    answer = await centre.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["instance"] == path
    assert centre.onboarding.received == []


@pytest.mark.parametrize(
    ("path", "roles", "org_number", "status"),
    [
        ("/v1/cases/echo", (Role.AGENCY,), ORG, 200),
        ("/v1/cases/echo", (Role.FINANCE,), None, 403),
        ("/v1/cases/echo", (Role.GATEWAY,), None, 403),
        ("/v1/cases/echo", (), None, 403),
        ("/ops/v1/cases/echo", (Role.AGENCY,), ORG, 403),
        ("/ops/v1/cases/echo", (Role.GATEWAY,), None, 403),
        ("/ops/v1/cases/echo", (), None, 403),
        ("/ops/v1/cases/echo", (Role.ACCOUNT_MANAGER,), None, 200),
        ("/ops/v1/cases/echo", (Role.SERVICE_MANAGER,), None, 200),
        ("/ops/v1/cases/echo", (Role.FINANCE,), None, 200),
        ("/ops/v1/cases/echo", (Role.ADMINISTRATOR,), None, 200),
        ("/ops/v1/clock", (Role.AGENCY,), ORG, 403),
    ],
)
async def test_each_door_has_its_roles(
    centre: Centre, path: str, roles: tuple[Role, ...], org_number: str | None, status: int
) -> None:
    answer = await centre.http.get(path, headers=centre.bearer(*roles, org_number=org_number))
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "forbidden"
        assert centre.onboarding.received == []


def claims(**changes: object) -> dict[str, object]:
    now = int(datetime.now(UTC).timestamp())
    fresh: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "tester",
        "iat": now,
        "exp": now + 600,
        "roles": ["agency"],
        "org_number": ORG,
    }
    return {key: value for key, value in {**fresh, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"iss": "somebody-else"},
        {"sub": None},
        {"roles": ["king"]},
        {"roles": 7},
        {"iat": 99999999999},
    ],
    ids=str,
)
async def test_a_token_with_wrong_claims_is_refused(
    centre: Centre, changes: dict[str, object]
) -> None:
    key = centre.signing_key
    header = {"alg": ALGORITHM, "kid": key.kid}
    good = jwt.encode(header, claims(), key.key, [ALGORITHM])
    bad = jwt.encode(header, claims(**changes), key.key, [ALGORITHM])
    assert await status_with(centre, good) == 200
    assert await status_with(centre, bad) == 401


async def test_a_token_signed_otherwise_is_refused(centre: Centre) -> None:
    own = centre.signing_key
    actor = Actor("tester", frozenset({Role.AGENCY}), ORG)
    stranger = TokenIssuer(SigningKey.generate(), timedelta(minutes=15), SystemClock())
    claiming_our_key = jwt.encode(
        {"alg": ALGORITHM, "kid": own.kid}, claims(), stranger.key.key, [ALGORITHM]
    )
    _, claimed, _ = claiming_our_key.split(".")
    no_algorithm = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    unsigned = f"{no_algorithm}.{claimed}."
    # The classic confusion: the public key taken for a shared secret.
    public = OctKey.import_key(str(own.key.as_dict(private=False)["x"]))
    confused = jwt.encode({"alg": "HS256", "kid": own.kid}, claims(), public, ["HS256"])
    head, body, signature = centre.issuer.issue(actor).split(".")
    tampered = ".".join([head, body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1], signature])
    for token in (
        stranger.issue(actor),
        claiming_our_key,
        unsigned,
        confused,
        tampered,
        f"{head}.{body}.",
        "nonsense",
        "a.b.c",
    ):
        assert await status_with(centre, token) == 401
    assert centre.onboarding.received == []


async def status_with(centre: Centre, token: str) -> int:
    answer = await centre.http.get("/v1/cases", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


@pytest.mark.parametrize(
    "raw_path",
    [
        b"/v1/cases/../invoices",
        b"/v1/cases/..",
        b"/v1/cases/./x",
        b"/v1//cases",
        b"//v1/cases",
        b"/v1/cases/",
        b"/v1/cases/%2e%2e/invoices",
        b"/v1/cases%2F..%2Finternal%2Ftime",
        b"/v1/cases/a%5Cb",
        b"/v1/cases/a\\b",
        b"/v1/cases/a%00b",
        b"/v1/cases/a%0d%0aX:y",
        b"/v1/cases/a\x01b",
        b"/v1/cases/\xc3\xa5",
        b"/v1/cases;x=/../../internal/time",
        b"/v1/cases/" + b"a" * 2000,
        b"/internal/../v1/cases",
        b"/v1/%63ases",
    ],
)
async def test_a_path_that_can_be_read_in_two_ways_is_refused(
    centre: Centre, raw_path: bytes
) -> None:
    answer = await centre.raw(raw_path, headers=authorization(centre))
    assert (answer.status_code, answer.json()["code"]) == (400, "path_not_normal")


@pytest.mark.parametrize("query", [b"a=%00", b"a=b%0d%0ac", b"a=\xc3\xa5", b"a b", b"a" * 5000])
async def test_a_query_with_raw_or_control_characters_is_refused(
    centre: Centre, query: bytes
) -> None:
    answer = await centre.raw(b"/v1/cases", query=query, headers=authorization(centre))
    assert (answer.status_code, answer.json()["code"]) == (400, "path_not_normal")


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"2"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"2"), (b"content-length", b"3")],
        [(b"content-length", b"-1")],
        [(b"content-length", b"0x2")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")],
        [(b"authorization", b"Bearer other")],
        [(b"host", b"elsewhere")],
        [(b"idempotency-key", b"a"), (b"idempotency-key", b"b")],
        [(b"x-long", b"a" * 10_000)],
    ],
    ids=lambda headers: "+".join(name.decode() for name, _ in headers),
)
async def test_a_request_that_can_be_framed_in_two_ways_is_refused(
    centre: Centre, headers: list[tuple[bytes, bytes]]
) -> None:
    answer = await centre.raw(
        b"/v1/cases/echo",
        method="POST",
        headers=[*authorization(centre), (b"content-type", b"application/json"), *headers],
        chunks=[b"{}"],
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request_ambiguous")
    assert centre.onboarding.received == []


def authorization(centre: Centre) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", centre.agency["Authorization"].encode())]


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_a_body_too_large_is_refused(centre: Centre, announced: bool) -> None:
    chunk = b"[" + b"1," * 300_000
    headers = [*authorization(centre), (b"content-type", b"application/json")]
    if announced:
        headers.append((b"content-length", str(2 * len(chunk)).encode()))
    answer = await centre.raw(
        b"/v1/cases/echo", method="POST", headers=headers, chunks=[chunk, chunk]
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert centre.onboarding.received == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json; charset=latin-1", None]
)
async def test_a_body_that_is_not_json_is_refused(centre: Centre, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await centre.http.post(
        "/v1/cases/echo", content=b"{}", headers={**centre.agency, **headers}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_not_json")
    assert centre.onboarding.received == []


async def test_a_file_of_any_size_is_passed_on_while_it_comes(centre: Centre) -> None:
    behind = centre.services["billing"].streamed

    async def file() -> AsyncIterator[bytes]:
        yield b"first"
        async with asyncio.timeout(10):
            while not behind:  # noqa: ASYNC110  # the other side of the gateway sends no event
                await asyncio.sleep(0)
        for _ in range(MAX_UPLOAD_BYTES // 2**20 + 1):
            yield bytes(2**20)

    answer = await centre.http.post(
        "/ops/v1/volumes/files",
        headers={**centre.finance, "Content-Type": "text/csv"},
        content=file(),
    )
    assert answer.status_code == 200
    assert sum(behind) == 5 + MAX_UPLOAD_BYTES + 2**20


async def test_a_body_on_a_get_is_refused(centre: Centre) -> None:
    answer = await centre.http.request(
        "GET", "/v1/cases/echo", json={"a": 1}, headers=centre.agency
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request_ambiguous")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "HEAD", "PROPFIND"])
async def test_other_methods_are_refused(centre: Centre, method: str) -> None:
    answer = await centre.http.request(method, "/v1/cases/echo", headers=centre.agency)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST, PUT, PATCH, DELETE"
    assert centre.onboarding.received == []


async def test_a_client_that_hangs_up_reaches_no_service(centre: Centre) -> None:
    headers = [*authorization(centre), (b"content-type", b"application/json")]
    answer = await centre.raw(b"/v1/cases/echo", method="POST", headers=headers, chunks=[])
    assert answer.status_code == 499
    assert centre.onboarding.received == []


async def test_every_answer_carries_security_headers(centre: Centre) -> None:
    for path in ("/v1/cases", "/nothing", "/", "/oauth/token", "/livez", "/openapi.json"):
        answer = await centre.http.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "cache-control" in answer.headers
    refused = await centre.http.get("/v1/cases")
    assert refused.headers["cache-control"] == "no-store"
