"""Whatever is done to a stream, the first event it was done to is named."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import chain
from ckanext.journey import events as ev


def make(count, stream="org"):
    links, previous = [], chain.GENESIS
    for number in range(1, count + 1):
        links.append(link(stream, number, previous))
        previous = links[-1].hash
    return links


def link(stream, number, previous, text="as it was"):
    event = ev.Event(f"id-{number}-{text}", stream, number, f"t{number:04}", ev.StepRecorded("clean", rationale=text))
    raw = ev.to_bytes(event)
    digest = chain.digest(previous, raw)
    return chain.Link(stream, number, raw, digest, previous, event.id, event.type, event.recorded)


def head(links):
    return chain.Head(links[-1].sequence, links[-1].hash)


def verify(links, end):
    return chain.verify("org", sorted(links, key=lambda item: item.sequence), end)


lengths = st.integers(2, 12)


@given(st.integers(1, 12))
def test_a_whole_chain_is_whole(count):
    links = make(count)
    assert verify(links, head(links)) is None


def test_an_empty_stream_is_whole():
    assert chain.verify("org", [], None) is None


@given(lengths, st.data())
def test_changed_bytes(count, data):
    links = make(count)
    at = data.draw(st.integers(0, count - 1))
    raw = bytearray(links[at].raw)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1
    end = head(links)
    links[at] = replace(links[at], raw=bytes(raw))
    found = verify(links, end)
    assert (found.sequence, found.kind) == (at + 1, "changed")


@given(lengths, st.data())
def test_rewritten_with_a_fitting_hash(count, data):
    links, at = make(count), data.draw(st.integers(0, count - 1))
    end = head(links)
    links[at] = link("org", at + 1, links[at].previous, "another story")
    found = verify(links, end)
    assert (found.sequence, found.kind) == (at + 1, "changed")


@given(lengths, st.data())
def test_dropped(count, data):
    links, at = make(count), data.draw(st.integers(0, count - 1))
    end = head(links)
    del links[at]
    found = verify(links, end)
    assert (found.sequence, found.kind) == (at + 1, "dropped")


@given(lengths, st.data())
def test_dropped_and_the_rest_renumbered(count, data):
    links, at = make(count), data.draw(st.integers(0, count - 2))
    end = chain.Head(count - 1, links[-1].hash)
    del links[at]
    links = [replace(item, sequence=number) for number, item in enumerate(links, 1)]
    found = verify(links, end)
    assert (found.sequence, found.kind) == (at + 1, "dropped")


@given(lengths, st.data())
def test_reordered(count, data):
    links = make(count)
    one = data.draw(st.integers(0, count - 2))
    two = data.draw(st.integers(one + 1, count - 1))
    end = head(links)
    links[one], links[two] = replace(links[one], sequence=two + 1), replace(links[two], sequence=one + 1)
    found = verify(links, end)
    assert (found.sequence, found.kind) == (one + 1, "reordered")


@given(lengths, st.data())
def test_cut_off_at_the_end(count, data):
    links = make(count)
    end, kept = head(links), data.draw(st.integers(0, count - 1))
    found = verify(links[:kept], end)
    assert (found.sequence, found.kind) == (kept + 1, "dropped")


@given(lengths)
def test_added_at_the_end(count):
    links = make(count)
    end = head(links)
    links.append(link("org", count + 1, links[-1].hash))
    found = verify(links, end)
    assert (found.sequence, found.kind) == (count + 1, "added")


@given(lengths, st.data())
def test_added_in_the_middle(count, data):
    links = make(count)
    end, at = chain.Head(count + 1, links[-1].hash), data.draw(st.integers(1, count - 1))
    forged = link("org", at + 1, links[at - 1].hash, "never happened")
    later = [replace(item, sequence=item.sequence + 1) for item in links[at:]]
    found = verify([*links[:at], forged, *later], end)
    assert (found.sequence, found.kind) == (at + 1, "added")


def test_an_event_of_another_stream():
    links, other = make(2), make(3, "other")
    links.append(replace(other[2], stream="org"))
    found = verify(links, chain.Head(3, other[2].hash))
    assert (found.sequence, found.kind) == (3, "added")


def test_a_column_that_lies():
    links = make(2)
    end = head(links)
    links[1] = replace(links[1], package="somewhere else")
    found = verify(links, end)
    assert (found.sequence, found.kind) == (2, "changed")
