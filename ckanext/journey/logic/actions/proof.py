"""Actions of proof: check the chain, sign how far it has come, keep other portals' signatures."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import chain, erasure, ledger, mirror, proof, signing
from ...checkpoints import Checkpoint, CheckpointError

Dict = dict[str, Any]


@tk.side_effect_free
def journey_verify(context: Any, data_dict: Dict) -> Dict:
    """Check the chain of events of an organisation, or as a sysadmin of all, and that it agrees with its signed checkpoints.

    :param organization: the organisation's id or name (optional for sysadmins)
    :param against: a document of checkpoints, as `journey_checkpoint_list` gives it here or on a portal that mirrors this one (optional)

    :returns: `valid`; `streams`, a list of dicts of stream, events, finding, which is None or a dict of sequence,
      kind (changed, dropped, reordered or added) and detail, and erased, what was erased lawfully: dicts of event, sequence, bytes, reason,
      at, told_by (the sequence of the event that tells of it), role, and for the organisation's administrators user
    """
    tk.check_access("journey_verify", context, data_dict)
    conn, stream = model.Session.connection(), stream_of(data_dict)
    told = _told(data_dict.get("against"))
    names = [stream] if stream else sorted({*ledger.streams(conn), *(each.stream for each in told)})
    results = []
    for name in names:
        count, finding = proof.verify(conn, name, told)
        found = finding and {"sequence": finding.sequence, "kind": finding.kind, "detail": finding.detail}
        gone = erasure.told(conn, name, _may_read(context, name))
        results.append({"stream": name, "events": count, "finding": found, "erased": gone})
    return {"valid": not any(result["finding"] for result in results), "streams": results}


def _may_read(context: Any, stream: str) -> bool:
    """Who reads the events themselves may know which user acted."""
    try:
        return bool(tk.check_access("journey_event_list", context, {"organization": stream}))
    except tk.NotAuthorized:
        return False


def _told(document: Any) -> list[Checkpoint]:
    if not document:
        return []
    try:
        return proof.of_document(document, proof.portal())
    except CheckpointError as error:
        raise tk.ValidationError({"against": [str(error)]}) from error


def stream_of(data_dict: Dict) -> str | None:
    """The ledger's stream of the organisation that is named, if one is."""
    reference = data_dict.get("organization")
    if not reference:
        return None
    organisation = model.Group.get(reference)
    return organisation.id if organisation else reference


def journey_checkpoint_create(context: Any, data_dict: Dict) -> Dict:
    """Sign how far each organisation's ledger has come since its last checkpoint. For sysadmins, and the schedule each day.

    :param anchor: where else this was written down, such as a newspaper's issue (optional)

    :returns: `made`, the number of checkpoints. A chain that is broken is not signed: ValidationError names the event
    """
    tk.check_access("journey_checkpoint_create", context, data_dict)
    try:
        made = proof.make(model.Session.connection(), data_dict.get("anchor") or None)
    except chain.BrokenError as error:
        model.Session.rollback()
        raise tk.ValidationError({"ledger": [str(error)]}) from error
    except signing.SigningKeyError as error:
        model.Session.rollback()
        raise tk.ValidationError({"signing_key": [str(error)]}) from error
    model.Session.commit()
    return {"made": len(made)}


@tk.side_effect_free
def journey_checkpoint_list(context: Any, data_dict: Dict) -> Dict:
    """The portal's public key, its signed checkpoints, and those of other portals that it mirrors. For everybody.

    :returns: `portal`, `algorithm`, `public_key`, `checkpoints` and `mirrored` (each with `statement`, `signature`, `public_key`)
    """
    tk.check_access("journey_checkpoint_list", context, data_dict)
    return proof.document(model.Session.connection())


def journey_checkpoint_mirror(context: Any, data_dict: Dict) -> Dict:
    """Keep a copy of another portal's checkpoints. For sysadmins.

    :param url: the portal's address

    :returns: `portal`, `new`, `known`. Raises ValidationError where the portal cannot be asked, or now tells another story
    """
    tk.check_access("journey_checkpoint_mirror", context, data_dict)
    try:
        done = mirror.keep(model.Session.connection(), mirror.fetch(tk.get_or_bust(data_dict, "url")))
    except mirror.MirrorError as error:
        model.Session.rollback()
        raise tk.ValidationError({"url": [str(error)]}) from error
    model.Session.commit()
    return done
