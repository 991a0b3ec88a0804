import pytest

from ckanext.portal.autocomplete import matches
from ckanext.portal.search import excerpt, highlight, words


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Car Parks", ["car", "parks"]),
        ("title:parks AND tags:finance", ["parks", "finance"]),
        ("parks -leisure", ["parks"]),
        ("", []),
        ("a £ !", []),
        ("ansawdd aer yng Nghymru", ["ansawdd", "aer", "yng", "nghymru"]),
    ],
)
def test_words_of_a_query(query, expected):
    assert words(query) == expected


def test_words_are_marked_in_all_their_forms():
    assert highlight("Parking in parks", "park") == "<mark>Parking</mark> in <mark>parks</mark>"
    assert highlight("Each library", "libraries") == "Each <mark>library</mark>"
    assert highlight("A spark", "park") == "A spark"


def test_what_is_harvested_cannot_bring_markup():
    assert highlight("<script>park</script>", "park") == "&lt;script&gt;<mark>park</mark>&lt;/script&gt;"
    assert highlight("a & b", "<b>") == "a &amp; b"


def test_a_query_without_words_marks_nothing():
    assert highlight("Parks", "*:*") == "Parks"


@pytest.mark.parametrize("query", ["(", "a+b[", "\\", "(?P<x>", "((((((("])
def test_any_query_is_text(query):
    assert "Parks" in highlight("Parks", query)


def test_excerpt_shows_where_it_was_found():
    text = "word " * 200 + "needle in the hay " + "word " * 50
    found = excerpt(text, "needle", 100)
    assert "needle" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) <= 110


def test_a_short_text_stays_whole():
    assert excerpt("  Two\n lines ", "x") == "Two lines"
    assert excerpt("", "x") == ""


def test_a_word_longer_than_the_excerpt():
    assert len(excerpt("x" * 500, "y", 50)) <= 54


@pytest.mark.parametrize(
    ("label", "typed", "expected"),
    [
        ("Bristol City Council", ["bri"], True),
        ("Bristol City Council", ["city", "bri"], True),
        ("Bristol City Council", ["ristol"], False),
        ("Bristol City Council", ["bri", "leeds"], False),
    ],
)
def test_labels_match_by_the_beginnings_of_words(label, typed, expected):
    assert matches(label, typed) is expected
