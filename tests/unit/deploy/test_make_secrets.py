from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.make_secrets import (
    Passwords,
    Places,
    files,
    rabbitmq_hash,
    scram_verifier,
    write,
)

ROOT = Path(__file__).parents[3]


def test_two_runs_share_no_secret() -> None:
    first, second = files(Passwords(), Places()), files(Passwords(), Places())
    assert first.keys() == second.keys()
    same = {name for name in first if first[name] == second[name]}
    assert same == set()


def test_passwords_stand_nowhere_but_in_the_files_of_their_users() -> None:
    content = files(Passwords(), Places())
    for name, text in content.items():
        found = re.search(r"://[^:]+:([0-9a-f]{48})@", text)
        if found:
            holders = [other for other, words in content.items() if found[1] in words]
            assert holders == [name]


def test_a_scram_verifier_proves_the_password() -> None:
    verifier = scram_verifier("correct horse")
    match = re.fullmatch(r"SCRAM-SHA-256\$(\d+):(.+)\$(.+):(.+)", verifier)
    assert match is not None
    salted = hashlib.pbkdf2_hmac(
        "sha256", b"correct horse", base64.b64decode(match[2]), int(match[1])
    )
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    assert base64.b64decode(match[3]) == hashlib.sha256(client_key).digest()
    assert base64.b64decode(match[4]) == hmac.digest(salted, b"Server Key", "sha256")
    assert scram_verifier("correct horse") != verifier


def test_a_rabbitmq_hash_is_salted() -> None:
    decoded = base64.b64decode(rabbitmq_hash("secret"))
    assert decoded[4:] == hashlib.sha256(decoded[:4] + b"secret").digest()
    assert rabbitmq_hash("secret") != rabbitmq_hash("secret")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "secrets", {"one": "kept"})
    with pytest.raises(FileExistsError):
        write(tmp_path / "secrets", {"one": "lost"})
    assert (tmp_path / "secrets" / "one").read_text() == "kept"


def test_the_command_fills_a_closed_folder_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    command = [sys.executable, "deploy/make_secrets.py", "--into", str(folder)]
    environment = {**os.environ, "PYTHONPATH": ""}
    first = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert first.returncode == 0, first.stderr
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keys = json.loads((folder / "verify-keys.json").read_text())["keys"]
    assert [key["crv"] for key in keys] == ["Ed25519"]
    before = {file.name: file.read_text() for file in folder.iterdir()}
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "they are kept" in again.stderr
    assert {file.name: file.read_text() for file in folder.iterdir()} == before
