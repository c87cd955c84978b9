from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.make_secrets import SERVICES, Passwords, Places, files

ROOT = Path(__file__).parents[3]
SERVERS = ("postgres", "rabbitmq")
KEY_FILES = ("signing-key.json", "verify-keys.json")

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, Any] = COMPOSE["services"]


def test_there_is_one_container_for_each_service() -> None:
    assert set(CONTAINERS) == {*SERVERS, *SERVICES, "migrate", "keys"}
    for service in SERVICES:
        assert CONTAINERS[service]["command"] == [f"services.{service}"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_until_what_it_needs_is_healthy(service: str) -> None:
    conditions = {name: on["condition"] for name, on in CONTAINERS[service]["depends_on"].items()}
    assert conditions["migrate"] == "service_completed_successfully"
    others = {name for name in conditions if name != "migrate"}
    assert {conditions[name] for name in others} == {"service_healthy"}
    needed = {"postgres"} | (set(SERVICES) - {"gateway"} if service == "gateway" else {"rabbitmq"})
    assert others == needed


def test_the_migrations_wait_for_the_servers() -> None:
    assert {name: on["condition"] for name, on in CONTAINERS["migrate"]["depends_on"].items()} == {
        "postgres": "service_healthy",
        "rabbitmq": "service_healthy",
    }


@pytest.mark.parametrize("name", [*SERVERS, *SERVICES])
def test_health_is_really_asked(name: str) -> None:
    check = CONTAINERS[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    if name in SERVICES:
        assert "http://127.0.0.1:8000/readyz" in check["test"][-1]


def test_only_the_gateway_is_published_and_only_on_the_loopback() -> None:
    published = {name: on["ports"] for name, on in CONTAINERS.items() if "ports" in on}
    assert published == {"gateway": ["127.0.0.1:8080:8000"]}
    assert not any(on.get("network_mode") == "host" for on in CONTAINERS.values())
    for network in ("storage", "centre"):
        assert COMPOSE["networks"][network] == {"internal": True}
    assert [name for name, on in CONTAINERS.items() if "door" in on.get("networks", [])] == [
        "gateway"
    ]


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_images_are_pinned(name: str) -> None:
    repository, _, tag = CONTAINERS[name]["image"].partition(":")
    assert repository
    assert tag
    assert "latest" not in tag


@pytest.mark.parametrize("name", [*SERVICES, "migrate"])
def test_our_containers_have_no_more_rights_than_they_need(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in container
    assert "user" not in container  # the image's own, which is not root


def test_no_secret_stands_in_the_file() -> None:
    for name, container in CONTAINERS.items():
        for variable, value in (container.get("environment") or {}).items():
            secret = re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL|BROKER_URL", variable)
            if secret:
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.startswith("/run/secrets/"), f"{name}: {variable}"
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"://[^/\s]+:[^/\s]+@", text)


def test_every_secret_is_a_file_that_make_secrets_writes() -> None:
    written = {*files(Passwords(), Places()), *KEY_FILES}
    declared = {
        **COMPOSE["secrets"],
        "postgres-init.sql": COMPOSE["configs"]["postgres-init"],
    }
    # What systems outside of the composition publish with is handed to them.
    assert set(declared) == written - {"measuring-broker-url"}
    for name, source in declared.items():
        assert source == {"file": f"./deploy/secrets/{name}"}


def test_each_container_sees_only_its_own_secrets() -> None:
    for service in SERVICES:
        for secret in CONTAINERS[service]["secrets"]:
            foreign = [other for other in SERVICES if other != service and other in secret]
            assert not foreign
            assert "migration" not in secret
            assert "topology" not in secret
    holders = [
        name for name, on in CONTAINERS.items() if "signing-key.json" in on.get("secrets", [])
    ]
    assert holders == ["gateway"]


@pytest.mark.parametrize("name", [*SERVICES, "migrate", "postgres"])
def test_each_secret_that_is_named_is_mounted(name: str) -> None:
    container = CONTAINERS[name]
    named = {
        value.removeprefix("/run/secrets/")
        for value in (container.get("environment") or {}).values()
        if isinstance(value, str) and value.startswith("/run/secrets/")
    }
    assert named <= set(container["secrets"])
    assert set(container["secrets"]) <= set(COMPOSE["secrets"])


def test_the_migrate_job_mounts_what_its_script_reads() -> None:
    script = (ROOT / "deploy" / "migrate.sh").read_text()
    loop = re.search(r"for service in (.+); do", script)
    assert loop is not None
    assert set(loop[1].split()) == set(SERVICES)
    read = {name for name in re.findall(r"\$secrets/([\w.-]+)", script) if "$" not in name}
    read |= {f"{service}-migration-url" for service in SERVICES}
    assert read == set(CONTAINERS["migrate"]["secrets"])


def test_the_image_is_built_from_hashed_locks_and_runs_without_root() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", dockerfile, re.MULTILINE)
    copied = re.findall(r"^COPY (?:--chmod=\d+ )?([\w./-]+) ", dockerfile, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied
    for path in copied:
        assert (ROOT / path).exists()
        assert f"!{path}" in ignored
