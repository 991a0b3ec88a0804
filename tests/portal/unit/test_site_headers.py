import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import ckanext.datatablesview
import pytest

from ckanext.portal.headers import REFIT, kind_of, origin, policy


def rules(kind: str, **more) -> dict[str, str]:
    return dict(rule.partition(" ")[::2] for rule in policy(kind, **more).split("; "))


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        ("portal.index", "strict"),
        ("dataset.search", "strict"),
        ("dataset.read", "strict"),
        ("dataset_resource.view", "preview"),
        ("dataset_resource.read", "handlers"),
        ("dataset_resource.new", "handlers"),
        ("user.api_tokens", "handlers"),
        ("some.view", "strict"),
        ("", "strict"),
    ],
)
def test_kind_of_page(endpoint, kind):
    assert kind_of(endpoint) == kind


def test_a_page_runs_only_the_site_s_own_scripts():
    found = rules("strict")
    assert found["script-src"] == "'self'"
    assert found["script-src-attr"] == "'none'"
    assert found["frame-ancestors"] == "'self'"
    assert found["object-src"] == "'none'"


def test_only_a_preview_may_be_framed_elsewhere():
    assert rules("preview")["frame-ancestors"] == "*"
    assert rules("handlers")["frame-ancestors"] == "'self'"
    assert "'unsafe-inline'" not in rules("handlers")["script-src"]


def test_the_operator_s_sources_are_added():
    found = rules("strict", connect=["https://tiles.example.org"], frame=["https://maps.example.org"])
    assert found["connect-src"] == "'self' https://tiles.example.org"
    assert found["frame-src"] == "'self' https://maps.example.org"


def test_https_is_asked_for_only_where_the_site_has_it():
    assert "upgrade-insecure-requests" not in rules("strict")
    assert "upgrade-insecure-requests" in rules("strict", https=True)


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "https://tile.openstreetmap.org"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "http://127.0.0.1:8080"),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("javascript:alert(1)", ""),
        ("https://a.example; script-src */x", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_the_source_of_a_map_s_tiles(address, source):
    assert origin(address) == source


def test_only_previews_show_the_map_and_pictures_are_the_operator_s_choice():
    more = {"pictures": ["https://images.example.org"], "tiles": "https://tile.openstreetmap.org/{z}/{x}/{y}.png"}
    own = "'self' data: blob: https://images.example.org"
    assert rules("preview", **more)["img-src"] == f"{own} https://tile.openstreetmap.org"
    assert rules("strict", **more)["img-src"] == own
    assert rules("strict")["img-src"] == "'self' data: blob: https:"


def test_a_preview_runs_one_handler_and_no_other():
    """ckanext-geoview does not escape what a GeoJSON file says; the table view has one button with a handler."""
    allowed = rules("preview")["script-src-attr"].split()
    digest = b64encode(sha256(REFIT.encode()).digest()).decode()
    assert allowed == ["'unsafe-hashes'", f"'sha256-{digest}'"]


def test_that_handler_is_the_table_views():
    folder = Path(ckanext.datatablesview.__path__[0]) / "templates" / "datatables"
    assert re.findall(r'onclick="([^"]*)"', (folder / "datatables_view.html").read_text()) == [REFIT]
