"""Which errors mean that storage is away, and which that somebody else was first."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import exc

from services.chassis.database import is_conflict, is_connection_failure


def refused(*statements: str) -> sqlite3.Error:
    """SQLite's own error for the last of these statements."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in statements[:-1]:
            connection.execute(statement)
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute(statements[-1])
    return raised.value


def wrapped(error: Exception) -> exc.DBAPIError:
    """An error as SQLAlchemy hands it on."""
    return exc.DBAPIError("INSERT ...", {}, error)


TWICE = "INSERT INTO t VALUES (1, 1)"


@pytest.mark.parametrize(
    "error",
    [
        errors.UniqueViolation(),
        errors.ForeignKeyViolation(),
        errors.ExclusionViolation(),
        errors.SerializationFailure(),
        errors.DeadlockDetected(),
        refused("CREATE TABLE t (a PRIMARY KEY, b)", TWICE, TWICE),
        refused("CREATE TABLE t (a, b UNIQUE)", TWICE, TWICE),
        refused("CREATE TABLE s (a PRIMARY KEY)", "CREATE TABLE t (a REFERENCES s, b)", TWICE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_losing_to_somebody_else_is_a_conflict(error: Exception) -> None:
    assert is_conflict(wrapped(error))
    assert not is_connection_failure(wrapped(error))


@pytest.mark.parametrize(
    "error",
    [
        errors.NotNullViolation(),
        errors.CheckViolation(),
        errors.UndefinedTable(),
        errors.QueryCanceled(),
        refused("CREATE TABLE t (a NOT NULL)", "INSERT INTO t VALUES (NULL)"),
        refused("CREATE TABLE t (a CHECK (a > 5))", "INSERT INTO t VALUES (1)"),
        refused("SELECT * FROM nowhere"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_nobody_elses_doing_made_wrong_is_neither(error: Exception) -> None:
    assert not is_conflict(wrapped(error))
    assert not is_connection_failure(wrapped(error))


@pytest.mark.parametrize(
    "error",
    [
        exc.TimeoutError("no connection is free"),
        ConnectionResetError(),
        wrapped(psycopg.OperationalError("the server closed the connection")),
        wrapped(errors.AdminShutdown()),
        wrapped(errors.TooManyConnections()),
        wrapped(errors.ConnectionFailure()),
    ],
    ids=lambda error: type(error).__name__,
)
def test_storage_out_of_reach_is_told_apart(error: Exception) -> None:
    assert is_connection_failure(error)
    assert not is_conflict(error)


def test_a_connection_lost_in_mid_statement_is_out_of_reach() -> None:
    error = exc.DBAPIError("x", {}, psycopg.Error("lost"), connection_invalidated=True)
    assert is_connection_failure(error)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x"), KeyError("x")])
def test_any_other_error_is_neither(error: Exception) -> None:
    assert not is_connection_failure(error)
    assert not is_conflict(error)
