"""An erasure accounts for the bytes that it left and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_journey_chain import head, link, make

from ckanext.journey import bodies, chain, erased
from ckanext.journey import events as ev

FILE = bodies.ProvReceived("prov-n", "document agent(jane) endDocument", "a" * 64)
REPORT = bodies.LineageReceived("run", "{}", links=(bodies.DatasetLink("file", "jane.csv"),), warnings=("jane?",))


def stands(number, previous, body):
    event = ev.Event(f"id-{number}", "org", number, f"t{number:04}", body)
    raw = ev.to_bytes(event)
    digest = chain.digest(previous, raw)
    return chain.Link("org", number, raw, digest, previous, event.id, event.type, event.recorded)


@pytest.fixture(params=[FILE, REPORT], ids=["file", "report"])
def erasure(request):
    """Four events of which the second was erased, as the fourth tells."""
    links = make(1)
    links.append(stands(2, links[-1].hash, request.param))
    links.append(link("org", 3, links[-1].hash))
    told = erased.told(ev.from_bytes(links[1].raw), links[1].hash, "A person asked")
    links.append(stands(4, links[-1].hash, told))
    left = ev.to_bytes(erased.without(ev.from_bytes(links[1].raw)))
    links[1] = replace(links[1], raw=left)
    return links, {told.event: told}


def found(links, erasures):
    finding = chain.verify("org", links, head(links), erasures)
    return finding and (finding.sequence, finding.kind)


def test_the_chain_holds(erasure):
    links, told = erasure
    assert found(links, told) is None
    assert b"jane" not in links[1].raw and told["id-2"].erased > 0


def test_without_an_erasure_it_is_a_change(erasure):
    assert found(erasure[0], {}) == (2, "changed")


@pytest.mark.parametrize("wrong", [{"left": "0" * 64}, {"digest": "0" * 64}, {"sequence": 3}, {"event": "id-3"}])
def test_an_erasure_of_something_else_does_not_account_for_it(erasure, wrong):
    links, told = erasure
    assert found(links, {"id-2": replace(told["id-2"], **wrong)}) == (2, "changed")


def test_more_than_was_kept_may_not_go(erasure):
    links, _ = erasure
    event = ev.from_bytes(links[1].raw)
    for body in (replace(event.body, document="another"), ev.StepRecorded("clean", rationale="never mind")):
        raw = ev.to_bytes(replace(event, body=body))
        lie = bodies.EvidenceErased("id-2", 2, links[1].hash, erased._sha256(raw), 1, "no reason")
        assert found([links[0], replace(links[1], raw=raw), *links[2:]], {"id-2": lie}) == (2, "changed")


def test_a_column_that_lies_is_found_of_an_erased_event_too(erasure):
    links, told = erasure
    links[1] = replace(links[1], package="elsewhere")
    assert found(links, told) == (2, "changed")


def test_what_keeps_nothing_cannot_be_erased(erasure):
    links, _ = erasure
    for one in (links[0], links[1]):
        assert erased.told(ev.from_bytes(one.raw), one.hash, "why") is None
