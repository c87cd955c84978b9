"""Key files and the command that makes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.gateway.cli import main
from services.gateway.clients.domain import weakness_of
from services.gateway.clients.hashing import SecretHasher, draw_secret
from services.gateway.tokens.keys import (
    SIGNING_KEY_FILE,
    VERIFY_KEYS_FILE,
    SigningKey,
    UnusableKey,
    read_verify_keys,
)
from tests.instances.processes import free_port


def test_the_command_writes_a_secret_and_a_public_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["keys", str(tmp_path / "keys")])
    signing = tmp_path / "keys" / SIGNING_KEY_FILE
    public = tmp_path / "keys" / VERIFY_KEYS_FILE
    assert signing.stat().st_mode & 0o777 == 0o600
    key = SigningKey.from_file(signing)
    [shown] = read_verify_keys(public)["keys"]
    assert shown == key.public_document()
    assert shown["kid"] == key.kid
    assert "d" not in shown
    assert json.loads(signing.read_text())["d"] not in capsys.readouterr().out


@pytest.mark.parametrize("present", [SIGNING_KEY_FILE, VERIFY_KEYS_FILE])
def test_keys_are_never_overwritten(tmp_path: Path, present: str) -> None:
    (tmp_path / present).write_text("mine")
    with pytest.raises(SystemExit, match="is there already"):
        main(["keys", str(tmp_path)])
    assert (tmp_path / present).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [present]


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match="Keys cannot be written"):
        main(["keys", str(tmp_path / "file" / "keys")])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        ("nonsense", "is not JSON"),
        ("[]", "does not hold a JSON object"),
        ("{}", "does not hold a JSON Web Key"),
        ('{"kty": "OKP", "crv": "Ed25519", "x": "AA"}', "JSON Web Key|private Ed25519"),
    ],
)
def test_an_unusable_signing_key_says_why(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UnusableKey, match=reason):
        SigningKey.from_file(path)


def test_a_public_key_does_not_sign(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(SigningKey.generate().public_document()))
    with pytest.raises(UnusableKey, match="private Ed25519"):
        SigningKey.from_file(path)


def test_a_private_key_is_not_shown_to_the_world(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [SigningKey.generate().private_document()]}))
    with pytest.raises(UnusableKey, match="holds a private key"):
        read_verify_keys(path)


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSC_DATABASE_URL", "SSC_VERIFY_KEYS_FILE", "SSC_SIGNING_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match=r"SSC_DATABASE_URL.*SSC_SIGNING_KEY_FILE"):
        main(["serve"])


def test_a_secret_whose_file_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSC_DATABASE_URL", raising=False)
    monkeypatch.setenv("SSC_DATABASE_URL_FILE", "/nowhere/database-url")
    with pytest.raises(SystemExit) as left:
        main(["migrate"])
    assert left.value.code == (
        "gateway cannot start: SSC_DATABASE_URL_FILE names /nowhere/database-url, which cannot be"
        " read: No such file or directory."
    )


def test_a_database_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql+psycopg://u:hemligt@127.0.0.1:{free_port()}/db"
    monkeypatch.setenv("SSC_DATABASE_URL", address)
    with pytest.raises(SystemExit) as left:
        main(["migrate"])
    assert isinstance(left.value.code, str)
    assert left.value.code.startswith("gateway cannot start: its database does not answer (")
    assert "hemligt" not in left.value.code


async def test_a_hash_belongs_to_one_secret_only() -> None:
    hasher = SecretHasher()
    secret = draw_secret()
    stored = await hasher.hash(secret)
    assert secret not in stored
    assert await hasher.matches(stored, secret)
    assert not await hasher.matches(stored, draw_secret())
    assert not await hasher.matches(None, secret)
    assert not await hasher.matches("not a hash", secret)


@pytest.mark.parametrize(
    ("secret", "weak"),
    [
        ("x9" * 11, True),
        ("8Yq-tR2mV5w.Zk1_nB7cXf4", True),
        ("8Yq-tR2mV5w.Zk1_nB7cXf4L", False),
        ("ThePasswordOfTheCentre-2026", True),
        ("abababababababababababababab", True),
    ],
)
def test_weak_secrets_are_known(secret: str, weak: bool) -> None:
    assert (weakness_of(secret) is not None) == weak


def test_a_drawn_secret_is_never_weak() -> None:
    assert weakness_of(draw_secret()) is None
