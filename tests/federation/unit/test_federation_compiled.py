"""A schema that is taken apart validates as CKAN's ``navl`` does."""

import string

import pytest
from ckan.lib.navl import dictization_functions as navl
from ckan.lib.navl.validators import default, empty, ignore, ignore_empty, ignore_missing, keep_extras, not_empty
from ckan.logic.converters import convert_from_extras, convert_to_extras
from hypothesis import given
from hypothesis import strategies as st

from ckanext.federation.harvest.bulk.compiled import Compiled, unflatten


def upper(value):
    return value.upper() if isinstance(value, str) else value


def short(value, context):
    if isinstance(value, str) and len(value) > context["longest"]:
        raise navl.Invalid("Too long")
    return value


def counting(key, data, errors, context):
    """Sees what the fields before it left, what is missing included."""
    data[key] = sorted(str(path) for path, value in data.items() if value is navl.missing)


def after(key, data, errors, context):
    data[("keys",)] = ",".join(context["schema_keys"])


SCHEMA = {
    "title": [not_empty, upper, short],
    "notes": [ignore_missing, upper],
    "count": [counting],
    "blank": [ignore_empty, upper],
    "kept": [],
    "never": [ignore],
    "given": [default("x")],
    "files": {
        "url": [not_empty, short],
        "name": [ignore_missing, upper],
        "places": {"town": [ignore_empty, upper], "__extras": [ignore]},
        "__extras": [keep_extras],
    },
    "tags": {"__extras": [keep_extras]},
    "none": {},
    "extras": {"key": [not_empty], "value": [ignore_missing], "__after": [counting]},
    "theme": [convert_from_extras, ignore_missing, upper],
    "language": [convert_from_extras, ignore_missing],
    "__before": [after],
    "__after": [after],
    "__extras": [ignore],
    "__junk": [empty],
}
WRITING = {**SCHEMA, "source": [ignore_missing, convert_to_extras]}
LEAVES = st.none() | st.text(string.ascii_letters, max_size=6) | st.just([]) | st.integers() | st.just(navl.missing)


def lists(**fields):
    return st.lists(st.fixed_dictionaries({}, optional=fields), max_size=3)


PLACES = lists(town=LEAVES, other=LEAVES)
FILES = lists(url=LEAVES, name=LEAVES, other=LEAVES, places=PLACES)
EXTRAS = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from(["theme", "x", "language"]), "value": LEAVES}), max_size=3
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["title", "notes", "count", "blank", "kept", "never", "given", "theme", "source"], LEAVES),
        "files": FILES,
        "tags": lists(name=LEAVES),
        "extras": EXTRAS,
        "stray": LEAVES | FILES,
        "none": st.just([]) | lists(a=LEAVES),
    },
)


def by(validate, data):
    """What came of it, errors of the data's shape included."""
    try:
        return validate(data, {"longest": 3})
    except navl.DataError as error:
        return str(error.error).partition(" against")[0]


@pytest.mark.parametrize("schema", [SCHEMA, WRITING], ids=["shown", "written"])
@given(data=DATA)
def test_as_ckan_does_it(schema, data):
    theirs = by(lambda data, context: navl.validate(data, schema, context), data)
    ours = by(Compiled(schema).validate, data)
    if isinstance(theirs, str):
        assert ours == theirs
    else:
        assert ours == (theirs[0], not theirs[1])


@given(st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sampled_from("cd")), st.integers()))
def test_lists_with_gaps_too(flat):
    assert unflatten(dict(flat)) == navl.unflatten(dict(flat))


def test_a_validator_in_anothers_place():
    compiled = Compiled({"title": [not_empty, short]}, {short: upper})
    assert compiled.validate({"title": "much longer"}, {"longest": 3}) == ({"title": "MUCH LONGER"}, True)


def test_many_files():
    data = {"title": "a", "files": [{"url": str(number)} for number in range(700)]}
    compiled, context = Compiled(SCHEMA), {"longest": 3}
    assert compiled.validate(data, context)[0] == navl.validate(data, SCHEMA, context)[0]
    assert compiled.validate(data, context)[0] == navl.validate(data, SCHEMA, context)[0]


def test_what_cannot_be_a_validator():
    with pytest.raises(AttributeError):
        Compiled({"title": [str]})
