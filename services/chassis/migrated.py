"""Migrated databases for tests, made by running the migrations once and copying the outcome."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from services.chassis import migrations
from services.chassis.ids import new_id

_lock = Lock()
_folders: list[Path] = []
_files: dict[Path, Path] = {}
_databases: dict[tuple[str, Path], str] = {}


def migrate(url: str, script_location: Path) -> None:
    """Bring a database to the newest schema; an empty one by copying one that is there.

    Running every migration takes longer than most tests that need the schema.
    """
    parsed = make_url(url)
    with _lock:
        if parsed.get_backend_name() == "sqlite":
            filled = _fill_file(parsed, script_location)
        else:
            filled = _fill_database(parsed, script_location)
    if not filled:
        migrations.upgrade(url, script_location)


def _fill_file(url: URL, script_location: Path) -> bool:
    target = Path(url.database or "")
    if target.exists():
        return False
    if script_location not in _files:
        template = _folder() / f"{new_id()}.sqlite3"
        migrations.upgrade(f"sqlite:///{template}", script_location)
        _files[script_location] = template
    shutil.copy(_files[script_location], target)
    return True


def _folder() -> Path:
    if not _folders:
        _folders.append(Path(mkdtemp(prefix="migrated-")))
        atexit.register(shutil.rmtree, _folders[0], ignore_errors=True)
    return _folders[0]


def _fill_database(url: URL, script_location: Path) -> bool:
    server = sa.create_engine(
        url.set(database="postgres"), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    name = url.database or ""
    with server.connect() as connection:
        if not _is_empty(url):
            return False
        key = (f"{url.host}:{url.port}", script_location)
        if key not in _databases:
            template = f"template_{new_id().replace('-', '')}"
            connection.execute(sa.text(f'CREATE DATABASE "{template}"'))
            whole = url.set(database=template).render_as_string(hide_password=False)
            migrations.upgrade(whole, script_location)
            _databases[key] = template
        connection.execute(sa.text(f'DROP DATABASE "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{_databases[key]}"'))
    return True


def _is_empty(url: URL) -> bool:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return not sa.inspect(connection).get_table_names()
    finally:
        engine.dispose()
