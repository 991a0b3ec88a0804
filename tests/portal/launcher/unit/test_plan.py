"""What is started, in which order, and what supervisor is told."""

import configparser
import shlex

from ckanext.portal.launcher import plan, spec
from ckanext.portal.launcher.spec import Service


def service(name: str, wave: int, command: list[str] | None = None) -> Service:
    return Service(name, command or ["true"], wave)


def test_a_server_of_the_operators_is_not_started() -> None:
    assert plan.names({"postgres", "solr"}, demo=False) == ["valkey", "web", "worker", "lanes", "scheduler"]


def test_the_demo_node_runs_only_with_the_demo() -> None:
    assert "demo-node" in plan.names(set(), demo=True)
    assert "demo-node" not in plan.names(set(), demo=False)


def test_tests_start_servers_alone() -> None:
    assert plan.names(set(), demo=False, only=spec.SERVERS) == ["postgres", "valkey", "solr"]


def test_waves_keep_their_order() -> None:
    found = plan.waves([service("web", 2), service("solr", 1), service("worker", 3), service("postgres", 1)])
    assert [[each.name for each in wave] for wave in found] == [["solr", "postgres"], ["web"], ["worker"]]


def test_clients_stop_before_servers() -> None:
    groups = plan.stop_order(["postgres", "web", "solr", "worker", "valkey"])
    assert set(groups[0]) == {"web", "worker"}
    assert set(groups[1]) == {"postgres", "valkey", "solr"}


def test_stop_order_of_nothing_is_nothing() -> None:
    assert plan.stop_order([]) == []


def read(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read_string(text)
    return parser


def test_program_keeps_odd_words_whole() -> None:
    command = ["/bin/x", "a folder/with space", "100%"]
    section = read(plan.program(service("web", 2, command), "/logs", "towpath", {"HOME": "/a b"}, 1))["program:web"]
    assert shlex.split(section["command"]) == ["/bin/x", "a folder/with space", "100%%"]  # supervisor reads %% as %
    assert section["environment"] == 'HOME="/a b"'
    assert section["user"] == "towpath"
    assert section["autorestart"] == "true"


def test_program_of_an_ordinary_user_names_no_account() -> None:
    assert "user" not in read(plan.program(service("web", 2), "/logs", None, {}, 1))["program:web"]


def test_postgres_listens_on_loopback_only(tmp_path) -> None:
    command = spec.postgres(tmp_path, tmp_path, tmp_path, 5555).command
    assert "-h127.0.0.1" in command
    assert "-p5555" in command


def test_web_binds_to_an_ipv6_address_in_brackets(tmp_path) -> None:
    command = spec.web("python", tmp_path, tmp_path / "portal.ini", "::1", 5000).command
    assert command[command.index("--bind") + 1] == "[::1]:5000"
