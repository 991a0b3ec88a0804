"""The steps' operations, the rough extracts and the map's arithmetic, on small tables."""

import pytest

from ckanext.portal.demo import checks, seeds
from ckanext.portal.demo.dice import Dice
from ckanext.portal.demo.geojson import feature_collection
from ckanext.portal.demo.operations import apply
from ckanext.portal.demo.osgb import lon_lat
from ckanext.portal.demo.rough import roughen
from ckanext.portal.demo.table import stacked, table_of

CASES = [
    ({"op": "drop_blank_rows"}, ["A"], [["x"], [" "], [""]], ["A"], [["x"]]),
    ({"op": "trim"}, ["A"], [["  a   b "]], ["A"], [["a b"]]),
    ({"op": "iso_dates", "columns": ["D"]}, ["D"], [["31/03/2026"], ["2026-03-31"], [""]], ["D"], [["2026-03-31"], ["2026-03-31"], [""]]),
    ({"op": "plain_amounts", "columns": ["V"]}, ["V"], [["£1,234.5"], ["(20.00)"], [" 7 "], [""]], ["V"], [["1234.50"], ["-20.00"], ["7.00"], [""]]),
    ({"op": "drop_duplicates", "key": ["K"]}, ["K", "V"], [["1", "a"], ["1", "b"], ["2", "c"]], ["K", "V"], [["1", "a"], ["2", "c"]]),
    ({"op": "drop_duplicates"}, ["K", "V"], [["1", "a"], ["1", "a"], ["1", "b"]], ["K", "V"], [["1", "a"], ["1", "b"]]),
    ({"op": "keep_over", "column": "V", "amount": 500}, ["V"], [["500.00"], ["500.01"], ["-600"]], ["V"], [["500.01"], ["-600"]]),
    ({"op": "keep", "column": "S", "values": ["P"]}, ["S"], [["P"], ["X"]], ["S"], [["P"]]),
    ({"op": "keep_from", "column": "D", "first": "2026-02"}, ["D"], [["2026-01"], ["2026-02"]], ["D"], [["2026-02"]]),
    ({"op": "redact", "column": "N", "when": "T", "equals": ["PERSON"]}, ["N", "T"], [["a", "PERSON"], ["b", "FIRM"]], ["N", "T"], [["Redacted: personal data", "PERSON"], ["b", "FIRM"]]),
    ({"op": "suppress_under", "columns": ["N"], "count": 5}, ["N"], [["0"], ["1"], ["4"], ["5"], [""]], ["N"], [["0"], ["c"], ["c"], ["5"], [""]]),
    ({"op": "select", "columns": ["B"], "names": {"B": "Bee"}}, ["A", "B"], [["1", "2"]], ["Bee"], [["2"]]),
    ({"op": "sort", "columns": ["A"]}, ["A"], [["b"], ["a"]], ["A"], [["a"], ["b"]]),
    ({"op": "band", "column": "S", "size": 5000, "name": "Band"}, ["S"], [["50000"], ["54999.99"], ["55000"]], ["Band"], [["50000 - 54999"], ["50000 - 54999"], ["55000 - 59999"]]),
    ({"op": "total", "by": ["K"], "column": "V", "name": "Sum", "count": "N"}, ["K", "V"], [["b", "1.5"], ["a", "2.0"], ["b", "0.5"]], ["K", "Sum", "N"], [["a", "2.00", "1"], ["b", "2.00", "2"]]),
    ({"op": "total", "by": ["K"], "column": "V", "name": "Sum"}, ["K", "V"], [["10", "1"], ["9", "2"], ["10", ""]], ["K", "Sum"], [["9", "2"], ["10", "1"]]),
    ({"op": "total", "by": ["K"], "column": "V", "name": "Mean", "mean": True}, ["K", "V"], [["a", "1"], ["a", "2"]], ["K", "Mean"], [["a", "1.5"]]),
    ({"op": "quarter", "column": "D", "name": "Q"}, ["D"], [["2024-12-31"], ["2026-03-31"], ["2026-04-01"]], ["D", "Q"], [["2024-12-31", "2024-25 Q3"], ["2026-03-31", "2025-26 Q4"], ["2026-04-01", "2026-27 Q1"]]),
    ({"op": "cut", "column": "D", "length": 7, "name": "M"}, ["D"], [["2026-03-31"]], ["D", "M"], [["2026-03-31", "2026-03"]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "columns", "rows", "columns_after", "rows_after"),
    CASES,
    ids=lambda v: v["op"] if isinstance(v, dict) else "",
)
def test_operation(operation, columns, rows, columns_after, rows_after):
    before = table_of(columns, rows)
    after = apply(before, operation)
    assert (after.columns, after.rows) == (columns_after, rows_after)
    assert before.rows == rows, "the table given was changed"


@pytest.mark.parametrize("operation", [{"op": "vanish"}, {"op": "sort", "columns": ["Z"]}])
def test_a_wrong_operation_says_what_is_wrong(operation):
    with pytest.raises(ValueError, match=r"vanish|'Z'"):
        apply(table_of(["A"], [["1"]]), operation)


def test_rough_and_back_again():
    clean = table_of(["D", "V", "N"], [["2026-03-31", "-1234.50", "name"]] * 200)
    rough = roughen(clean, Dice("x"), dates=["D"], amounts=["V"], padded=["N"], duplicates=0.1, blanks=0.1)
    assert len(rough.rows) > 210 and any("£" in row[1] or "(" in row[1] for row in rough.rows)
    table = rough
    for operation in (
        {"op": "drop_blank_rows"},
        {"op": "trim"},
        {"op": "iso_dates", "columns": ["D"]},
        {"op": "plain_amounts", "columns": ["V"]},
    ):
        table = apply(table, operation)
    assert {tuple(row) for row in table.rows} == {("2026-03-31", "-1234.50", "name")}


@pytest.mark.parametrize(
    ("easting", "northing", "longitude", "latitude"),
    [(651409.903, 313177.270, 1.716038, 52.657977), (420000, 441000, -1.697, 53.865), (530000, 180000, -0.128, 51.504)],
)
def test_grid_references(easting, northing, longitude, latitude):
    """The first is the worked example of Ordnance Survey's guide, to within three metres."""
    found = lon_lat(easting, northing)
    assert found == pytest.approx((longitude, latitude), abs=0.00004 if latitude > 52.6 and longitude > 1 else 0.002)


def test_geojson_leaves_out_what_has_no_place():
    made = table_of(["Name", "Longitude", "Latitude"], [["a", "-1.7", "53.8"], ["b", "", ""]])
    text = feature_collection(made)
    assert text.count(b'"Feature",') == 1 and b'"Name": "a"' in text


def test_csv_is_rfc_4180():
    assert table_of(["A", "B"], [['say "x"', "1,2"], ["", "é"]]).csv() == 'A,B\r\n"say ""x""","1,2"\r\n,é\r\n'.encode()


def test_tables_with_other_columns_do_not_stack():
    with pytest.raises(ValueError, match="different columns"):
        stacked([table_of(["A"], []), table_of(["B"], [])])


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ({"required": ["A"]}, "no A"),
        ({"dates": ["D"]}, "31/03/2026"),
        ({"numbers": ["N"]}, "'x'"),
        ({"unique": ["U"]}, "not unique"),
    ],
)
def test_checks_find(rules, problem):
    table = table_of(["A", "D", "N", "U"], [["", "31/03/2026", "x", "1"], ["a", "2026-03-31", "1.5", "1"]])
    assert any(problem in found for found in checks.problems(table, rules))
    with pytest.raises(ValueError, match="problems"):
        checks.report("t", table, rules)


def test_dice_do_not_depend_on_each_other():
    one, two = Dice("a"), Dice("a")
    Dice("b").unit()
    assert [one.whole(1, 6) for _ in range(50)] == [two.whole(1, 6) for _ in range(50)]
    assert {one.whole(1, 3) for _ in range(200)} == {1, 2, 3}
    assert len(set(one.sample(range(10), 10))) == 10


def test_seeds_that_are_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("TOWPATH_SEEDS", str(tmp_path))
    with pytest.raises(seeds.SeedError, match="TOWPATH_SEEDS"):
        seeds.read()


@pytest.mark.parametrize(("text", "says"), [("name: x\n", "no extracts"), ("a: [", "broken.yaml")])
def test_a_broken_seed_names_its_file(tmp_path, text, says):
    (tmp_path / "datasets").mkdir()
    for name in ("council.yaml", "words.yaml"):
        (tmp_path / name).write_text("seed: x\n")
    (tmp_path / "datasets" / "broken.yaml").write_text(text)
    with pytest.raises(seeds.SeedError, match=says) as raised:
        seeds.read(tmp_path)
    assert "broken.yaml" in str(raised.value)
