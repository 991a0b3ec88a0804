"""Every sentence of the journey has its Welsh, with the same blanks to fill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOM = Path(__file__).parents[3] / "ckanext" / "journey"
WELSH = ROOM / "i18n" / "cy" / "LC_MESSAGES" / "ckanext-journey"


@pytest.fixture(scope="module")
def sentences():
    methods = [("**.py", "python"), ("**/templates/**.html", "ckan.lib.extract:extract_ckan")]
    found = extract_from_dir(
        str(ROOM), methods, keywords={"_": None, "N_": None, "ungettext": (1, 2), "ngettext": (1, 2)}
    )
    return {message[0] if isinstance(message, tuple) else message for _, _, message, *_ in found}


def test_the_extraction_finds_them(sentences):
    assert {"Journey of this data", "Extracted", "{n} row", "Give a date like 2024-03-31"} <= sentences


def test_welsh_is_whole_and_compiled(sentences):
    with open(f"{WELSH}.po", "rb") as source, open(f"{WELSH}.mo", "rb") as compiled:
        words, binary = read_po(source), read_mo(compiled)
    assert sentences - {message.id[0] if isinstance(message.id, tuple) else message.id for message in words} == set()
    for message in words:
        if not message.id:
            continue
        one, many = (message.id, message.string) if isinstance(message.id, tuple) else ([message.id], (message.string,))
        blanks = set(re.findall(r"\{\w+\}", one[0]))
        assert all(text and set(re.findall(r"\{\w+\}", text)) == blanks for text in many), one[0]
        assert list(binary[message.id].string) == list(message.string)
