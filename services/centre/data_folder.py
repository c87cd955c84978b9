"""The folder an embedded centre lives in: databases, messages, keys, credentials."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from services.chassis.broker.embedded import DataFolderInUse, take_lock
from services.gateway.tokens.keys import SIGNING_KEY_FILE, VERIFY_KEYS_FILE, write_key_files

NEEDED_BYTES = 200 * 1024 * 1024
ADMINISTRATOR = "administrator"
_CREDENTIALS = "credentials.json"
_MARKER = "centre.json"


class DataFolderUnusable(RuntimeError):
    """The data folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class StoredCredentials:
    """A client's credentials as kept for whoever runs the centre."""

    name: str
    client_id: str
    client_secret: str
    roles: tuple[str, ...] = ()
    org_number: str | None = None


_Stored = TypeAdapter(dict[str, StoredCredentials])


@dataclass(frozen=True)
class DataFolder:
    """Paths within a centre's data folder, and what may be done with it."""

    path: Path

    @property
    def broker(self) -> Path:
        """The embedded broker's file."""
        return self.path / "broker.sqlite3"

    @property
    def signing_key(self) -> Path:
        """The gateway's private key."""
        return self.path / SIGNING_KEY_FILE

    @property
    def verify_keys(self) -> Path:
        """The gateway's public keys."""
        return self.path / VERIFY_KEYS_FILE

    @property
    def log(self) -> Path:
        """Where the centre logs."""
        return self.path / "centre.log"

    def database_url(self, service: str) -> str:
        """The address of a service's SQLite file."""
        return f"sqlite+aiosqlite:///{self.path / service}.sqlite3"

    @property
    def is_complete(self) -> bool:
        """Whether a centre was set up here to the end."""
        return (self.path / _MARKER).is_file()

    def require_usable(self) -> None:
        """Make sure the folder, or the place where it will be, can be read and written.

        Raises:
            DataFolderUnusable: it cannot, or it holds something else.
        """
        place = self.path if self.path.exists() else self.path.absolute().parent
        if not place.is_dir():
            raise DataFolderUnusable(f"{place} is no folder; name another with --data.")
        _require_writable(place)
        free = shutil.disk_usage(place).free
        if free < NEEDED_BYTES:
            raise DataFolderUnusable(
                f"Only {free // 2**20} MiB are free at {place}; the centre needs"
                f" {NEEDED_BYTES // 2**20}. Free some space or name another folder with --data."
            )
        if self.path.exists() and not self.is_complete and any(self.path.iterdir()):
            raise DataFolderUnusable(
                f"{self.path} holds something that is no centre of ours; name an empty or new"
                " folder with --data."
            )

    def require_complete(self) -> None:
        """Make sure a centre was set up here.

        Raises:
            DataFolderUnusable: none was.
        """
        if not self.is_complete:
            raise DataFolderUnusable(
                f"{self.path} holds no centre; `make run` sets one up, or name its folder with"
                " --data."
            )

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Keep centres from running on this folder meanwhile.

        Raises:
            DataFolderInUse: one runs.
        """
        with take_lock(self.broker):
            yield

    @contextmanager
    def being_filled(self) -> Iterator[DataFolder]:
        """A fresh folder beside this one, to be put in its place when it is complete.

        An interrupted filling thereby leaves nothing half done; what an earlier one left
        is thrown away.

        Raises:
            DataFolderInUse: another process is filling it.
        """
        whole = self.path.resolve()
        beside = whole.with_name(f".{whole.name}.filling")
        beside.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(beside, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._claim(descriptor, beside)
            for left in beside.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            yield DataFolder(beside)
        finally:
            os.close(descriptor)

    def _claim(self, descriptor: int, beside: Path) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have finished meanwhile and moved it into its place.
            ours = os.path.samestat(os.fstat(descriptor), beside.stat())
        except (BlockingIOError, FileNotFoundError) as error:
            raise DataFolderInUse(str(self.path)) from error
        if not ours:
            raise DataFolderInUse(str(self.path))

    def prepare(self) -> StoredCredentials:
        """Make keys and the first administrator's credentials; not yet stored."""
        write_key_files(self.path)
        return StoredCredentials(
            "Administratör", ADMINISTRATOR, secrets.token_urlsafe(32), ("administrator",)
        )

    def complete(self, credentials: dict[str, StoredCredentials], flow: str | None) -> None:
        """Store the credentials and mark the centre as set up."""
        target = self.path / _CREDENTIALS
        target.touch(mode=0o600)
        target.write_text(
            json.dumps({k: asdict(v) for k, v in credentials.items()}, indent=2), "utf-8"
        )
        (self.path / _MARKER).write_text(json.dumps({"filled_with": flow}), "utf-8")
        for file in self.path.iterdir():
            _flush(file)
        _flush(self.path)

    def move_to(self, target: DataFolder) -> None:
        """Put this completed folder in a folder's place, in one step."""
        place = target.path.resolve()
        if place.exists():
            place.rmdir()
        self.path.rename(place)
        _flush(place.parent)

    def credentials(self) -> dict[str, StoredCredentials]:
        """The stored credentials by actor.

        Raises:
            DataFolderUnusable: the file is missing or damaged.
        """
        target = self.path / _CREDENTIALS
        try:
            stored = _Stored.validate_json(target.read_text("utf-8"))
        except OSError as error:
            raise self._damaged(target, error.strerror or "it cannot be read") from error
        except ValueError as error:
            raise self._damaged(target, "it is not what was written there") from error
        if ADMINISTRATOR not in stored:
            raise self._damaged(target, "the administrator is missing")
        return stored

    def _damaged(self, file: Path, why: str) -> DataFolderUnusable:
        return DataFolderUnusable(
            f"{file} is damaged ({why}); restore it from a backup, or remove {self.path} to"
            " begin anew."
        )


def _require_writable(place: Path) -> None:
    # Tried rather than asked: the rights shown are not all that decides, least of all for root.
    try:
        with tempfile.TemporaryFile(dir=place):
            next(place.iterdir(), None)
    except OSError as error:
        raise DataFolderUnusable(
            f"{place} cannot be read and written by this user ({error.strerror}); change its"
            " rights or name another folder with --data."
        ) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
