import pytest

from ckanext.portal.cache import Cache
from ckanext.portal.helpers import portal_bytes, portal_formats, portal_theme_icon


def test_a_value_is_made_once_until_its_time_is_over():
    now, made = [0.0], []
    cache = Cache(clock=lambda: now[0])

    def make():
        made.append(1)
        return len(made)

    assert [cache.get("a", make, 10), cache.get("a", make, 10)] == [1, 1]
    now[0] = 10.5
    assert cache.get("a", make, 10) == 2
    cache.clear()
    assert cache.get("a", make, 10) == 3


def test_it_does_not_grow():
    cache = Cache(size=3, clock=lambda: 0)
    for number in range(10):
        cache.get(number, lambda: "x", 10)
    assert len(cache._held) <= 3


def test_a_failure_is_not_kept():
    cache = Cache(clock=lambda: 0)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0, 10)
    assert cache.get("a", lambda: "fine", 10) == "fine"


def test_sizes_for_people():
    assert [portal_bytes(each) for each in (None, 0, 999, 1500, 1_536_000, 208_000_000, 3_200_000_000)] == [
        "",
        "0 B",
        "999 B",
        "2 kB",
        "1.5 MB",
        "208 MB",
        "3.2 GB",
    ]


def test_formats_once_each():
    resources = [{"format": "csv"}, {"format": " CSV "}, {"format": ""}, {}, {"format": "GeoJSON"}]
    assert portal_formats({"resources": resources}) == ["CSV", "GEOJSON"]
    assert portal_formats({}) == []


def test_theme_signs():
    assert portal_theme_icon("http://publications.europa.eu/resource/authority/data-theme/TRAN") == "bus"
    assert portal_theme_icon("tran") == "bus"
    assert portal_theme_icon("anything else") == "folder-open"
