"""Cells and values, sheets in and out, what a row changes: without CKAN."""

import csv
import datetime as dt
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ckanext.council_schemas.bulk import diff, header, notation, read, write
from ckanext.council_schemas.bulk.fields import GROUPS, LIST, TAGS, YESNO, Field, titled
from ckanext.council_schemas.bulk.notation import Bad, Names, cell, guard, tidy, unguard, value
from ckanext.council_schemas.check.reading import Stopped

NAMES = Names()
THEME = Field("theme", "Themes", LIST, vocabulary="theme")
LINKS = Field("links", "Links", LIST)
STATUS = Field("status", "Status", choices=(("http://x/done", "Complete"), ("http://x/gone", "Withdrawn")))
INNER = Field("agent", "Agent", GROUPS, subfields=(Field("name", "Name"),))
CONTACT = Field(
    "contact", "Whom to ask", GROUPS,
    subfields=(Field("name", "Name"), Field("email", "Email"), Field("url", "Web page"), Field("also", "Also", LIST), INNER),
)  # fmt: skip
ONCE = Field("publisher", "Publisher", GROUPS, subfields=(Field("name", "Name"),), once=True)
TITLE = Field("title", "Title")

texts = st.text(st.characters(codec="utf-8"), max_size=40)
filled = texts.filter(lambda text: bool(tidy(text).strip()))


@given(texts)
def test_what_is_guarded_comes_back_and_never_runs(text):
    for is_csv in (True, False):
        assert unguard(guard(text, csv=is_csv)) == text
    assert not guard(text, csv=True).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(filled.map(lambda text: tidy(text).strip()), max_size=5))
def test_a_list_comes_back(given_):
    assert value(LINKS, cell(LINKS, given_, NAMES)) == given_


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "name": filled, "email": filled, "also": st.lists(filled, min_size=1, max_size=2),
                "agent": st.lists(st.fixed_dictionaries({"name": filled}), min_size=1, max_size=2),
            },
        ).filter(bool),
        max_size=4,
    )
)  # fmt: skip
def test_groups_come_back(groups):
    """But for control signs, and space at the end of the cell, which no spreadsheet keeps."""
    made = cell(CONTACT, groups, NAMES)
    assert cell(CONTACT, value(CONTACT, made), NAMES) == made


def test_how_groups_are_written():
    groups = [{"name": "Data: team", "email": "d@x.uk", "url": ""}, {"email": "e@x.uk"}, {"name": ""}]
    text = "name: Data: team\nemail: d@x.uk\n---\nemail: e@x.uk"
    assert cell(CONTACT, groups, NAMES) == text
    assert value(CONTACT, text) == [{"name": "Data: team", "email": "d@x.uk"}, {"email": "e@x.uk"}]
    assert value(CONTACT, "Name : A\r\nWEB PAGE: https://x.uk\n\n-----\nemail:\n") == [
        {"name": "A", "url": "https://x.uk"}
    ]
    assert cell(CONTACT, [{"agent": [{"name": "A"}]}], NAMES) == '[{"agent": [{"name": "A"}]}]'
    assert value(CONTACT, '{"name": 5, "agent": {"name": "A"}, "also": "x"}') == [
        {"name": "5", "agent": [{"name": "A"}], "also": ["x"]}
    ]
    assert value(CONTACT, "") == []


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        (CONTACT, "phone: 1", "part"),
        (CONTACT, "just a name", "part"),
        (CONTACT, "name: a\nname: b", "part_twice"),
        (CONTACT, '[{"phone": "1"}]', "part"),
        (CONTACT, '[{"name": {"x": 1}}]', "json_text"),
        (CONTACT, '["a"]', "json_groups"),
        (CONTACT, "[" * 5000, "json"),
        (CONTACT, "[{", "json"),
        (ONCE, "name: a\n---\nname: b", "one_group"),
        (LINKS, '[{"a": 1}]', "json_list"),
        (LINKS, "[not json", "json"),
        (STATUS, "Complet", "not_in_list"),
        (Field("private", "Private", YESNO), "maybe", "yes_or_no"),
    ],
)
def test_cells_that_cannot_be_read(column, text, code):
    with pytest.raises(Bad) as bad:
        value(column, text)
    assert bad.value.code == code


def test_codes_stand_as_labels():
    base = "http://publications.europa.eu/resource/authority/data-theme/"
    stored = [f"{base}TRAN", f"{base}AGRI", "https://example.org/other"]
    made = cell(THEME, stored, NAMES)
    assert made == "Transport\nAgriculture, fisheries, forestry and food\nhttps://example.org/other"
    assert value(THEME, "Transport; Health") == ["Transport", "Health"]  # codes are the validators' to find
    assert "Trafnidiaeth" in cell(THEME, stored, Names("cy"))
    assert cell(STATUS, "http://x/done", NAMES) == "Complete" and value(STATUS, "complete") == "http://x/done"
    assert notation.near(THEME, "Trasport") == ["Transport"] and notation.near(STATUS, "Complet") == ["Complete"]
    refers = Field("in_series", "Series", LIST, refers="dataset")
    assert cell(refers, ["1", "2"], Names(refs={"1": "air"})) == "air\n2"


def test_keywords_and_yes_or_no():
    tags = Field("tag_string", "Keywords", TAGS)
    assert value(tags, " air, ozone;air\nno2,") == ["air", "ozone", "no2"]
    assert cell(tags, ["air", "no2"], NAMES) == "air, no2"
    private = Field("private", "Private", YESNO)
    assert [value(private, text) for text in ("YES", "true", "no", "")] == [True, True, False, False]


def book(*rows, **sheets):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for name, more in sheets.items():
        place = made.create_sheet(name)
        for row in more:
            place.append(row)
    return made


def stored(tmp_path, made, change=None):
    path = tmp_path / "sheet"  # no ending: what is uploaded has none
    made.save(path) if isinstance(made, Workbook) else path.write_bytes(made)
    if change:
        parts = {}
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in parts.items():
                archive.writestr(name, change(body) if name.startswith("xl/worksheets/") else body)
    return path


def test_cells_of_a_workbook(tmp_path):
    made = book(["id", "a", "b", "c", "d", "e"], ["x", 5, 2.0, True, dt.datetime(2026, 3, 31), dt.date(2026, 4, 1)])
    rows = read.read(stored(tmp_path, made), read.Caps()).grids[0].rows
    assert rows[1].cells == ["x", "5", "2", "TRUE", "2026-03-31", "2026-04-01"]
    assert rows[1].line == 2 and rows[1].flaws == {}


def test_signs_that_no_text_can_hold_are_left_out(tmp_path):
    made = book(["id", "title"], ["1", "a_x0000_b_xD800_c_x000D_d_x0041_"])
    assert read.read(stored(tmp_path, made), read.Caps()).grids[0].rows[1].cells[1] == "abc\rdA"


def test_formulas_errors_and_merged_cells_are_flaws(tmp_path):
    made = book(
        ["id", "a", "b"], ["1", "=1+1", "x"], ["2", "#REF!", "y"], ["3", "m", "n"], ["4", "o", "p"], ["5", "q", "r"]
    )
    made.active.merge_cells("B4:C5")
    rows = {row.line: row.flaws for row in read.read(stored(tmp_path, made), read.Caps()).grids[0].rows}
    assert rows == {
        1: {},
        2: {1: "formula"},
        3: {1: "error"},
        4: {1: "merged", 2: "merged"},
        5: {1: "merged", 2: "merged"},
        6: {},
    }


def test_what_a_sheet_claims_costs_nothing(tmp_path):
    made = book(["id", "title"], ["1", "A"])
    made.active["B1048576"] = "far below"
    lie = lambda body: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', body)  # noqa: E731
    rows = read.read(stored(tmp_path, made, lie), read.Caps()).grids[0].rows
    assert [row.line for row in rows] == [1, 2, 1048576]
    small = lambda body: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', body)  # noqa: E731
    assert len(read.read(stored(tmp_path, made, small), read.Caps()).grids[0].rows) == 3


def test_caps(tmp_path):
    wide = book(["id"], ["1"])
    wide.active.cell(2, 301).value = "far right"
    with pytest.raises(Stopped, match="300 columns"):
        read.read(stored(tmp_path, wide), read.Caps())
    with pytest.raises(Stopped, match="more than 2 rows"):
        read.read(stored(tmp_path, b"id\n1\n\n2\n"), read.Caps(rows=2))
    with pytest.raises(Stopped, match="more than the 3 bytes"):
        read.read(stored(tmp_path, b"id\n1\n"), read.Caps(bytes=3))
    rows = read.read(stored(tmp_path, b"id,title\n1,aaaaaa\n"), read.Caps(cell=5)).grids[0].rows
    assert rows[1].flaws == {1: "long"}
    with pytest.raises(Stopped, match="protected by a password"):
        read.read(stored(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), read.Caps())


def test_a_bomb_is_refused(tmp_path):
    path = stored(tmp_path, book(["id"], ["1"]))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/more.xml", b"\0" * (read.UNPACKED + 1))
    with pytest.raises(Stopped, match="unpacks to more"):
        read.read(path, read.Caps())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_in_any_encoding_with_true_lines(tmp_path, encoding):
    text = 'id;title\r\n1;"Café\nof two lines"\r\n\r\n2;"x"\r\n'
    found = read.read(stored(tmp_path, text.encode(encoding)), read.Caps())
    assert [(row.line, row.cells) for row in found.grids[0].rows] == [
        (1, ["id", "title"]), (2, ["1", "Café\nof two lines"]), (5, ["2", "x"]),
    ]  # fmt: skip


COLUMNS = (
    Field("id", "Record ID"),
    Field("name", "Web address"),
    TITLE,
    Field("type", "Record type"),
    Field("kind", "Type"),
)


def head_of(*rows, titles=()):
    known = header.Known(COLUMNS, [titled(COLUMNS, str), *titles])
    return header.find(
        [read.Grid("", [read.Row(n, list(row)) for n, row in enumerate(rows, 1)])], known, header.OF_DATASETS
    )


def test_headers_as_labels_names_and_translations():
    found = head_of(["Our sheet"], ["ID", "Web Address *", "TITLE", "Type", "Titel", ""], ["1", "a", "b"])
    assert found
    head, rows = found
    assert [each and each.name for each in head.columns] == ["id", "name", "title", "kind", None, None]
    assert head.line == 2 and head.unknown == ({"column": "Titel", "place": 5, "near": "title"},) and len(rows) == 1
    found = head_of(["type", "Type", "id"])
    assert found and [each and each.name for each in found[0].columns] == ["type", "kind", "id"]
    found = head_of(["Teitl", "Cyfeiriad gwe"], titles=[{"title": "Teitl", "name": "Cyfeiriad gwe"}])
    assert found and [each and each.name for each in found[0].columns] == ["title", "name"]
    assert head_of(["Record type", "Type"]) is None
    twice = head_of(["id", "Title", "title"])
    assert twice and twice[0].twice == ("title",)


def test_records():
    found = head_of(["id", "", "Title"])
    assert found
    cells, problems = header.record(found[0], read.Row(7, ["1", "?", "'=x", "", "more"], {0: "formula", 1: "error"}))
    assert cells == {"id": "1", "title": "=x"}
    assert [(one["code"], one["line"]) for one in problems] == [("cell_formula", 7), ("beyond", 7)]
    assert header.record(found[0], read.Row(8, ["1"]))[0] == {"id": "1", "title": ""}


def test_titles_that_two_fields_share_have_the_name_behind_them():
    assert titled((Field("a", "Same"), Field("b", "same"), Field("c", "Other")), str) == {
        "a": "Same (a)", "b": "same (b)", "c": "Other",
    }  # fmt: skip


def test_what_is_touched():
    record = {
        "id": "1",
        "title": "Air\r\n",
        "links": ["a", "b"],
        "tags": [{"name": "z"}, {"name": "y"}, {"name": "v", "vocabulary_id": "x"}],
    }
    columns = (TITLE, LINKS, Field("tag_string", "Keywords", TAGS), Field("version", "Version"))
    before = diff.cells(columns, record, NAMES)
    assert diff.touched(columns, before, before) == []
    assert diff.touched(columns, {"title": "#keep", "links": "a\r\nb "}, before) == []
    touched = diff.touched(columns, {"title": "", "tag_string": "y"}, before)
    assert diff.patch(touched, {"title": "", "tag_string": "y"}, record) == (
        {"title": "", "tags": [{"name": "v", "vocabulary_id": "x"}, {"name": "y"}]}, [],
    )  # fmt: skip
    assert diff.changes(columns, before, before | {"title": "New"}) == [{"field": "title", "old": "Air", "new": "New"}]


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("2026-01-02T03:04:05.678901", ""), ("", ""), ("#keep", ""), ("2026-01-02 03:04:05.678000", ""),
        ("2026-01-02T03:04:05.600000", "moved"), ("2026-01-01", "moved"), ("yesterday", "unclear"),
        ("2026-01-02T03:04:05.678901+00:00", "unclear"), ("2025-01-01T00:00:00 0123456789abcdef", ""),
        ("2026-01-02T03:04:05.678901 1123456789abcdef", ""), ("2025-01-01T00:00:00 1123456789abcdef", "moved"),
    ],
)  # fmt: skip
def test_whether_a_record_was_saved_since(said, is_):
    assert diff.moved({"metadata_modified": said}, "2026-01-02T03:04:05.678901 0123456789abcdef") == is_


def guide(columns):
    nothing = dict.fromkeys(columns, "")
    return write.Guide(
        "How to", "Lists", ["Line"], ["a", "b", "c", "d", "e", "f"], nothing, nothing, {"status": ["Complete"]}, "yes"
    )


def test_a_written_workbook(tmp_path):
    columns = (TITLE, STATUS)
    rows = [
        {"title": "=1+1", "status": "Complete"},
        {"title": "_x0041_ '=x", "status": "2026-01-01"},
        {"title": "x" * 32_768},
    ]
    content = write.to_xlsx([write.Sheet("Datasets", columns, titled(columns, str), rows)], guide(columns))
    made = load_workbook(io.BytesIO(content))
    assert made["Datasets"]["A2"].data_type == "s" and made["Datasets"]["A2"].value == "=1+1"
    rule = made["Datasets"].data_validations.dataValidation[0]
    assert rule.formula1 == "'Lists'!$A$2:$A$2" and str(rule.sqref).startswith("B2:B")
    back = read.read(stored(tmp_path, content), read.Caps()).grids[0].rows
    assert [unguard(row.cells[0]) for row in back[1:]] == ["=1+1", "_x0041_ '=x", "#keep"]


@given(st.lists(filled, min_size=1, max_size=4))
def test_written_texts_are_read_as_they_were(given_):
    columns, path = (TITLE,), io.BytesIO()
    rows = [{"title": tidy(text)} for text in given_]
    sheet = write.Sheet("Datasets", columns, {"title": "Title"}, rows)
    path.write(write.to_xlsx([sheet], guide(columns)))
    place = load_workbook(path)["Datasets"]
    assert [unguard(read._unescaped(place.cell(n + 2, 1).value)) for n in range(len(rows))] == [
        row["title"] for row in rows
    ]
    back = list(csv.reader(io.StringIO(write.to_csv(sheet).decode("utf-8-sig"), newline="")))[1:]
    assert [unguard(row[0]) for row in back] == [row["title"] for row in rows]
