"""Plain paths, plain queries, and what makes a request ambiguous."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway import routes
from services.gateway.proxy.headers import to_client, to_service
from services.gateway.proxy.paths import flaw_in_path, flaw_in_query


@pytest.mark.parametrize(
    "path",
    [
        b"/v1/cases",
        b"/v1/cases/0190c8f0-0000-7000-8000-000000000000/gaps",
        b"/ops/v1/agencies/202100-6255",
        b"/v1/periods/2026-03",
        b"/.well-known/jwks.json",
        b"/v1/cases/a..b",
    ],
)
def test_paths_of_the_centre_are_plain(path: bytes) -> None:
    assert flaw_in_path(path) is None


@settings(deadline=None)
@given(st.binary(max_size=40).map(lambda tail: b"/v1/cases/" + tail))
def test_an_accepted_path_means_the_same_to_everybody(path: bytes) -> None:
    if flaw_in_path(path) is not None:
        return
    assert unquote_to_bytes(path) == path
    segments = path.split(b"/")
    assert not {b"", b".", b".."} & set(segments[1:])
    assert all(0x21 <= byte <= 0x7E and byte not in b"\\%?#;" for byte in path)


@pytest.mark.parametrize(
    "query", [b"", b"limit=50&after=0190", b"q=%C3%A5", b"at=2026-01-01T00:00"]
)
def test_ordinary_queries_are_plain(query: bytes) -> None:
    assert flaw_in_query(query) is None


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_an_accepted_query_holds_no_control_character(query: bytes) -> None:
    if flaw_in_query(query) is None:
        assert all(byte >= 0x20 and byte != 0x7F for byte in unquote_to_bytes(query))


def test_an_unknown_header_stays_outside() -> None:
    passed = to_service([(b"X-Anything", b"1"), (b"Accept", b"*/*")], "caller-0001")
    assert passed == [
        (b"accept", b"*/*"),
        (b"accept-encoding", b"identity"),
        (b"x-correlation-id", b"caller-0001"),
    ]


def test_a_location_elsewhere_is_left_alone() -> None:
    inner = "http://billing:8000"
    for location, shown in (
        (b"http://billing:8000/v1/invoices", b"/v1/invoices"),
        (b"http://billing:80001/v1", b"http://billing:80001/v1"),
        (b"/v1/invoices/1", b"/v1/invoices/1"),
    ):
        assert to_client([(b"Location", location)], inner) == [(b"location", shown)]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/cases", routes.Target(routes.Door.AGENCY, "onboarding")),
        ("/v1/cases/1/gaps", routes.Target(routes.Door.AGENCY, "onboarding")),
        ("/ops/v1/true-ups", routes.Target(routes.Door.STAFF, "billing")),
        ("/ops/v1/clock", routes.Target(routes.Door.STAFF, routes.GATEWAY)),
        ("/v1/clock", None),
        ("/v1/casesx", None),
        ("/v1x/cases", None),
        ("/v1", None),
        ("/ops/v1", None),
        ("/ops/cases", None),
        ("/internal/time", None),
    ],
)
def test_the_table_leads_where_it_says(path: str, target: routes.Target | None) -> None:
    assert routes.find(path) == target
