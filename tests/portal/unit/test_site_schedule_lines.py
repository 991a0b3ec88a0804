import json
import logging

import pytest

from ckanext.portal.schedule import Entry, ScheduleError, load, parse


def test_lines_are_entries():
    text = """
    # what runs when
    @start a.b:c
    * * * * * ckanext.portal.jobs:reindex_missing

    */5  0-6 * *   1 x:y
    """
    assert parse(text) == [
        Entry("@start", "a.b:c"),
        Entry("* * * * *", "ckanext.portal.jobs:reindex_missing"),
        Entry("*/5 0-6 * * 1", "x:y"),
    ]


def test_nothing_to_do():
    assert parse("") == []


@pytest.mark.parametrize(
    "line", ["* * * * x:y", "* * * * * * x:y", "* * * * * xy", "61 * * * * x:y", "@daily x:y", "x:y", "* * * * * :y"]
)
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(ScheduleError, match="does not"):
        parse(line)


def test_what_is_not_installed_is_left_out(caplog, monkeypatch):
    # The test settings keep our log lines from the root logger, where pytest listens; and fileConfig
    # disables the loggers that were there before it.
    log = logging.getLogger("ckanext.portal.schedule")
    monkeypatch.setattr(log, "handlers", [caplog.handler])
    monkeypatch.setattr(log, "disabled", False)
    assert load("no.such.module:function") is None
    assert load("json:no_such_function") is None
    assert "Left out of the schedule: no.such.module:function" in caplog.text
    assert load("json:dumps") is json.dumps
