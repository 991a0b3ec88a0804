"""The action that reads a PROV file of another tool into steps."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, capture, config
from ...imports import receive
from ...imports.told import Note, ReadError
from ...lineage import tokens
from .. import schema
from .shared import validated
from .workflow import dataset

Dict = dict[str, Any]


def journey_prov_import(context: Any, data_dict: Dict) -> Dict:
    """Record the steps that a file in W3C PROV tells of: PROV-JSON, PROV-N, PROV-XML, or PROV-O in any form of RDF.

    Told again, a step is recorded once. The file is kept in the ledger as it came; persons in it are shown nowhere.

    :param dataset: the dataset's id or name
    :param content: the file's text (or `upload`, the file itself)
    :param format: prov-json, prov-n, prov-xml, prov-ttl, prov-trig, prov-nquads, prov-rdfxml or prov-jsonld (optional: seen
      from how it begins)
    :param visibility: who sees the steps (optional, default: public; of a token, its own)
    :param dry_run: say what would be recorded, and write nothing (optional)

    :returns: `dataset`, `format`, `sha256`, `event` (the id of the one that keeps the file), `recorded` and `known` (numbers of
      steps), `steps` (dicts of `id`, `activity`, `type`, `known`), `not_mapped` (dicts of `text`, `count`, `where`)
    """
    tk.check_access("journey_prov_import", context, data_dict)
    data = validated(data_dict, schema.prov_schema(), context)
    package, token = dataset(data, "dataset"), context.get("journey_token")
    stream, is_dry = capture.stream_of(package), bool(data["dry_run"])
    user_id, role = (None, "tool") if token else capture.actor(context, stream)
    visibility = token.visibility if token else data["visibility"]
    sender = receive.Sender(user_id, role, visibility, token.id if token else None)
    conn = model.Session.connection()
    try:
        done = receive.take(conn, package, stream, _raw(data), data.get("format"), sender, is_dry)
    except ReadError as error:
        raise tk.ValidationError({"content": [tk._(error.text).format(**error.values)]}) from error
    if token:
        _permit(token, done)
    if not is_dry:
        if token:
            tokens.used(conn, token)
        model.Session.commit()
        access.reindex(package.id)
    return _answer(package, done)


def _raw(data: Dict) -> bytes:
    most, content = config.lineage_bytes(), data.get("content")
    if data.get("upload"):
        content = data["upload"].stream.read(most + 1)
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    if not isinstance(content, bytes) or not content.strip():
        raise tk.ValidationError({"content": [tk._("Give the file")]})
    if len(content) > most:
        raise tk.ValidationError({"content": [tk._("At most {most} bytes are taken").format(most=f"{most:,}")]})
    return content


def _permit(token: Any, done: receive.Receipt) -> None:
    """A token that is bound to namespaces speaks only for activities whose names begin with one of them."""
    for step, _, _ in done.steps:
        if token.namespaces and not any(step.activity.startswith(each.rstrip("*")) for each in token.namespaces):
            model.Session.rollback()
            told = tk._("This token does not speak for the activity {name}").format(name=step.activity[:200])
            raise tk.ValidationError({"content": [told]})


def _answer(package: Any, done: receive.Receipt) -> Dict:
    steps = [
        {"id": found, "activity": step.activity, "type": step.body.type, "known": known}
        for step, found, known in done.steps
    ]
    known = sum(step["known"] for step in steps)
    return {
        "dataset": package.name,
        "format": done.told.form,
        "sha256": done.sha256,
        "event": done.event and done.event.id,
        "recorded": len(steps) - known if done.event else 0,
        "known": known,
        "steps": steps,
        "not_mapped": [_note(each) for each in done.notes],
    }


def _note(note: Note) -> Dict:
    return {"text": tk._(note.text).format(**note.values), "count": note.count, "where": note.where}
