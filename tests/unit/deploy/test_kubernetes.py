from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.make_secrets import EVENT_SERVICES, SERVICES, Passwords, Places, files

FOLDER = Path(__file__).parents[3] / "deploy" / "kubernetes"
WRITTEN = {*files(Passwords(), Places()), "signing-key.json", "verify-keys.json"}


def _documents() -> list[dict[str, Any]]:
    kustomization = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    return [
        document
        for name in kustomization["resources"]
        for document in yaml.safe_load_all((FOLDER / name).read_text())
    ]


DOCUMENTS = _documents()
PODS: dict[str, dict[str, Any]] = {
    document["metadata"]["name"]: document["spec"]["template"]["spec"]
    for document in DOCUMENTS
    if document["kind"] in {"Deployment", "Job"}
}


def _dns(service: str) -> str:
    return service.replace("_", "-")


def test_every_manifest_is_part_of_the_base() -> None:
    named = set(yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"])
    assert named == {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}


def test_there_is_a_workload_for_each_service_and_the_migrations() -> None:
    assert set(PODS) == {"migrate", *map(_dns, SERVICES)}
    for service in SERVICES:
        assert PODS[_dns(service)]["containers"][0]["args"] == [f"services.{service}"]


@pytest.mark.parametrize("name", sorted(PODS))
def test_pods_run_without_rights(name: str) -> None:
    pod = PODS[name]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("service", SERVICES)
def test_services_are_probed(service: str) -> None:
    (container,) = PODS[_dns(service)]["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    expected = "/livez" if service == "gateway" else "/readyz"
    assert container["readinessProbe"]["httpGet"]["path"] == expected


@pytest.mark.parametrize("service", SERVICES)
def test_services_are_found_where_the_gateway_looks(service: str) -> None:
    ports = {
        document["metadata"]["name"]: document["spec"]["ports"][0]["port"]
        for document in DOCUMENTS
        if document["kind"] == "Service"
    }
    assert ports[_dns(service)] == 8000
    if service in EVENT_SERVICES:
        environment = {
            entry["name"]: entry["value"] for entry in PODS["gateway"]["containers"][0]["env"]
        }
        assert environment[f"SSC_{service.upper()}_URL"] == f"http://{_dns(service)}:8000"


@pytest.mark.parametrize("name", sorted(PODS))
def test_the_secrets_a_pod_reads_are_put_into_its_secret(name: str) -> None:
    readme = (FOLDER / "README.md").read_text().replace("\\\n", " ")
    service = name.replace("-", "_")
    pattern = (
        r"secret generic ssc-\$\(echo[^)]*\)(.*)"
        if service in EVENT_SERVICES
        else rf"secret generic ssc-{name}\b(.*)"
    )
    line = re.search(pattern, readme)
    assert line is not None
    given = {
        file.replace("$service", service) for file in re.findall(r"--from-file=(\S+)", line[1])
    }
    assert given <= WRITTEN
    read = {
        entry["value"].rpartition("/")[2]
        for entry in PODS[name]["containers"][0]["env"]
        if entry["name"].endswith("_FILE")
    }
    assert read <= given
    if name != "migrate":
        assert read == given


def test_no_secret_stands_in_a_manifest() -> None:
    assert not any(document["kind"] == "Secret" for document in DOCUMENTS)
    for name, pod in PODS.items():
        for entry in pod["containers"][0]["env"]:
            if re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL|BROKER_URL", entry["name"]):
                assert entry["value"].startswith("/run/secrets/ssc"), f"{name}: {entry['name']}"
