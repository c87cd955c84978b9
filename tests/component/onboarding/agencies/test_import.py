"""Files of agencies brought in over HTTP: whole, or not at all."""

from __future__ import annotations

from services.chassis.identity import Role
from services.contracts.onboarding import AgencyRegistered
from tests.component.onboarding.agencies.register import (
    ESV,
    PENSION,
    STATE_AGENCIES,
    STATSKONTORET,
    nothing_changes,
    register,
)
from tests.component.onboarding.walk import done, refused


async def test_all_agencies_of_the_facts_import_clean_and_once(database_url: str) -> None:
    content = STATE_AGENCIES.read_bytes()
    async with register(database_url) as known:
        tried = done(await known.upload(content, "?dry_run=true"))
        assert (tried["dry_run"], tried["rows"], tried["created"]) == (True, 260, 260)
        assert (await known.read("agencies"))["items"] == []
        first = done(await known.upload(content, "?valid_from=2025-01-01"))
        assert (first["rows"], first["created"], first["unchanged"]) == (260, 260, 0)
        assert len(await known.service.published(AgencyRegistered)) == 260
        again = done(await known.upload(content))
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 260)
        assert len(await known.service.published(AgencyRegistered)) == 260
        for org_number, name in ((ESV, "Ekonomistyrningsverket"), (STATSKONTORET, "Statskontoret")):
            standing = await known.read(f"agencies/{org_number}/standing?valid_on=2025-02-01")
            assert (standing["name"], standing["status"]) == (name, "active")
        closed = await known.read("agencies?status=closed&limit=200")
        assert len(closed["items"]) == 11
        assert closed["items"][0]["valid_from"] == "2016-01-01"
        fund = await known.read("agencies/857209-0606")
        assert (fund["type"], fund["headcount"], fund["headcount_basis"]) == (
            "pension_fund",
            70,
            "full_time_equivalents",
        )


async def test_one_wrong_row_and_nothing_is_imported(database_url: str) -> None:
    rows = [
        "org_number;name;headcount;city",
        f"{PENSION};Pensionsmyndigheten;1652;Stockholm",
        f"{ESV};Ekonomistyrningsverket;många;Stockholm",
        f"{PENSION};Pensionsmyndigheten igen;1;Stockholm",
    ]
    async with register(database_url) as known:
        await known.enter(STATSKONTORET)
        async with nothing_changes(known):
            answer = await known.upload("\r\n".join(rows).encode("utf-8-sig"))
            problem = refused(answer, 422, "import_rows_wrong")
        assert [(item["row"], item["column"], item["code"]) for item in problem["report"]] == [
            (3, "headcount", "not_a_count"),
            (4, "org_number", "row_repeated"),
        ]
        rows[2:] = [f"{STATSKONTORET};Något annat;81;"]
        problem = refused(await known.upload("\n".join(rows).encode()), 422, "import_rows_wrong")
        assert [item["code"] for item in problem["report"]] == ["differs_from_register"]
        rows[2] = f"{STATSKONTORET};Statskontoret;81;"
        report = done(await known.upload("\n".join(rows).encode()))
        assert (report["created"], report["updated"]) == (1, 1)
        assert report["outcomes"][1]["changed"] == ["headcount"]
        assert (await known.read(f"agencies/{STATSKONTORET}"))["headcount"] == 81


UNREADABLE = [
    (b" ", "import_empty"),
    (b"\xef\xbb\xbf", "import_empty"),
    (b"\xef\xbb\xbf\r\n\r\n", "import_empty"),
    ("org_number,name\n202100-6255,Ö".encode("latin-1"), "import_not_utf8"),
    (b'org_number,name\n202100-6255,"A', "import_not_csv"),
    (b"org_number,colour\n202100-6255,red", "import_columns_wrong"),
    (b"org_number,name\n" + b"1,2\n" * 5_001, "import_too_many_rows"),
]


async def test_a_file_that_cannot_be_read_is_refused(database_url: str) -> None:
    async with register(database_url) as known:
        for content, code in UNREADABLE:
            refused(await known.upload(content), 422, code)
        assert (await known.read("agencies"))["items"] == []


async def test_only_csv_and_only_by_those_who_register(database_url: str) -> None:
    async with register(database_url) as known, known.service.client(Role.FINANCE) as finance:
        answer = await known.staff.post("/ops/v1/agencies/imports", json={})
        refused(answer, 415, "media_type_not_accepted")
        headers = {"Content-Type": "text/csv"}
        answer = await finance.post("/ops/v1/agencies/imports", content=b"a", headers=headers)
        refused(answer, 403, "forbidden")
        refused(await known.upload(b"x" * 5_000_001), 413, "body_too_large")
