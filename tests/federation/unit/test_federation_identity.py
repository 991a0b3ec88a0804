"""By what a dataset is known again: at another node, and after its node moved to another platform."""

import pytest

from ckanext.federation.harvest import identity

ITEM = "0" * 31 + "a"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (f"https://www.arcgis.com/home/item.html?id={ITEM}&sublayer=3", f"arcgis:{ITEM}:3"),
        (f"https://hub.example/datasets/{ITEM}_3", f"arcgis:{ITEM}:3"),
        (f"{ITEM}_3", f"arcgis:{ITEM}:3"),
        ("https://opendata.camden.gov.uk/api/views/abcd-12ef", "socrata:opendata.camden.gov.uk/abcd-12ef"),
        ("https://opendata.camden.gov.uk/d/abcd-12ef", "socrata:opendata.camden.gov.uk/abcd-12ef"),
        ("https://opendata.camden.gov.uk/Housing/Homes/abcd-23ef", "socrata:opendata.camden.gov.uk/abcd-23ef"),
        ("https://www.york.gov.uk/open-data", "york.gov.uk/open-data"),
        ("https://www.york.gov.uk/data-2023", "york.gov.uk/data-2023"),
        ("3F2504E0-4F89-41D3-9A0C-0305E82C3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        ("https://doi.org/10.1234/ABC.5", "doi:10.1234/abc.5"),
        ("http://www.example.org/d/1/", "example.org/d/1"),
        ("12", ""),
        ("trees", ""),
        ("", ""),
    ],
)
def test_ids_that_mean_the_same_everywhere(stated, expected):
    assert identity.world_id(stated) == expected


def test_addresses_in_one_form():
    same = {"https://www.e.org/a%20b/?y=2&x=1", "http://e.org/a b?x=1&y=2", "https://E.org//a%20b?x=1&y=2&token=z"}
    assert {identity.address(one) for one in same} == {"e.org/a b?x=1&y=2"}
    for nothing in ("https://e.org/", "https://e.org", "mailto:x@e.org", "", "https://[", "javascript:x"):
        assert identity.address(nothing) == ""


def keyed(upstream_id="", url="", files=(), title="", **more):
    resources = [{"url": file} for file in files]
    return identity.keys(upstream_id, {"url": url, "resources": resources, "title": title, **more})


def test_the_same_dataset_at_two_nodes():
    council = keyed("https://data.york.gov.uk/dataset/trees", "https://data.york.gov.uk/dataset/trees", title="Trees")
    national = keyed("9d1e", "http://www.data.york.gov.uk/dataset/trees/", title="Street trees of York")
    other = keyed("9d1f", "https://data.york.gov.uk/dataset/bins", title="Trees")
    found = identity.match(national, {"a": council, "b": other})
    assert (found.other, found.kind) == ("a", "page")
    assert found.evidence == ("page:data.york.gov.uk/dataset/trees",)
    # A title is no evidence between nodes.
    assert identity.match(keyed(title="Trees"), {"a": council, "b": other}) is None


def test_files_tell_where_at_least_half_are_shared_and_only_one_fits():
    mine = keyed("1", "https://a.org/1", ["https://f.org/1.csv", "https://f.org/2.csv"])
    half = keyed("2", "https://b.org/2", ["https://f.org/1.csv", "https://g.org/2.csv"])
    less = keyed(
        "3", "https://b.org/3", ["https://f.org/1.csv", "https://g.org/3", "https://g.org/4", "https://g.org/5"]
    )
    assert identity.match(mine, {"half": half}).other == "half"
    assert identity.match(mine, {"less": less}).kind == "file"  # half of the smaller set
    assert identity.match(mine, {"half": half, "same": half}) is None
    three = keyed("4", "https://a.org/4", ["https://f.org/1.csv", "https://h.org/2", "https://h.org/3"])
    assert identity.match(three, {"less": less}) is None


def test_a_page_shared_by_two_tells_nothing():
    mine = keyed("1", "https://a.org/data")
    assert identity.match(mine, {"x": keyed("2", "https://a.org/data"), "y": keyed("3", "https://a.org/data")}) is None
    assert identity.ambiguous({"x": mine, "y": mine}) == set(mine)


def test_other_ids_that_a_dataset_states():
    mine = keyed("77", alternate_identifier=["3f2504e0-4f89-41d3-9a0c-0305e82c3301"])
    assert identity.match(mine, {"x": keyed("3F2504E0-4F89-41D3-9A0C-0305E82C3301")}).kind == "id"


def test_a_node_that_moves_keeps_its_datasets():
    old = {
        "da_1": keyed("da_1", "https://data.leeds.example/explore/dataset/trees/", title="Street trees"),
        "da_2": keyed("da_2", "https://data.leeds.example/explore/dataset/air/", ["https://gis.example/air/0"], "Air"),
        "da_3": keyed("da_3", "https://data.leeds.example/explore/dataset/bins/", title="Bins"),
        "da_4": keyed("da_4", "https://data.leeds.example/explore/dataset/bins-2/", title="Bins"),
    }
    page = "https://data.leeds.example/datasets/"
    new = {
        "n1": keyed("n1", page + "street-trees", title="Street Trees"),
        "n2": keyed("n2", page + "air-quality", ["https://gis.example/air/0/"], "Air quality"),
        "n3": keyed("n3", page + "bins", title="Bins"),
        "n4": keyed("n4", page + "parks", title="Parks"),
    }
    found = identity.moved(old, new)
    assert {name: (one.other, one.kind) for name, one in found.items()} == {
        "n1": ("da_1", "title"),
        "n2": ("da_2", "file"),
    }
