"""What may be a person's data: someone has to decide before it is published (pure).

Each rule would rather pass over a company than shout at it; what it finds is shown to a steward, not taken out by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl
from stdnum import iban
from stdnum.gb import nhs

from ..phrases import N_, say
from . import Context, Test, rule
from .names import COMPANY, FIRMS, FORENAMES

FIX = say(N_("Redact it, or have a second person agree that it may be published."))
NI = r"(?i)(?:^|[^A-Z0-9])(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D](?:$|[^A-Z0-9])"
EMAIL = r"(?i)[a-z0-9._%+'-]+@[a-z0-9.-]+\.[a-z]{2,}"
# A mailbox of an office is no person's.
OFFICE = r"(?i)^[^@]*\b(?:library|libraries|school|centre|reception|bookings?|general|shop|hire|museum|hub)\b|^\W*(?:info|enquir|contact|admin|office|accounts?|finance|hello|mail|support|help|customer|foi|data|press|post|sales|payments?|invoic|planning|council|clerk|democratic|web|team|service|licen[cs])"
# A landline as people write it: an area code in brackets, or set apart. phonenumbers says whether it exists.
LANDLINE = (
    r"(?:^|[^\dA-Za-z/.,-])((?:\+44\s?\(?0?\)?\s?|0044\s?|\(?0)[12]\d{1,4}\)?[\s-]\d{3,4}[\s-]?\d{3,4})(?:$|[^\d/-])"
)
ABROAD = r"(?:\+|00)44[\s(0)]*\d{3}[\s-]\d{3}[\s-]\d{4}"
_TELEPHONE = re.compile(r"(?i)\b(?:tele)?phone|\btel\b|\bmobile\b")
MOBILE = r"(?:^|[^\dA-Za-z])(?:(?:\+|00)44\s?\(?0?\)?\s?7|07)\d{3}[\s-]?\d{3}[\s-]?\d{3}(?:$|[^\dA-Za-z])"
SORT_CODE = r"(?:^|[^\d-])\d{2}-\d{2}-\d{2}(?:\D{1,12}\d{8})(?:$|\D)"
IBAN = r"(?i)(?:^|[^A-Z0-9])(GB\d{2}\s?[A-Z]{4}\s?(?:\d{2,4}\s?){3,7})(?:$|[^A-Z0-9])"
NHS = r"(?:^|[^\d])(\d{3}[\s-]\d{3}[\s-]\d{4})(?:$|[^\d])"
POSTCODE = r"(?i)\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b"
TITLE = r"^(?i:mr|mrs|ms|miss|mx|dr|rev|sir|dame)\b\.?(?:\s+(?:and|&)\s+(?i:mr|mrs|ms)\.?)?\s+\S"
# Single letters after a name that are no initials: a country, a home, a club, a council.
AFTER_A_NAME = frozenset(["uk", "ni", "rh", "sc", "fc", "cc", "bc", "dc", "mbc", "pc", "nhs"])
_COMPANIES = rf"(?i)\b(?:{'|'.join(sorted(COMPANY))})\b"
_HOUSE = r"(?i)\b\d+[a-z]?,?\s+(?:[a-z']+\s+){1,3}(?:road|rd|street|st|avenue|ave|close|lane|drive|way|crescent|terrace|grove|gardens)\b"
_HOME = r"(?i)^(?:flat\s+\w+,?\s+)?\d+[a-z]?\s+\w+.*\b(?:road|rd|street|st|avenue|ave|close|lane|drive|way|crescent|court|place|terrace|grove|gardens)\b"


def _texts(context: Context) -> Iterator[str]:
    """Every column of texts, those that the table does not know, too."""
    for column in context.columns:
        field = context.table.field(column.field) if column.field else None
        if field is None or (
            field.type in ("string", "any") and field.identifier is None and not field.descriptor.get("public")
        ):
            yield column.key


def _whose(context: Context) -> Iterator[str]:
    """Fields whose cells may name a person."""
    yield from (field.name for field in context.fields() if field.descriptor.get("personal"))


@rule("personal-ni", "personal", N_("A National Insurance number"))
def ni(context: Context) -> Iterator[Test]:
    for key in _texts(context):
        yield Test(
            key, pl.col(key).str.contains(NI), say(N_("This looks like a National Insurance number.")), FIX, screen=NI
        )


def _nhs(text: str) -> bool:
    digits = "".join(sign for sign in text if sign.isdigit())
    return bool(nhs.is_valid(digits)) and len(set(digits)) > 2


@rule("personal-nhs", "personal", N_("An NHS number"))
def nhs_number(context: Context) -> Iterator[Test]:
    for column in context.columns:
        if column.key not in set(_texts(context)):
            continue
        # Ten digits in a row are no more than a number, unless the column says what they are.
        shape = r"(?:^|\D)(\d{10})(?:$|\D)" if "nhs" in column.header.lower() else NHS
        found = pl.col(column.key).str.extract(shape, 1)
        where = found.map_elements(_nhs, return_dtype=pl.Boolean) & ~pl.col(column.key).str.contains(ABROAD)
        yield Test(
            column.key, where, say(N_("This looks like an NHS number: its check digit is right.")), FIX, screen=shape
        )


@rule("personal-email", "personal", N_("A person's email address"))
def email(context: Context) -> Iterator[Test]:
    for key in _texts(context):
        found = pl.col(key).str.extract(f"({EMAIL})", 1)
        yield Test(
            key,
            found.is_not_null() & ~found.str.contains(OFFICE),
            say(N_("This holds an email address that may be a person's.")),
            FIX,
            screen=EMAIL,
        )


@lru_cache(maxsize=4096)
def _rings(text: str) -> bool:
    import phonenumbers  # a tenth of a second, for the few files that need it

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "GB"))
    except phonenumbers.NumberParseException:
        return False


@rule(
    "personal-phone", "personal", N_("A phone number"), N_("A mobile is mostly a person's; a landline may be a home's.")
)
def phone(context: Context) -> Iterator[Test]:
    for key in _texts(context):
        yield Test(
            key, pl.col(key).str.contains(MOBILE), say(N_("This looks like a mobile phone number.")), FIX, screen=MOBILE
        )
    # In a text a landline is mostly an office's; beside a payee's name it may be a home's.
    named = [column.key for column in context.columns if column.field is None and _TELEPHONE.search(column.header)]
    for key in {*_whose(context), *named}:
        found = pl.col(key).str.extract(LANDLINE, 1).map_elements(_rings, return_dtype=pl.Boolean)
        here = found.fill_null(False) & ~pl.col(key).str.contains(MOBILE)
        yield Test(key, here, say(N_("This looks like a phone number; it may be a home's.")), FIX, screen=LANDLINE)


@rule("personal-bank", "personal", N_("Details of a bank account"))
def bank(context: Context) -> Iterator[Test]:
    headers = {column.key: column.header.lower() for column in context.columns}
    sorted_ = [key for key, words in headers.items() if "sort code" in words or "sortcode" in words.replace(" ", "")]
    for key in sorted_:
        shape = pl.col(key).str.contains(r"^\d{2}[\s-]?\d{2}[\s-]?\d{2}$")
        yield Test(key, shape, say(N_("This looks like the sort code of a bank.")), FIX)
    for key, words in headers.items():
        if "bank account" in words or (sorted_ and "account" in words and key.startswith("#")):
            yield Test(
                key, pl.col(key).str.contains(r"^\d{7,8}$"), say(N_("This looks like a bank account's number.")), FIX
            )
    for key in _texts(context):
        account = pl.col(key).str.contains(SORT_CODE)
        world = (
            pl.col(key)
            .str.extract(IBAN, 1)
            .map_elements(lambda text: bool(iban.is_valid(text)), return_dtype=pl.Boolean)
        )
        yield Test(
            key,
            account | world.fill_null(False),
            say(N_("This looks like a bank account: a sort code and number, or an IBAN.")),
            FIX,
            screen=f"(?:{SORT_CODE})|(?:{IBAN})",
        )


@lru_cache(maxsize=4096)
def _is_person(text: str) -> bool:
    """A forename (or "J" or "J.A.") and a surname, in either order, and no word of a company among them."""
    words = text.replace(",", " ").replace(".", " ").replace("’", "'").split()
    if not 2 <= len(words) <= 4 or any(not word.replace("-", "").replace("'", "").isalpha() for word in words):
        return False
    lower = [word.lower() for word in words]
    if any(part in COMPANY for word in lower for part in (word, word.replace("-", ""), *word.split("-"))):
        return False
    if " ".join(lower[:2]) in FIRMS:
        return False
    if len(words) <= 3 and len(words[-1]) > 3 and all(len(word) == 1 for word in words[:-1]):
        return True
    if len(words[0]) > 3 and all(len(word) == 1 for word in words[1:]):
        return "," in text or "".join(lower[1:]) not in AFTER_A_NAME
    first = lower[0] in FORENAMES
    last = len(lower) == 2 and "," in text and lower[1] in FORENAMES
    return first or last


@rule(
    "personal-name", "personal", N_("A person's name"), N_("Payments to individuals are published without their names.")
)
def name(context: Context) -> Iterator[Test]:
    for key in _whose(context):
        titled = pl.col(key).str.contains(TITLE) & ~pl.col(key).str.contains(_COMPANIES)
        person = pl.col(key).map_elements(_is_person, return_dtype=pl.Boolean)
        yield Test(key, titled | person.fill_null(False), say(N_('"{value}" looks like the name of a person.')), FIX)


def _of_address(context: Context, key: str) -> bool:
    """A column that says that it holds addresses of people."""
    column = context.column(key)
    field = context.table.field(column.field) if column and column.field else None
    if field is not None:
        return field.descriptor.get("personal") == "home"
    words = column.header.lower() if column else ""
    return "address" in words or "postcode" in words or "post code" in words


@rule("personal-address", "personal", N_("An address that may be a home"))
def address(context: Context) -> Iterator[Test]:
    for key in _texts(context):
        # In a text of its own: a house's number, its street and a postcode.
        where = pl.col(key).str.contains(POSTCODE) & pl.col(key).str.contains(_HOUSE)
        if context.column(key) and not _of_address(context, key):
            yield Test(key, where, say(N_('"{value}" may hold the address of a home.')), FIX, screen=POSTCODE)
    for column in context.columns:
        if _of_address(context, column.key):
            where = pl.col(column.key).str.contains(POSTCODE) | pl.col(column.key).str.contains(_HOME)
            yield Test(column.key, where, say(N_('"{value}" may be the address of a home.')), FIX)
