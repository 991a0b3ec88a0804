"""Events survive their bytes; the bytes are canonical; bad bytes are refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import events as ev

text = st.text(max_size=20)
maybe = st.none() | text.filter(bool)
count = st.none() | st.integers(0, 2**63 - 1)
files = st.lists(st.builds(ev.File, text, maybe, count, count), max_size=3).map(tuple)
evidence = st.lists(st.builds(ev.Evidence, st.just("approval"), maybe, maybe), max_size=3).map(tuple)
steps = st.builds(
    ev.StepRecorded,
    st.just("clean"),
    system=maybe,
    rows_in=count,
    inputs=files,
    outputs=files,
    evidence=evidence,
    plan=st.none() | st.builds(ev.Plan, text, maybe),
)
changes = st.builds(
    ev.DatasetChanged, st.just("updated"), maybe, st.dictionaries(text.filter(bool), st.none() | text, max_size=3)
)
bodies = steps | changes | st.builds(ev.SystemRegistered, text, maybe) | st.builds(ev.CaptureFailed, text, text)
events = st.builds(ev.Event, text, text, st.integers(1, 10**9), text, bodies, maybe, maybe, maybe, maybe)


@given(events)
def test_an_event_comes_back_from_its_bytes(event):
    raw = ev.to_bytes(event)
    assert ev.from_bytes(raw) == event
    assert ev.to_bytes(ev.from_bytes(raw)) == raw


def test_the_bytes_are_canonical():
    event = ev.Event("i", "s", 1, "t", ev.StepRecorded("clean", rationale="Gŵyl"), "p")
    raw = ev.to_bytes(event)
    assert raw.decode() == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert "Gŵyl".encode() in raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"v":2,"type":"step-recorded"}',
        b'{"v":1,"type":"unheard-of","id":"i","stream":"s","sequence":1,"recorded":"t","body":{}}',
        b'{"v":1,"type":"step-recorded","id":"i","stream":"s","sequence":1,"recorded":"t","body":{"kind":"x"}}',
        b'{"v":1,"type":"step-recorded","stream":"s","body":{"type":"clean"}}',
    ],
)
def test_bytes_that_are_no_event_are_refused(raw):
    with pytest.raises(ev.EventError):
        ev.from_bytes(raw)
