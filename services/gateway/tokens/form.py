"""Reading a token request as RFC 6749 lays it down, apart from any web framework."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

FORM: Final = "application/x-www-form-urlencoded"
GRANT_TYPE: Final = "client_credentials"
_MOST_FIELDS: Final = 20


@dataclass(frozen=True)
class Credentials:
    """What a client says it is, not yet believed."""

    client_id: str
    client_secret: str


class TokenRefused(Exception):
    """A token request that is answered with an error of RFC 6749 section 5.2.

    ``challenge`` says whether the answer asks for HTTP Basic credentials (401).
    """

    def __init__(self, error: str, description: str, *, challenge: bool = False) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.challenge = challenge


def invalid_request(description: str) -> TokenRefused:
    """The request is malformed."""
    return TokenRefused("invalid_request", description)


def invalid_client() -> TokenRefused:
    """Authentication failed. One text for every cause, so that none can be told apart."""
    return TokenRefused(
        "invalid_client",
        "No client with this client_id and client_secret is known.",
        challenge=True,
    )


def parse_form(content_type: str | None, body: bytes) -> dict[str, str]:
    """The fields of a form body; empty values count as absent (section 3.2).

    Raises:
        TokenRefused: not a form, or a field appears twice.
    """
    if (content_type or "").partition(";")[0].strip().lower() != FORM:
        raise invalid_request(f"Send the request as {FORM}.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise invalid_request("The form cannot be read.") from error
    if len({name for name, _ in pairs}) != len(pairs):
        raise invalid_request("A field appears more than once.")
    return {name: value for name, value in pairs if value}


def check_grant(fields: Mapping[str, str]) -> None:
    """See that the request asks for what is granted here.

    Raises:
        TokenRefused: no grant type, another one, or a scope (there are none: a token
            carries its client's roles).
    """
    grant_type = fields.get("grant_type")
    if grant_type is None:
        raise invalid_request("grant_type is missing.")
    if grant_type != GRANT_TYPE:
        raise TokenRefused("unsupported_grant_type", f"Only {GRANT_TYPE} is granted here.")
    if "scope" in fields:
        raise TokenRefused(
            "invalid_scope", "There are no scopes here; the token carries the client's roles."
        )


def credentials(authorization: str | None, fields: Mapping[str, str]) -> Credentials:
    """The client's credentials, from the header or from the form, never both (section 2.3).

    Raises:
        TokenRefused: none, unreadable, or by both ways.
    """
    if authorization is None:
        if "client_id" not in fields or "client_secret" not in fields:
            raise TokenRefused(
                "invalid_client",
                "Send client_id and client_secret, in the form or by HTTP Basic.",
                challenge=True,
            )
        return Credentials(fields["client_id"], fields["client_secret"])
    if "client_secret" in fields:
        raise invalid_request("Send the secret in the form or by HTTP Basic, not both.")
    found = _basic(authorization)
    if fields.get("client_id", found.client_id) != found.client_id:
        raise invalid_request("client_id differs between the form and HTTP Basic.")
    return found


def _basic(authorization: str) -> Credentials:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise TokenRefused("invalid_client", "Use HTTP Basic here.", challenge=True)
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefused(
            "invalid_client", "The HTTP Basic credentials cannot be read.", challenge=True
        ) from error
    client_id, separator, secret = decoded.partition(":")
    if not separator:
        raise TokenRefused(
            "invalid_client", "The HTTP Basic credentials hold no colon.", challenge=True
        )
    # Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1).
    return Credentials(unquote_plus(client_id), unquote_plus(secret))
