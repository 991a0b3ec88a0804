"""Words by which a person's name is told from a company's, from names.csv (pure).

``FORENAMES``: common in the United Kingdom. ``COMPANY``: words that companies add. ``FIRMS``: whose name begins as a person's does.
"""

import csv
from pathlib import Path

with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as _file:
    _ROWS = [(row["kind"], row["word"]) for row in csv.DictReader(_file)]


def _of(kind: str) -> frozenset[str]:
    return frozenset(word for each, word in _ROWS if each == kind)


FORENAMES, COMPANY, FIRMS = _of("forename"), _of("company"), _of("firm")
