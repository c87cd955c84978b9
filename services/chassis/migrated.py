"""Migrated databases for tests, made by running the migrations once and copying the outcome."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from services.chassis import migrations
from services.chassis.ids import new_id

_OWN_TABLES = sql.SQL("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")

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
    name = sql.Identifier(url.database or "")
    with _connected(url.set(database="postgres")) as server:
        if not _is_empty(url):
            return False
        key = (f"{url.host}:{url.port}", script_location)
        if key not in _databases:
            template = f"template_{new_id().replace('-', '')}"
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
            whole = url.set(database=template).render_as_string(hide_password=False)
            migrations.upgrade(whole, script_location)
            _databases[key] = template
        source = sql.Identifier(_databases[key])
        server.execute(sql.SQL("DROP DATABASE {}").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, source))
    return True


def _is_empty(url: URL) -> bool:
    with _connected(url) as connection:
        return connection.execute(_OWN_TABLES).fetchone() is None


def _connected(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
