"""The portal's folder, its ports and its settings."""

import configparser
import socket
import stat

import pytest

from ckanext.portal.launcher import ports, settings
from ckanext.portal.launcher.errors import PortalError
from ckanext.portal.launcher.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    for name in settings.FROM_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PORTAL_URL", raising=False)
    made = Home(tmp_path / "portal")
    made.create()
    return made


def test_home_is_where_portal_home_says(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "x"))
    assert Home().path == tmp_path / "x"


def test_a_folder_that_cannot_be_made_is_said(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PortalError, match="cannot be made"):
        Home(tmp_path / "file" / "portal").create()


def test_a_file_cut_short_by_a_crash_reads_as_empty(home) -> None:
    (home.path / "state.json").write_text('{"done": [')
    assert home.state() == {}


def test_steps_are_remembered(home) -> None:
    home.mark_done("cluster")
    home.mark_done("cluster")
    assert home.state()["done"] == ["cluster"]
    assert Home(home.path).done("cluster")


def test_secrets_are_random_kept_and_for_the_owner_alone(home, tmp_path) -> None:
    first = settings.make_secrets(home)
    assert settings.make_secrets(home) == first
    assert stat.S_IMODE((home.path / "secrets.json").stat().st_mode) == 0o600
    other = Home(tmp_path / "other")
    other.create()
    assert not set(settings.make_secrets(other).values()) & set(first.values())


def test_a_second_command_is_refused_while_the_first_works(home) -> None:
    with home.lock(), pytest.raises(PortalError, match="another command"), home.lock():
        pass


def test_a_long_path_gets_a_short_socket(tmp_path) -> None:
    deep = Home(tmp_path / ("d" * 60) / ("e" * 60))
    deep.create()
    assert len(str(deep.socket)) < 100
    assert deep.socket == Home(deep.path).socket


def test_ports_are_kept_from_start_to_start(home) -> None:
    first, notes = ports.choose(home, ["web", "postgres"], "127.0.0.1", None)
    assert ports.choose(home, ["web", "postgres"], "127.0.0.1", None) == (first, [])
    assert notes == []
    assert len(set(first.values())) == 2


def test_a_remembered_port_that_was_taken_changes_and_is_said(home) -> None:
    first, _ = ports.choose(home, ["postgres"], "127.0.0.1", None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first["postgres"]))
        other.listen()
        second, notes = ports.choose(home, ["postgres"], "127.0.0.1", None)
    assert second["postgres"] != first["postgres"]
    assert str(first["postgres"]) in notes[0]


def test_a_given_port_that_is_taken_is_an_error(home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortalError, match=str(port)):
            ports.choose(home, ["web"], "127.0.0.1", port)


def written(home: Home) -> dict[str, str]:
    settings.make_secrets(home)
    settings.write(home, {"web": 5001, "postgres": 1, "valkey": 2, "solr": 3}, "127.0.0.1")
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read(home.ini)
    return dict(parser["app:main"])


def test_settings_of_the_operator_win(home) -> None:
    home.settings.write_text("ckan.site_title = Open Data, 100% open\n")
    found = written(home)
    assert found["ckan.site_title"] == "Open Data, 100% open"
    assert found["ckan.site_url"] == "http://127.0.0.1:5001"
    assert stat.S_IMODE(home.ini.stat().st_mode) == 0o600


def test_a_settings_file_that_cannot_be_read_is_named(home) -> None:
    home.settings.write_text("[app:main]\nthis is no setting\n")
    with pytest.raises(PortalError, match=r"settings\.ini"):
        settings.operator(home)


@pytest.mark.parametrize(("key", "server"), [("ckan.redis.url", "valkey"), ("solr_url", "solr")])
def test_a_server_address_in_the_settings_means_do_not_start_one(home, key, server) -> None:
    home.settings.write_text(f"{key} = http://elsewhere/\n")
    assert settings.external(settings.operator(home)) == {server}


def test_ckans_own_variable_counts_as_a_setting(home, monkeypatch) -> None:
    monkeypatch.setenv("CKAN_SOLR_URL", "http://elsewhere:8983/solr/ckan")
    assert written(home)["solr_url"] == "http://elsewhere:8983/solr/ckan"


def test_a_database_of_ones_own_needs_the_datastore_too(home) -> None:
    with pytest.raises(PortalError, match=r"ckan\.datastore\.write_url"):
        settings.external({"sqlalchemy.url": "postgresql://x/y"})
