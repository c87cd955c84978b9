"""Cost sharing over HTTP: an arrangement is registered, run, booked, read and corrected."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

import httpx

from services.billing.cost_sharing.templates import Template, templates
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import CostSharingBooked
from tests.component.billing.events import FORESTRY, PENSIONS

Answer = dict[str, Any]
DOOR = "/ops/v1/cost-arrangements"


async def _post(service: RunningService, path: str, body: Any, **headers: str) -> httpx.Response:
    async with service.client(Role.FINANCE) as client:
        return await client.post(path, json=body, headers=headers)


async def _ok(service: RunningService, path: str, body: Any, status: int = 200) -> Answer:
    answer = await _post(service, path, body)
    assert answer.status_code == status, answer.text
    found: Answer = answer.json()
    return found


async def _get(service: RunningService, path: str, org_number: str | None = None) -> httpx.Response:
    role = Role.FINANCE if org_number is None else Role.AGENCY
    door = "/ops/v1" if org_number is None else "/v1"
    async with service.client(role, org_number=org_number) as client:
        return await client.get(f"{door}{path}")


async def _register(service: RunningService, template: Template, example: int = 0) -> str:
    """An arrangement as a template has it, fed with an example's facts; its path."""
    document = template.model_dump(mode="json")
    path = f"{DOOR}/{template.key}"
    names = {name: document[name] for name in ("key", "name", "name_sv")}
    await _ok(service, DOOR, names, 201)
    await _ok(service, f"{path}/parties", {"parties": document["parties"]})
    for version in document["versions"]:
        await _ok(service, f"{path}/versions", version, 201)
    facts = document["examples"][example]
    for value in facts["index_values"]:
        await _ok(service, "/ops/v1/index-values", value, 201)
    for name, where in (("items", "cost-items"), ("readings", "readings")):
        if facts[name]:
            await _ok(service, f"{path}/{where}", {name: facts[name]})
    return path


def _period(template: Template, example: int = 0, **more: object) -> Answer:
    facts = template.model_dump(mode="json")["examples"][example]
    return {name: facts[name] for name in ("first_day", "last_day", "actual_through")} | more


async def test_a_sharing_is_simulated_booked_and_explained(billing: RunningService) -> None:
    template = templates()["servicekontor-2014"]
    path = await _register(billing, template)
    simulated = await _ok(
        billing, f"{path}/sharings/simulation", _period(template, explain="skatteverket")
    )
    assert (await _get(billing, "/cost-sharings")).json()["items"] == []
    assert "1,520,000 cases of 3,270,000 cases" in str(simulated["explanation"])

    wanted = _period(template, as_simulated=simulated["fingerprint"])
    booked = await _ok(billing, f"{path}/sharings", wanted, 201)
    assert booked["shares"] == simulated["shares"]
    assert booked["lines"] == simulated["lines"]
    owed = {(share["party"], share["line"]): share["owed_ore"] for share in booked["shares"]}
    assert owed["forsakringskassan", "fixed"] == owed["skatteverket", "fixed"] == 40_000_000_00
    assert owed["pensionsmyndigheten", "variable"] == 13_000_000_00
    [event] = await billing.published(CostSharingBooked)
    assert (event.sharing_id, event.charged_now_ore) == (booked["id"], 447_000_000_00)

    share = f"/cost-sharings/{booked['id']}/shares/pensionsmyndigheten"
    explained = (await _get(billing, share, PENSIONS)).json()
    assert (explained["owed_ore"], explained["explanation"]["amount_ore"]) == (5_300_000_000,) * 2
    assert {each["period"] for each in explained["instalments"]} == {"2015-01"}
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        text = await client.get(f"/v1{share}/explanation.md", headers={"Accept-Language": "sv-SE"})
        exported = await client.get(f"/v1{share}/export.csv")
    assert "Pensionsmyndigheten har 130 000 ärenden av sammanlagt 3 270 000 ärenden" in (
        text.text.replace("\N{NO-BREAK SPACE}", " ")
    )
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert sum(Fraction(row["BilledCost"]) for row in rows) == 53_000_000
    for row in rows:
        exact = Fraction(row["x_OriginCost"]) * Fraction(row["x_AllocatedRatio"])
        assert abs(exact - Fraction(row["BilledCost"])) < Fraction(1, 100)


async def test_an_agency_sees_its_own_shares_alone(billing: RunningService) -> None:
    template = templates()["servicekontor-2014"]
    path = await _register(billing, template)
    booked = await _ok(billing, f"{path}/sharings", _period(template), 201)
    here = f"/cost-sharings/{booked['id']}"
    own = (await _get(billing, here, PENSIONS)).json()
    assert {share["party"] for share in own["shares"]} == {"pensionsmyndigheten"}
    assert [
        each["id"] for each in (await _get(billing, "/cost-sharings", PENSIONS)).json()["items"]
    ]
    assert (await _get(billing, "/cost-sharings", FORESTRY)).json()["items"] == []
    foreign = [
        (here, FORESTRY),
        (f"{here}/shares/skatteverket", PENSIONS),
        (f"{here}/shares/skatteverket/export.csv", PENSIONS),
        (f"{here}/shares/skatteverket/explanation.md", FORESTRY),
    ]
    for where, who in foreign:
        assert (await _get(billing, where, who)).status_code == 404
    async with billing.client(Role.ACCOUNT_MANAGER) as client:
        assert (await client.get(DOOR)).status_code == 403


async def test_true_ups_stand_beside_and_end_at_actual_cost(billing: RunningService) -> None:
    template = templates()["fk-pm"]
    path = await _register(billing, template)
    first = await _ok(billing, f"{path}/sharings", _period(template), 201)
    payer = "pensionsmyndigheten"
    explained = (await _get(billing, f"/cost-sharings/{first['id']}/shares/{payer}")).json()
    months = [each["amount_ore"] for each in explained["instalments"]]
    assert (len(months), sum(months)) == (12, 20_000_000_00)

    spring = _period(template, 1, corrects=first["id"])
    second = await _ok(billing, f"{path}/sharings", spring, 201)
    by_party = {share["party"]: share for share in second["shares"]}
    # 1.2 per cent: not material, so it waits.
    assert by_party[payer]["owed_ore"] == 20_233_333_33
    assert by_party[payer]["charged_now_ore"] == 0
    assert by_party[payer]["held_back_ore"] == 233_333_33

    third = await _ok(billing, f"{path}/sharings", _period(template, 2, corrects=second["id"]), 201)
    by_party = {share["party"]: share for share in third["shares"]}
    assert by_party[payer]["charged_now_ore"] == 200_000_00
    assert by_party[payer]["charged_before_ore"] == 20_000_000_00
    for each, text in ((second, "233,333.33 SEK waits"), (third, "20,000,000.00 SEK was charged")):
        share = f"/cost-sharings/{each['id']}/shares/{payer}"
        explained = (await _get(billing, share)).json()
        [charged_now, *_] = explained["explanation"]["children"]
        assert text in charged_now["text"]
        due = [child["amount_ore"] for child in charged_now["children"]]
        assert sum(due) == explained["charged_now_ore"]
        exported = (await _get(billing, f"{share}/export.csv")).text
        rows = csv.DictReader(io.StringIO(exported))
        billed = sum(Fraction(row["BilledCost"]) for row in rows)
        assert billed * 100 == explained["charged_now_ore"]
    booked = (first, second, third)
    days = [each["next_true_up_on"] for each in booked]
    assert days == ["2015-04-30", "2015-08-31", None]
    charged = sum(share["charged_now_ore"] for each in booked for share in each["shares"])
    assert charged == 202_000_000_00
    # What was booked stays as it was.
    again = (await _get(billing, f"/cost-sharings/{first['id']}")).json()
    assert again == first | {"corrected_by": second["id"]}


async def test_facts_are_recognised_and_what_was_booked_does_not_move(
    billing: RunningService,
) -> None:
    template = templates()["karlstad"]
    path = await _register(billing, template)
    document = template.model_dump(mode="json")
    facts = document["examples"][0]
    sent_again = await _ok(billing, f"{path}/readings", {"readings": facts["readings"]})
    assert sent_again == {"new": 0, "known": 32}
    booked = await _ok(billing, f"{path}/sharings", _period(template), 201)
    share = f"/cost-sharings/{booked['id']}/shares/arvika"
    before = (await _get(billing, share)).json()
    assert {each["period"] for each in before["instalments"]} == {"2013-01", "2014-01"}

    await _ok(billing, "/ops/v1/index-values", {"index": "aki", "year": 2013, "value": "110"}, 201)
    late = facts["items"][0] | {"id": "late", "amount_ore": 16_00}
    await _ok(billing, f"{path}/cost-items", {"items": [late]})
    assert (await _get(billing, share)).json() == before
    correction = await _ok(
        billing, f"{path}/sharings", _period(template, corrects=booked["id"]), 201
    )
    now = {(each["party"], each["line"]): each["charged_now_ore"] for each in correction["shares"]}
    assert now["arvika", "administration"] == 7_500_00
    assert now["arvika", "e-services"] == 80
    assert now["arvika", "library"] == 0


async def test_late_joining_and_carried_surplus(billing: RunningService) -> None:
    path = await _register(billing, templates()["hoglandet"], 3)
    wanted = _period(templates()["hoglandet"], 3)
    booked = await _ok(billing, f"{path}/sharings", wanted, 201)
    assert {(each["payer"], each["amount_ore"]) for each in booked["transfers"]} == {
        ("sixth", 150_000_00)
    }
    owed = {share["party"]: share["owed_ore"] for share in booked["shares"] if not share["line"]}
    assert owed["sixth"] == 750_000_00
    assert sum(owed.values()) == 0

    sundsvall = templates()["sundsvall"]
    path = await _register(billing, sundsvall)
    first = await _ok(billing, f"{path}/sharings", _period(sundsvall), 201)
    membership = first["lines"][0]
    assert membership["carried_ore"] == membership["charged_ore"] - membership["cost_ore"]
    forecast = {"first_day": "2016-01-01", "last_day": "2016-12-31"}
    nothing = await _ok(billing, f"{path}/sharings/simulation", forecast)
    assert nothing["lines"][0]["brought_forward_ore"] == membership["carried_ore"]


async def test_every_template_is_shown_as_it_runs(billing: RunningService) -> None:
    listed = (await _get(billing, "/cost-arrangement-templates")).json()["items"]
    assert len(listed) == 16
    for each in listed:
        shown = (await _get(billing, f"/cost-arrangement-templates/{each['key']}")).json()
        for example in shown["examples"]:
            expected = {one["party"]: one["due_ore"] for one in example["example"]["expected"]}
            assert example["due_ore"] == expected
