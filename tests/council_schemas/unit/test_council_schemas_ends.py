"""Why a check ended, in the reader's language: every text that a check may end with is one of those that are translated."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ckanext.council_schemas.check import Limits, check_file, sniff, tables
from ckanext.council_schemas.review import ends

FOLDER = Path(sniff.__file__).parent


def _text(node):
    """What a node of the source says, with a 7 for what is filled in; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def _said():
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Stopped":
                text = _text(node.args[0])
                if text:
                    yield text
            if path.name == "sniff.py" and isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                yield from (text for text in map(_text, node.value.elts) if text and " " in text)
    yield from (f"This is {what}, not a table." for _, what in sniff.MAGIC)


SAID = sorted(set(_said()) - {"This is 7, not a table."})


@pytest.mark.parametrize("text", SAID)
def test_every_end_has_words(text):
    found = ends.known(text)
    assert found is not None
    assert found[0].format(**found[1]) == text


def test_they_were_found_in_the_source():
    assert len(SAID) > 28 and "This workbook has no sheet." in SAID


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("scan.csv", b"%PDF-1.7 ..."),
        ("cut.xlsx", b"PK\x03\x04 and no more"),
        ("locked.xlsx", sniff.OLE + b"\0" * 600),
        ("noise.csv", bytes(range(256)) * 8),
        ("prose.csv", b"1\n2\n3\n"),
        ("odd.csv", b"a,b\n" + b"1,2\n" * 300 + b'3,"4\n' + b'x"y,z\n'),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    stopped = check_file(tmp_path / name, tables.get("expenditure-over-500"), limits=Limits(rows=250)).stopped
    assert stopped and ends.known(stopped), stopped


@pytest.mark.parametrize(
    ("message", "text", "values"),
    [
        (
            "The file cannot be read from line 7 on: a quotation mark may not be closed.",
            "The file cannot be read from line {line} on: a quotation mark may not be closed.",
            {"line": "7"},
        ),
        (
            "This workbook cannot be opened: no {such} file: x. It may be damaged, or protected by a password.",
            "This workbook cannot be opened: {error}. It may be damaged, or protected by a password.",
            {"error": "no {such} file: x"},
        ),
    ],
)
def test_what_is_filled_in_is_kept(message, text, values):
    assert ends.known(message) == (text, values)


def test_what_is_not_ours_is_left(app):
    with app.flask_app.test_request_context():
        assert ends.why("TimeoutError: {x}") == "TimeoutError: {x}"
        assert ends.why("This workbook has no sheet.") == "This workbook has no sheet."
