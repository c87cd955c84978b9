from __future__ import annotations

import psycopg
import pytest

from tests.instances.postgres import PrivatePostgres


def test_data_outlives_a_restart_and_connections_do_not() -> None:
    with PrivatePostgres() as server:
        with psycopg.connect(server.conninfo(), autocommit=True) as cut:
            cut.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            server.restart()
            with pytest.raises(psycopg.OperationalError):
                cut.execute("SELECT 1")
        with psycopg.connect(server.conninfo()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        address = server.conninfo()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)
