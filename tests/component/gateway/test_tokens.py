"""Asking for access tokens, as RFC 6749 lays it down."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from services.chassis.identity import ALGORITHM, AUDIENCE, ISSUER, IdentityVerifier, Role
from services.gateway.clients.service import BootstrapRefused
from services.gateway.tokens.keys import UnusableKey, write_key_files
from tests.component.gateway.centre import (
    BOOTSTRAP_ID,
    BOOTSTRAP_SECRET,
    ORG,
    Centre,
    settings_for,
    standing,
)

GRANT = {"grant_type": "client_credentials"}
POSTED = {"client_id": BOOTSTRAP_ID, "client_secret": BOOTSTRAP_SECRET}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


async def test_a_token_by_either_way_is_good_at_the_door(centre: Centre) -> None:
    by_form = await centre.http.post("/oauth/token", data={**GRANT, **POSTED})
    by_header = await centre.http.post(
        "/oauth/token", data=GRANT, headers=basic(BOOTSTRAP_ID, BOOTSTRAP_SECRET)
    )
    for answer in (by_form, by_header):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["token_type"] == "Bearer"
        assert answer.json()["expires_in"] == 30 * 60
        token = answer.json()["access_token"]
        called = await centre.http.get(
            "/ops/v1/clock", headers={"Authorization": f"Bearer {token}"}
        )
        assert called.status_code == 200


async def test_a_token_says_who_the_client_is(centre: Centre) -> None:
    created = await centre.http.post(
        "/ops/v1/clients",
        json={"name": "Pensionsmyndigheten", "roles": ["agency"], "org_number": "2021006255"},
        headers=centre.administrator,
    )
    client = created.json()
    answer = await centre.http.post(
        "/oauth/token", data=GRANT, headers=basic(client["client_id"], client["client_secret"])
    )
    keys = KeySet.import_key_set((await centre.http.get("/.well-known/jwks.json")).json())
    token = jwt.decode(answer.json()["access_token"], keys, algorithms=[ALGORITHM])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == AUDIENCE
    assert token.claims["sub"] == client["client_id"]
    assert token.claims["roles"] == ["agency"]
    assert token.claims["org_number"] == ORG
    assert token.claims["exp"] - token.claims["iat"] == 30 * 60
    again = await centre.http.post(
        "/oauth/token", data=GRANT, headers=basic(client["client_id"], client["client_secret"])
    )
    other = jwt.decode(again.json()["access_token"], keys, algorithms=[ALGORITHM])
    assert other.claims["jti"] != token.claims["jti"]


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        (POSTED, {}, 400, "invalid_request"),
        ({**GRANT, **POSTED, "scope": "all"}, {}, 400, "invalid_scope"),
        ({"grant_type": "password", **POSTED}, {}, 400, "unsupported_grant_type"),
        (GRANT, {}, 401, "invalid_client"),
        ({**GRANT, "client_id": BOOTSTRAP_ID}, {}, 401, "invalid_client"),
        ({**GRANT, "client_id": BOOTSTRAP_ID, "client_secret": "wrong"}, {}, 401, "invalid_client"),
        ({**GRANT, "client_id": "nobody", "client_secret": "wrong"}, {}, 401, "invalid_client"),
        ({**GRANT, **POSTED}, basic(BOOTSTRAP_ID, BOOTSTRAP_SECRET), 400, "invalid_request"),
        (
            {**GRANT, "client_id": "other"},
            basic(BOOTSTRAP_ID, BOOTSTRAP_SECRET),
            400,
            "invalid_request",
        ),
        (GRANT, {"Authorization": "Bearer abc"}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic bm9jb2xvbg=="}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic /w=="}, 401, "invalid_client"),
    ],
)
async def test_a_refusal_is_the_one_the_standard_names(
    centre: Centre, form: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    answer = await centre.http.post("/oauth/token", data=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials&grant_type=x"),
        ("application/x-www-form-urlencoded", b"grant_type"),
        ("application/x-www-form-urlencoded", b"grant_type=%ff"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded", b"&".join([b"a%d=1" % n for n in range(50)])),
        ("application/x-www-form-urlencoded", b""),
    ],
)
async def test_an_unreadable_form_is_an_invalid_request(
    centre: Centre, content_type: str, body: bytes
) -> None:
    answer = await centre.http.post(
        "/oauth/token", content=body, headers={"Content-Type": content_type}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_unknown_client_and_wrong_secret_cannot_be_told_apart(centre: Centre) -> None:
    texts = set()
    for client_id in (BOOTSTRAP_ID, "nobody"):
        answer = await centre.http.post(
            "/oauth/token", data={**GRANT, "client_id": client_id, "client_secret": "wrong"}
        )
        texts.add(answer.text)
    assert len(texts) == 1


async def test_a_revoked_client_gets_no_more_tokens(centre: Centre) -> None:
    created = await centre.http.post(
        "/ops/v1/clients",
        json={"name": "Ekonomi", "roles": ["finance"]},
        headers=centre.administrator,
    )
    client = created.json()
    await centre.http.delete(f"/ops/v1/clients/{client['client_id']}", headers=centre.administrator)
    refused = await centre.http.post(
        "/oauth/token", data=GRANT, headers=basic(client["client_id"], client["client_secret"])
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    guessed = await centre.http.post(
        "/oauth/token", data=GRANT, headers=basic(client["client_id"], "wrong")
    )
    assert (guessed.status_code, guessed.json()["error"]) == (401, "invalid_client")


async def test_guessing_is_slowed_down_also_all_at_once(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, token_failures_a_minute=3) as centre:
        wrong = {**GRANT, "client_id": BOOTSTRAP_ID, "client_secret": "wrong"}
        answers = await asyncio.gather(
            *(centre.http.post("/oauth/token", data=wrong) for _ in range(12))
        )
        statuses = [answer.status_code for answer in answers]
        # Two are weighed at a time, so one more than the limit may slip through.
        assert 3 <= statuses.count(401) <= 4
        late = await centre.http.post("/oauth/token", data={**GRANT, **POSTED})
        assert (late.status_code, late.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(late.headers["retry-after"]) <= 60
        other = await centre.http.post(
            "/oauth/token", data={**GRANT, "client_id": "other", "client_secret": "wrong"}
        )
        assert other.status_code == 401


async def test_an_address_that_tries_many_clients_is_slowed_down(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with standing(sqlite_url, tmp_path, token_failures_a_minute=1) as centre:
        statuses = []
        for number in range(6):
            form = {**GRANT, "client_id": f"client-{number}", "client_secret": "wrong"}
            statuses.append((await centre.http.post("/oauth/token", data=form)).status_code)
        assert statuses == [401, 401, 401, 401, 429, 429]


async def test_good_tokens_are_not_counted(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, token_failures_a_minute=1) as centre:
        for _ in range(3):
            answer = await centre.http.post("/oauth/token", data={**GRANT, **POSTED})
            assert answer.status_code == 200


async def test_what_is_published_about_tokens(centre: Centre) -> None:
    metadata = (await centre.http.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == "http://127.0.0.1:8080"
    assert metadata["token_endpoint"] == "http://127.0.0.1:8080/oauth/token"
    assert metadata["grant_types_supported"] == ["client_credentials"]
    keys = (await centre.http.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in keys] == [centre.signing_key.kid]
    assert all("d" not in key for key in keys)


async def test_the_token_endpoint_takes_posts_only(centre: Centre) -> None:
    answer = await centre.http.get("/oauth/token")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "secret", ["tiny", "changeme-changeme-changeme-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
)
def test_a_weak_first_secret_is_refused(sqlite_url: str, tmp_path: Path, secret: str) -> None:
    from services.gateway.app import create_gateway

    settings = settings_for(sqlite_url, tmp_path, bootstrap_client_secret=secret)
    with pytest.raises(BootstrapRefused, match="SSC_BOOTSTRAP_CLIENT_SECRET is refused") as error:
        create_gateway(settings)
    assert secret not in str(error.value)


async def test_the_first_administrator_survives_a_restart(
    database_url: str, tmp_path: Path
) -> None:
    async with standing(database_url, tmp_path) as centre:
        listed = await centre.http.get("/ops/v1/clients", headers=centre.administrator)
        assert [client["client_id"] for client in listed.json()["items"]] == [BOOTSTRAP_ID]
    async with standing(database_url, tmp_path) as centre:
        listed = await centre.http.get("/ops/v1/clients", headers=centre.administrator)
        assert [client["client_id"] for client in listed.json()["items"]] == [BOOTSTRAP_ID]
        answer = await centre.http.post("/oauth/token", data={**GRANT, **POSTED})
        assert answer.status_code == 200


async def test_a_first_administrator_that_was_revoked_does_not_return(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with standing(sqlite_url, tmp_path) as centre:
        await centre.http.post(
            "/ops/v1/clients",
            json={"name": "Second", "roles": ["administrator"]},
            headers=centre.administrator,
        )
        path = f"/ops/v1/clients/{BOOTSTRAP_ID}"
        assert (await centre.http.delete(path, headers=centre.administrator)).status_code == 204
    with pytest.raises(BootstrapRefused, match="no longer an administrator"):
        async with standing(sqlite_url, tmp_path):
            pass


def test_keys_that_do_not_belong_together_are_refused(sqlite_url: str, tmp_path: Path) -> None:
    from services.gateway.app import create_gateway

    write_key_files(tmp_path / "other")
    settings = settings_for(
        sqlite_url, tmp_path, verify_keys_file=tmp_path / "other" / "verify-keys.json"
    )
    with pytest.raises(UnusableKey, match="does not hold the public half"):
        create_gateway(settings)


async def test_a_services_verifier_accepts_the_token_and_reads_the_actor(
    centre: Centre, tmp_path: Path
) -> None:
    verifier = IdentityVerifier.from_file(tmp_path / "verify-keys.json")
    actor = verifier.authenticate(centre.agency["Authorization"])
    assert (actor.roles, actor.org_number) == (frozenset({Role.AGENCY}), ORG)
    assert centre.issuer.lifetime == timedelta(minutes=30)
