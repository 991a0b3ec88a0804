"""What a check says can be said in Welsh: every text is marked for translators, and a kept report is told in the reader's language."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from gettext import GNUTranslations
from pathlib import Path

import pytest
from flask_babel import force_locale

import ckanext.council_schemas
from ckanext.council_schemas.check import Column, Report, check_file, rules, tables, tidy
from ckanext.council_schemas.check.phrases import N_, Phrase, say
from ckanext.council_schemas.check.rules import Context
from ckanext.council_schemas.review import sentences

pytestmark = pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat")
ROOM = Path(ckanext.council_schemas.__file__).parent
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOM / "check").rglob("*.py"))}
PLACE = re.compile(r"{(\w+)}")


def calls(name):
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path.name, node


MARKED = {node.args[0].value for _, node in calls("N_") if isinstance(node.args[0], ast.Constant)}
rules.load()


@pytest.mark.parametrize("rule", sorted(rules.INFO))
def test_every_rule_has_a_title_that_is_marked(rule):
    about = rules.INFO[rule]
    assert about.title in MARKED
    assert about.why in MARKED | {""}


def test_no_sentence_is_made_of_a_text_that_is_not_marked():
    bare = [
        (name, node.lineno) for name, node in calls("say") if isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert not bare
    assert all(isinstance(node.args[0], ast.Constant) for _, node in calls("N_"))
    assert len(MARKED) > 150


def test_what_a_tidied_copy_changed_is_marked():
    told = [node.args[1] for _, node in calls("Change")] + [node.args[2] for _, node in calls("_note")]
    assert len(told) > 5 and not [node for node in told if isinstance(node, ast.Constant | ast.JoinedStr)]
    assert set(tidy._COUNTED.values()) <= MARKED


@pytest.mark.parametrize("code", tables.codes())
def test_every_sentence_of_a_tables_rules_is_marked(code):
    table = tables.get(code)
    columns = tuple(Column(place, each.name, each.name, "name") for place, each in enumerate(table, 1))
    for test in rules.compile_rules(Context(table, columns, date(2026, 11, 26)))[0]:
        for said in (test.message, test.fix):
            if isinstance(said, Phrase):
                assert said.text in MARKED, test.rule
                assert set(PLACE.findall(said.text)) <= {"value", "column", *said.values}, test.rule


def test_every_text_has_welsh():
    with (ROOM / "i18n" / "cy" / "LC_MESSAGES" / "ckanext-council_schemas.mo").open("rb") as file:
        welsh = GNUTranslations(file)
    assert not sorted(text for text in MARKED if welsh.gettext(text) == text)


def test_a_sentence_is_filled_in_once():
    said = say(N_('"{value}" is not in {list}.'), list="{column}")
    assert said.told("{list}", "Amount") == '"{list}" is not in {column}.'
    assert said.told(None, None) == '"" is not in {column}.'
    assert said.to_dict() == {"text": '"{value}" is not in {list}.', "values": {"list": "{column}"}}


@pytest.fixture
def kept(tmp_path):
    """A report as it is kept."""
    path = tmp_path / "spend.csv"
    path.write_text('Date,Amount\n2026-07-03,{many}\n,"£1,200"\n\nx\n', encoding="utf-8")
    return json.loads(json.dumps(check_file(path, tables.get("expenditure-over-500")).to_dict()))


@pytest.fixture
def english(with_plugins, app):
    with app.flask_app.test_request_context():
        yield


@pytest.fixture
def welsh(with_plugins, app):
    with app.flask_app.test_request_context(), force_locale("cy"):
        yield


def test_a_report_in_english_is_what_was_kept(english, kept):
    assert sentences.report(kept) == kept
    assert all(
        each["said"]["message"]["text"] in MARKED and each["said"]["fix"]["text"] in MARKED for each in kept["problems"]
    )


def test_a_report_in_welsh(welsh, kept):
    told = sentences.report(kept)
    for english, each in zip(kept["problems"], told["problems"], strict=True):
        assert each["message"] != english["message"] and each["fix"] != english["fix"]
    assert all(told["rules"][name]["title"] != about["title"] for name, about in kept["rules"].items())
    assert 'Nid yw "{many}" yn rhif.' in [each["message"] for each in told["problems"]]
    assert "Ysgrifennwch 1200." in Report.from_dict(told).to_csv()


def test_a_report_of_old_has_sentences_alone(welsh, kept):
    old = {**kept, "problems": [{k: v for k, v in each.items() if k != "said"} for each in kept["problems"]]}
    told = sentences.report(old)
    assert '"{many}" is not a number.' in [each["message"] for each in told["problems"]]
    assert all(each["message"] and each["fix"] for each in told["problems"])
    assert Report.from_dict(told).rules["type"].title == "Nid yr hyn y mae’r golofn yn ei ddal"


def test_what_has_other_places_than_its_translation_stays_english(welsh, kept):
    (one,) = [each for each in kept["problems"] if each["rule"] == "number-format"]
    broken = {**one, "said": {**one["said"], "fix": {"text": "Write {wanted}.", "values": {}}}}
    assert sentences.problem(broken)["fix"] == "Write 1200."
    assert sentences.problem(one)["fix"] == "Ysgrifennwch 1200."


def test_no_text_is_no_text(welsh):
    assert sentences.translated("") == sentences.translated(None) == ""
