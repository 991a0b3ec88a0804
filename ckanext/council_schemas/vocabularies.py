"""The council's code lists, read from ``vocabularies/*.csv`` (pure).

Each file opens with ``# key: value`` lines (title, source, date, licence) and goes on as CSV with at
least ``code`` and ``label``. Codes are what is stored; labels are what people read.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "vocabularies"
# ONS: unitary, district, metropolitan, London, county, combined authorities, GLA, Wales, Scotland, NI.
GSS_PATTERN = re.compile(r"(E0[6-9]|E10|E47|E61|W06|S12|N09)\d{6}")
# Where each stored field finds its labels.
FIELD_VOCABULARY = {
    "vocab_sector": "sector",
    "theme": "theme",
    "vocab_theme": "theme",
    "language": "language",
    "vocab_language": "language",
    "frequency": "frequency",
    "access_rights": "access_right",
    "transparency_set": "transparency_set",
    "lgsl_service": "lgsl",
    "esd_function": "esd_function",
    "use_area": "use_area",
    "vocab_use_area": "use_area",
    "hvd_category": "hvd_category",
    "vocab_hvd_category": "hvd_category",
    "security_classification": "security_classification",
    "dpia_status": "dpia_status",
    "gss_area": "gss",
    "gss_code": "gss",
    "sensitivity": "sensitivity",
    "sector": "sector",
    "license_id": "licence",
}


@dataclass(frozen=True)
class Term:
    """One code of a list. ``extra`` holds the columns that only this list has, all strings."""

    code: str
    label: str
    label_cy: str = ""
    aliases: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The label in Welsh if asked for and known, else in English."""
        return self.label_cy if lang == "cy" and self.label_cy else self.label

    @property
    def retired(self) -> bool:
        return self.extra.get("status") == "retired"


@dataclass(frozen=True)
class Vocabulary:
    """A code list with where it comes from (``about``: title, source, date, licence)."""

    name: str
    about: dict[str, str]
    terms: dict[str, Term]
    names: dict[str, str]

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms.values())

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    def get(self, code: str) -> Term | None:
        return self.terms.get(code)

    def label(self, code: str, lang: str = "en") -> str:
        """The label of a code; a code that is not in the list is its own label."""
        term = self.terms.get(code)
        return term.text(lang) if term else code

    def match(self, text: str) -> str | None:
        """The code meant by a code, label or known alias in any case, or None."""
        if text in self.terms:
            return text
        return self.names.get(fold(text))


def fold(text: str) -> str:
    """The form in which names are compared: lower case, one scheme, no end slash, single spaces."""
    text = re.sub(r"\s+", " ", text.strip().lower())
    return re.sub(r"^https?://(www\.)?", "", text).rstrip("/")


def read(path: Path) -> Vocabulary:
    """Read one list. Raises KeyError when a row has no code or label."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line[1:].partition(":") for line in lines if line.startswith("#")]
    about = {key.strip(): value.strip() for key, _, value in head}
    terms = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        aliases = tuple(a.strip() for a in (row.pop("aliases", "") or "").split(";") if a.strip())
        term = Term(row.pop("code"), row.pop("label"), row.pop("label_cy", "") or "", aliases, dict(row))
        terms[term.code] = term
    return Vocabulary(path.stem, about, terms, _names(terms))


def _names(terms: dict[str, Term]) -> dict[str, str]:
    """Folded names to codes; a name that two terms share means neither, but a current one wins over a retired."""
    names: dict[str, str | None] = {}
    for term in terms.values():
        # The last part of an authority URI ("QUARTERLY") is a name as well.
        tail = term.code.rsplit("/", 1)[-1] if "/" in term.code else ""
        keys = {fold(n) for n in (term.code, tail, term.label, term.label_cy, term.extra.get("url", ""), *term.aliases)}
        for key in keys - {""}:
            if term.retired and key in names:
                continue
            names[key] = None if names.get(key, term.code) != term.code else term.code
    return {name: code for name, code in names.items() if code}


@cache
def get(name: str) -> Vocabulary:
    """A list by its file's name. Raises KeyError when there is no such list."""
    if name not in list_names():
        raise KeyError(name)
    return read(FOLDER / f"{name}.csv")


@lru_cache(maxsize=1)
def list_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def for_field(field_name: str) -> Vocabulary | None:
    """The list that a dataset's, organisation's or index field takes its codes from."""
    name = FIELD_VOCABULARY.get(field_name)
    return get(name) if name else None


MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "cy": [
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ],
}


def day(iso: str, lang: str = "en") -> str:
    """``2023-03-31`` as ``31 March 2023``, or with the month in Welsh."""
    year, month, number = iso.split("-")
    return f"{int(number)} {MONTHS[lang][int(month) - 1]} {year}"
