"""OAI-PMH 2.0 over HTTP: ``oai_dc`` and ``dcat``, sets by organisation, tombstones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit
from flask import request
from werkzeug.wrappers import Response

from . import config, current, documents, formats, lists, serve
from .forms import changes, oai, oai_xml, read
from .forms.oai import Asked, Wrong
from .lists import Listed

#: Records, and headers, in one answer.
_PARTS = {"ListRecords": 100, "ListIdentifiers": 1000}
_STORED = {"oai_dc": documents.SOURCE, "dcat": documents.stored_form(formats.RDF_XML)}


def answer() -> Response:
    """The answer to a request by GET or POST. Errors of the protocol are answers, too (status 200)."""
    if current.verified() is None:
        return serve.unavailable()
    now = datetime.now(UTC)
    given = request.form if request.method == "POST" else request.args
    arguments = {name: given.getlist(name) for name in given}
    try:
        asked = oai.asked(arguments)
        told = {name: values[0] for name, values in arguments.items()}
        root, parent = oai_xml.answer(now, _address(), told, asked.verb)
        _VERBS[asked.verb](asked, parent)
    except Wrong as wrong:
        # The protocol: no arguments are repeated where they or the verb are wrong.
        told = {} if wrong.code in ("badVerb", "badArgument") else {n: v[0] for n, v in arguments.items()}
        root, parent = oai_xml.answer(now, _address(), told)
        oai_xml.error(parent, wrong)
    return _compressed(oai_xml.to_bytes(root))


def _compressed(body: bytes) -> Response:
    coding = formats.coding(request.headers.get("Accept-Encoding"), ("gzip",))
    response = Response(documents.coded(body, bool(coding)), content_type="text/xml; charset=utf-8")
    response.vary.add("Accept-Encoding")
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def _address() -> str:
    return f"{config.site_url()}/oai"


def _host() -> str:
    return urlsplit(config.site_url()).hostname or "localhost"


def _email(host: str) -> str:
    """The protocol wants an address; every host that takes mail has this last one (RFC 5321)."""
    settings = toolkit.config
    return config.contact_email() or settings.get("email_to") or f"postmaster@{host}"


def _identify(_asked: Asked, parent: Any) -> None:
    host, title = _host(), toolkit.config.get("ckan.site_title") or "CKAN"
    sample = f"oai:{host}:11111111-1111-4111-8111-111111111111"
    earliest = lists.first() or changes.NEVER
    kept = "transient" if config.tombstone_days() else "persistent"
    oai_xml.identify(parent, oai_xml.Repository(title, _address(), host, _email(host), earliest, sample, kept))


def _metadata_formats(asked: Asked, parent: Any) -> None:
    if asked.identifier:
        _found(asked.identifier, None)
    oai_xml.metadata_formats(parent)


def _sets(_asked: Asked, parent: Any) -> None:
    found = lists.organizations()
    if not found:
        raise Wrong("noSetHierarchy", "No organisation has a dataset yet")
    oai_xml.sets(parent, found)


def _get_record(asked: Asked, parent: Any) -> None:
    found = _found(asked.identifier, _STORED[asked.prefix])
    oai_xml.record(parent, _header(found), _content(asked.prefix, found))


def _found(identifier: str, form: str | None) -> Listed:
    prefix = f"oai:{_host()}:"
    found = lists.one(identifier.removeprefix(prefix), form) if identifier.startswith(prefix) else None
    if found is None:
        raise Wrong("idDoesNotExist", "There is no record of this identifier")
    return found


def _list(asked: Asked, parent: Any) -> None:
    most, full = _PARTS[asked.verb], asked.verb == "ListRecords"
    form = _STORED[asked.prefix] if full else None
    found = lists.wanted(asked, form, most + 1)
    if not found and not asked.after:
        raise Wrong("noRecordsMatch", "Nothing matches")
    total = lists.count(asked) if asked.total is None else asked.total
    for each in found[:most]:
        if full:
            oai_xml.record(parent, _header(each), _content(asked.prefix, each))
        else:
            oai_xml.header(parent, _header(each))
    more = len(found) > most
    if more or asked.after:
        given = found[:most]
        following = replace(
            asked, after=given[-1].number if given else 0, cursor=asked.cursor + len(given), total=total
        )
        oai_xml.resumption(parent, oai.token(following) if more else "", replace(asked, total=total))


def _header(each: Listed) -> oai_xml.Header:
    sets = (each.organization,) if each.organization else ()
    return oai_xml.Header(f"oai:{_host()}:{each.package_id}", each.when, sets, not each.is_shown)


def _content(prefix: str, each: Listed) -> Any:
    if each.data is None:
        return None
    if prefix == "dcat":
        return oai_xml.rdf(documents.whole(formats.RDF_XML, each.data, False))
    entry = each.entry()
    return oai_xml.dublin_core(read.entry(entry, serve.site(None))) if entry else None


_VERBS = {
    "Identify": _identify,
    "ListMetadataFormats": _metadata_formats,
    "ListSets": _sets,
    "GetRecord": _get_record,
    "ListRecords": _list,
    "ListIdentifiers": _list,
}
