"""The action and the command that find out what a site is."""

import json

import pytest
from ckan import logic, model
from ckan.tests.helpers import call_action, call_auth

from ckanext.federation.cli import federation as command

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)


def test_what_is_found_can_be_registered_and_harvested(federation, server, feed, cli, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    server.serve("/data.json", feed("socrata_data.json"), Content_Type="application/json")
    answer = cli.invoke(command, ["discover", server.url, "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found["platform_name"] == "Socrata"
    call_action("federation_node_create", name="canal", feed_url=found["feed_url"], dialect=found["dialect"])
    assert call_action("federation_run", id="canal")["results"]["created"] >= 2
    shown = cli.invoke(command, ["discover", server.url])
    assert "Platform: Socrata" in shown.output
    assert f"ckan federation add NAME {server.url}/data.json --dialect socrata" in shown.output


def test_a_site_that_offers_nothing(federation, server, cli, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    answer = cli.invoke(command, ["discover", server.url])
    assert answer.exit_code == 1
    assert "offers no feed" in answer.output


def test_private_addresses_and_strangers(federation):
    with pytest.raises(logic.ValidationError, match="private address"):
        call_action("federation_discover", url="http://127.0.0.1:1/")
    with pytest.raises(logic.NotAuthorized):
        call_auth("federation_discover", {"user": "", "model": model})
