"""data.gov.uk's Inventory XML."""

import io

import pytest

from ckanext.federation.harvest import reading
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import FeedError, Hints

POLICY = Policy("https://www.swaledale.example/", registered_licences=frozenset(["notspecified", "uk-ogl"]))


def read(body, small=reading.SMALL):
    one = reading.opened(io.BytesIO(body), Hints("https://www.swaledale.example/i.xml", "text/xml"), small=small)
    items = [item for page in one.pages() for item in page.items]
    return [(one.module.identity(item), convert(one.module.read(item), POLICY)) for item in items]


@pytest.mark.parametrize("small", [0, reading.SMALL])
def test_an_inventory(feed, small):
    found = dict(read(feed("inventory.xml"), small))
    toilets = found["https://www.swaledale.example/data/toilets"]
    dataset = toilets.dataset
    assert (dataset["title"], dataset["notes"]) == ("Public toilets", "Where they are **open**.")
    assert (dataset["license_id"], dataset["lgsl_service"], dataset["gss_area"]) == ("uk-ogl", "1570", "E07000167")
    assert dataset["tags"] == ["Street care"]
    assert dataset["publisher"] == [{"name": "Swaledale Council"}]
    assert dataset["temporal_coverage"] == [{"start": "2026-01-01", "end": "2026-01-31"}]
    table, notes = dataset["resources"]
    assert (table["url"], table["format"], table["modified"]) == (
        "https://www.swaledale.example/data/toilets-2026.csv",
        "CSV",
        "2026-02-02",
    )
    assert table["conforms_to"] == ["http://schemas.opendata.esd.org.uk/PublicToilets"]
    assert (notes["name"], notes["format"]) == ("Notes", "HTML")
    assert any("RelationType" in note and "Toilets, 2019" in note for note in toilets.notes)
    assert "no longer active" in found["gone"].refused
    assert found["secret"].refused == "The inventory says that it is protected: Personal data."
    assert "" in found  # without an identifier, which the comparison refuses


@pytest.mark.parametrize("small", [0, reading.SMALL])
def test_an_inventory_cut_short_or_with_entities_is_refused(feed, small):
    body = feed("inventory.xml")
    with pytest.raises(FeedError, match="cut short"):
        read(body[: len(body) // 2], small)
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    with pytest.raises(FeedError, match="entities"):
        read(body.replace(b"<inv:Inventory", entity + b"<inv:Inventory", 1), small)


def test_an_empty_inventory_is_empty():
    assert (
        read(b'<Inventory xmlns="http://schemas.esd.org.uk/inventory" Modified="2026-01-01"><Datasets/></Inventory>')
        == []
    )


def test_the_encoding_that_xml_declares_counts_where_the_text_is_no_utf8():
    dataset = "<Dataset><Identifier>1</Identifier><Title>Łódź</Title><Resources/></Dataset>"
    text = f'<?xml version="1.0" encoding="ISO-8859-2"?><Inventory><Datasets>{dataset}</Datasets></Inventory>'
    for small in (0, reading.SMALL):
        [(_name, found)] = read(text.encode("iso-8859-2"), small)
        assert found.dataset["title"] == "Łódź"
