"""What runs say is known again by its form, and told in the reader's language."""

import ast
from pathlib import Path

import pytest

import ckanext.federation.harvest as harvest
from ckanext.federation import phrases

ROOT = Path(harvest.__file__).parent
# Said to a terminal or the log, or of what a platform is when it is discovered: not of a run or record.
NOT_OF_RUNS = ("Read 7", "Fetching", "Resuming", "Failed", "The harvest of", "Step 7 of", "No organisation was made")
NOT_OF_RUNS += (
    "Only lists of dicts",
    "The publisher gives no description",
    "It is too large",
    "It is 7.",
    "It is 7, which",
)
# What they are made of is known one by one.
NOT_OF_RUNS += ("It 7 the same dataset as", "The node sent a web page7", "The inventory says that it is protected7")
WELSH = {
    "It is no longer in the feed.": "Nid yw yn y ffrwd mwyach.",
    "{nodes} still has it, so it stays published.": "Mae gan {nodes} o hyd, felly mae’n aros.",
    "It is the same dataset as “{title}”, met at {nodes}: {how} ({evidence}).": "{how}, {nodes}: “{title}” ({evidence}).",
    "the same files": "yr un ffeiliau",
    "{label}: cut to {number} characters": "{label}: wedi’i dorri i {number} nod",
    "description": "disgrifiad",
    "{label}: a person’s name or address was withheld": "{label}: cuddiwyd enw neu gyfeiriad",
    "{cut} {number} records before that were whole.": "{cut} Roedd {number} yn gyfan.",
    "The connection ended before the feed did.": "Daeth y cysylltiad i ben.",
    "Nothing is taken for withdrawn.": "Ni thynnir dim yn ôl.",
    "It is archived upstream.": "{wrong}",
}


def welsh(text):
    return phrases.told(text, lambda one: WELSH.get(one, one))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is no longer in the feed.", "Nid yw yn y ffrwd mwyach."),
        (
            "It is no longer in the feed. Leeds, York still has it, so it stays published.",
            "Nid yw yn y ffrwd mwyach. Mae gan Leeds, York o hyd, felly mae’n aros.",
        ),
        (
            "It is the same dataset as “Trees. All (2020).”, met at Leeds: the same files (x.example/a; x.example/b).",
            "yr un ffeiliau, Leeds: “Trees. All (2020).” (x.example/a; x.example/b).",
        ),
        ("description: cut to 8,000 characters", "disgrifiad: wedi’i dorri i 8,000 nod"),
        ("lineage: cut to 8,000 characters", "lineage: wedi’i dorri i 8,000 nod"),
        ("contact: a person's name or address was withheld", "contact: cuddiwyd enw neu gyfeiriad"),
        (
            "The connection ended before the feed did. 3 records before that were whole. Nothing is taken for withdrawn.",
            "Daeth y cysylltiad i ben. Roedd 3 yn gyfan. Ni thynnir dim yn ôl.",
        ),
        ("It is archived upstream.", "It is archived upstream."),  # a translation that went wrong
        ("Something that was said in 2020.", "Something that was said in 2020."),
        ("It is no longer in the feed. Something else.", "It is no longer in the feed. Something else."),
        ("title: Missing value", "title: Missing value"),
        ("{0} {wrong} %s", "{0} {wrong} %s"),
        ("", ""),
    ],
)
def test_told(said, shown):
    assert welsh(said) == shown


@pytest.mark.parametrize("said", ["It is “" * 300, "a: “" * 400, "x " * 900, "(" * 1_500])
def test_what_is_long_and_strange_is_told_at_once(said):
    assert welsh(said) == said


def test_what_is_filled_in_stays_as_it_was():
    text = "file “{name} {0}”: it has no address and was left out"
    assert (
        phrases.told(text, lambda one: one.replace("file", "ffeil"))
        == "ffeil “{name} {0}”: it has no address and was left out"
    )


@pytest.mark.parametrize(
    "said",
    [
        "It may be the same dataset as “A”, met at Leeds: the same page (x.example/a). A steward can join them on the dataset’s page.",
        "The node sent a web page (“Sign in”) instead of a feed.",
        "The inventory says that it is protected: personal data.",
        "The guard holds this plan: The feed is empty, and 1,204 datasets are published from it.",
        "The feed is broken JSON (Expecting value: line 1 column 2 (char 1)). It seems to be cut short.",
    ],
)
def test_known(said):
    assert phrases._told(said, lambda one: one) == said


def sentences():
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        inner = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in ast.walk(node)} - {
            id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
        }
        notes = {
            id(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "note"
            and node.args
        }
        for node in ast.walk(tree):
            if id(node) in docs or id(node) in inner:
                continue
            text = _text(node)
            if id(node) in notes or (
                text and text[0].isupper() and text.rstrip().endswith((".", "…")) and " " in text.strip()
            ):
                yield path.name, text.strip()


def _text(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)
    return ""


def test_all_that_the_harvest_says_is_known():
    said = {(name, text) for name, text in sentences() if not text.startswith(NOT_OF_RUNS)}
    assert len(said) > 90
    unknown = sorted((name, text) for name, text in said if phrases._told(text, lambda one: one) is None)
    assert unknown == []


def test_a_title_that_looks_like_the_rest_of_a_sentence_holds_nobody_up():
    title = "”, met at x: x (x) x. x”: x" * 200
    assert welsh(f"It may be the same dataset as “{title}”, met at {title}: the same page ({title}). And so on.")
    assert welsh("It is no longer in the feed. " * 2_000)
    kept = "It is the same dataset as “A”, met at B: C”, met at Leeds: the same files (a (b))."
    assert welsh(kept) == "C”, met at Leeds: the same files, B: “A” (a (b))."  # nothing of it is lost
