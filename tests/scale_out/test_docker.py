"""docker/ as far as it can be held against the project without a Docker engine: nothing is built here."""

import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from ckanext.portal.launcher import settings
from ckanext.portal.launcher.home import PROJECT
from ckanext.portal.launcher.solr import CONFIGURATION

DOCKER = PROJECT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?")


def instructions(stage: str) -> list[tuple[str, str]]:
    """(word, rest) of each instruction of a stage, lines that go on joined."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[tuple[str, str]] = []
    current = ""
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "FROM":
            current = rest.rpartition(" AS ")[2]
        if current == stage:
            found.append((word, rest))
    assert found, f"no stage {stage}"
    return found


def copied(stage: str) -> list[str]:
    """Sources of COPY that come from the project."""
    found = [rest.split() for word, rest in instructions(stage) if word == "COPY" and "--from=" not in rest]
    return [source for words in found for source in [each for each in words if not each.startswith("--")][:-1]]


@pytest.mark.parametrize("stage", ["portal", "solr"])
def test_what_is_copied_is_there_and_not_ignored(stage: str) -> None:
    allowed = [
        line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    ]
    assert copied(stage)
    for source in copied(stage):
        assert (PROJECT / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in allowed), f"{source} is ignored"


def test_the_portal_is_installed_by_hash_and_runs_as_nobody_special() -> None:
    words = instructions("portal")
    assert any(word == "RUN" and "--require-hashes -r requirements.lock" in rest for word, rest in words)
    order = [word for word, _rest in words]
    user = next(rest for word, rest in words if word == "USER")
    assert user not in ("root", "0")
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert not any(word == "RUN" for word in order[order.index("USER") :])


def test_the_entry_is_the_launchers_own_command() -> None:
    words = dict(instructions("portal"))
    assert yaml.safe_load(words["ENTRYPOINT"]) == ["python", "-P", "-m", "ckanext.portal.launcher"]
    from ckanext.portal.launcher.__main__ import parser

    given = parser().parse_args(yaml.safe_load(words["CMD"]))
    assert (given.command, given.no_demo, given.detach) == ("up", True, False)
    for variable in ("PORTAL_HOME", "PORTAL_HOST", "PORTAL_PORT"):
        assert f"{variable}=" in words["ENV"]


def test_solr_gets_the_files_that_an_embedded_one_gets() -> None:
    assert {Path(source).name for source in copied("solr")} == set(CONFIGURATION)
    assert any(
        word == "COPY" and "--from=portal" in rest and rest.endswith("/conf/schema.xml")
        for word, rest in instructions("solr")
    )
    coordinates = (PROJECT / "config" / "solr" / "jars.lock").read_text()
    version = re.search(r"org\.apache\.solr:solr-core:([\d.]+)", coordinates)
    assert version
    assert f"FROM solr:{version.group(1)} AS solr" in DOCKERFILE


def test_no_image_floats() -> None:
    images = [each["image"] for each in SERVICES.values() if "image" in each]
    images += [rest.split()[0] for stage in ("portal", "solr") for word, rest in instructions(stage) if word == "FROM"]
    for image in images:
        assert re.search(r":\d", image), image


def test_the_environment_names_every_server_so_that_none_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment = {key: VARIABLE.sub("x", value) for key, value in SERVICES["portal"]["environment"].items()}
    for name in settings.FROM_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    from ckanext.portal.launcher.home import Home

    given = settings.operator(Home(tmp_path))
    assert settings.external(given) == set(settings.EXTERNAL)
    assert given["ckan.datastore.write_url"] != given["ckan.datastore.read_url"]


def test_the_addresses_are_those_of_services_and_databases_that_are_made() -> None:
    script = (DOCKER / "postgres" / "init.sh").read_text()
    for key, value in SERVICES["portal"]["environment"].items():
        if not key.endswith("_URL") or key == "PORTAL_URL":
            continue
        address = urlsplit(re.sub(r"\$\{[^}]*\}", "x", value))
        assert address.hostname in SERVICES, value
        if address.scheme == "postgresql":
            assert f"CREATE ROLE {address.username} LOGIN" in script
            assert f"CREATE DATABASE {address.path[1:]} OWNER" in script
    assert SERVICES["portal"]["environment"]["CKAN_SOLR_URL"].endswith("/solr/ckan")
    assert "precreate-core ckan " in DOCKERFILE


def test_what_is_mounted_or_built_or_waited_for_is_there() -> None:
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert (DOCKER / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], (
                f"{name}: {mount}"
            )
        if "build" in service:
            assert (DOCKER / service["build"]["context"]).resolve() == PROJECT
            assert (PROJECT / service["build"]["dockerfile"]).is_file()
            assert instructions(service["build"]["target"])
        for other, wait in service.get("depends_on", {}).items():
            assert "healthcheck" in SERVICES[other] or "HEALTHCHECK" in dict(
                instructions(SERVICES[other]["build"]["target"])
            ), other
            assert wait["condition"] == "service_healthy"


def test_no_password_is_in_the_file_and_each_variable_is_in_the_example() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    named = set(re.findall(r"^(\w+)=", (DOCKER / "env.example").read_text(), re.M))
    used = VARIABLE.findall(text)
    assert {name for name, _kind in used} == named
    assert all(kind == ":?" for name, kind in used if name.endswith("PASSWORD")), (
        "an empty password must stop the start"
    )
    assert not re.search(r"PASSWORD: (?!\$\{)", text)


def test_only_the_portal_is_published_and_not_to_the_world() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"portal": ["${PORTAL_BIND:-127.0.0.1:5000}:5000"]}


@pytest.mark.parametrize("script", ["postgres/init.sh", "datastore-rights.sh"])
def test_scripts_are_shell_and_may_be_run(script: str) -> None:
    path = DOCKER / script
    assert subprocess.run(["sh", "-n", path], capture_output=True).returncode == 0
    assert path.stat().st_mode & 0o111
