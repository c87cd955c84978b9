"""The keys access tokens are signed and verified with, and the two files they live in.

``signing-key.json`` holds the private Ed25519 key and belongs to the gateway alone.
``verify-keys.json`` holds the public keys as a JWK set: every service reads it, and the
gateway shows it to the world. To change keys, add the new public key to the set
everywhere first, then give the gateway the new private one, then drop the old public
key once the last token it signed has expired.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.chassis.identity import ALGORITHM

SIGNING_KEY_FILE: Final = "signing-key.json"
VERIFY_KEYS_FILE: Final = "verify-keys.json"
_OWNER_ONLY: Final = 0o600


class UnusableKey(RuntimeError):
    """A key file that is missing, unreadable or not what it should be; says which."""


@dataclass(frozen=True)
class SigningKey:
    """The gateway's private key."""

    key: OKPKey

    @property
    def kid(self) -> str:
        """The key's name: its RFC 7638 thumbprint."""
        return self.key.thumbprint()

    @classmethod
    def generate(cls) -> SigningKey:
        """A new Ed25519 key."""
        return cls(OKPKey.generate_key("Ed25519"))

    @classmethod
    def from_file(cls, path: Path) -> SigningKey:
        """Read the private key.

        Raises:
            UnusableKey: the file cannot be read or holds no private Ed25519 key.
        """
        document = _read(path)
        try:
            key = OKPKey.import_key(document)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise UnusableKey(f"{path} does not hold a JSON Web Key.") from error
        if not key.is_private or key.curve_name != "Ed25519":
            raise UnusableKey(f"{path} does not hold a private Ed25519 key.")
        return cls(key)

    def private_document(self) -> dict[str, Any]:
        """The private key as a JWK."""
        return {**self.key.as_dict(private=True), **self._labels()}

    def public_document(self) -> dict[str, Any]:
        """The public half as a JWK."""
        return {**self.key.as_dict(private=False), **self._labels()}

    def _labels(self) -> dict[str, str]:
        return {"kid": self.kid, "use": "sig", "alg": ALGORITHM}


def read_verify_keys(path: Path) -> dict[str, Any]:
    """The public keys as a JWK set.

    Raises:
        UnusableKey: the file cannot be read, is no JWK set, or gives away private keys.
    """
    document = _read(path)
    keys = document.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise UnusableKey(f"{path} does not hold a JSON Web Key set.")
    if any("d" in key or "k" in key for key in keys):
        raise UnusableKey(f"{path} holds a private key; it is meant to be shown to everybody.")
    return {"keys": keys}


def write_key_files(directory: Path) -> SigningKey:
    """Make a new key and write both files; existing ones are never overwritten.

    Raises:
        FileExistsError: the directory holds one of the files already.
        OSError: the directory cannot be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    verify_file = directory / VERIFY_KEYS_FILE
    if verify_file.exists():
        raise FileExistsError(verify_file)
    signing = SigningKey.generate()
    _write_private(directory / SIGNING_KEY_FILE, signing.private_document())
    keys = {"keys": [signing.public_document()]}
    verify_file.write_text(json.dumps(keys, indent=2) + "\n", "utf-8")
    return signing


def _write_private(path: Path, document: dict[str, Any]) -> None:
    # Created with its final mode, so that it is never readable by others, not even briefly.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=2) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UnusableKey(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise UnusableKey(f"{path} is not JSON.") from error
    if not isinstance(document, dict):
        raise UnusableKey(f"{path} does not hold a JSON object.")
    return document
