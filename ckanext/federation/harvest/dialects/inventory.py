"""data.gov.uk's Inventory XML (the LGA's schema at http://schemas.esd.org.uk/inventory); pure.

An inventory lists datasets that a council holds, published or not (``Active``, ``Protected``), each with resources (``Type``
Data or Document) that have a rendition at an address. Subjects name council services by their LGSL number. Only element
names count, whatever their namespace.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from ..record import Distribution, FeedError, Hints, Page, Record, as_list
from .decode import Document
from .terms import Watched, left_over, mapping

_ROOT = re.compile(r"<([\w.-]+:)?Inventory[\s>]")
_PART = 200
_SERVICE = re.compile(r"(?:service|lgsl)[/:#](\d{1,5})\b|^(\d{1,5})$", re.I)
_NO = {"no", "false", "0", "n"}


def accepts(document: Document) -> bool:
    """XML whose root is ``Inventory``."""
    return document.kind == "xml" and bool(_ROOT.search(document.text[:20_000]))


def page(document: Document) -> Page:
    """The inventory's datasets.

    :raises FeedError: it is broken or cut short, or declares entities.
    """
    # The text is decoded already, so what the declaration says of the encoding is no longer true.
    text = re.sub(r"^<\?xml[^>]*\?>", "", document.text).encode("utf-8", "replace")
    pieces = (text[start : start + 65_536] for start in range(0, len(text), 65_536))
    return Page([item for part in _read(pieces) for item in part])


def stream(file: Any, hints: Hints) -> Iterator[Page]:
    """The pages of an inventory too large for one (``file``: UTF-8). :raises FeedError: as ``page``."""
    head = re.sub(rb"^<\?xml[^>]*\?>", b"", file.read(65_536))

    def pieces() -> Iterator[bytes]:
        piece = head
        while piece:
            yield piece
            piece = file.read(65_536)

    for part in _read(pieces()):
        yield Page(part)


def _read(pieces: Iterator[bytes]) -> Iterator[list[dict[str, Any]]]:
    """Items as they end; each is dropped from the tree then, so that memory stays flat."""
    parser = ET.XMLPullParser(["start", "end"])
    about: dict[str, Any] = {}
    items: list[dict[str, Any]] = []
    stack: list[ET.Element] = []
    try:
        for piece in pieces:
            if b"<!ENTITY" in piece or b"<!DOCTYPE" in piece:
                raise FeedError("The feed declares XML entities, which are not read.")
            parser.feed(piece)
            events: Any = parser.read_events()
            for event, element in events:
                _take(event, element, stack, about, items)
            while len(items) >= _PART:
                yield items[:_PART]
                del items[:_PART]
        parser.close()
    except RecursionError:
        raise FeedError("The feed is nested too deeply to be read.") from None
    except ET.ParseError as error:
        raise FeedError(f"The feed is no valid XML, or is cut short ({error}).") from None
    yield items


def _take(event: str, element: ET.Element, stack: list[ET.Element], about: dict[str, Any], items: list[Any]) -> None:
    if event == "start":
        stack.append(element)
        return
    stack.pop()
    above = _name(stack[-1]) if stack else ""
    if above == "Inventory" and _name(element) != "Datasets":
        about[_name(element)] = _value(element)
    if above == "Datasets" and _name(element) == "Dataset":
        items.append({**_object(element), "_inventory": dict(about)})
        stack[-1].clear()


def _name(element: ET.Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _value(element: ET.Element) -> Any:
    return _object(element) if len(element) or element.attrib else (element.text or "").strip()


def _object(element: ET.Element) -> dict[str, Any]:
    """Attributes as ``@Name``, elements by name, those that come again as a list."""
    found: dict[str, Any] = {f"@{key.rsplit('}', 1)[-1]}": value for key, value in element.attrib.items()}
    for child in element:
        name, value = _name(child), _value(child)
        found[name] = [*as_list(found[name]), value] if name in found else value
    text = (element.text or "").strip()
    return {**found, "#": text} if text and not len(element) else found


def identity(item: Any) -> str:
    """The dataset's Identifier."""
    return str(item.get("Identifier") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of one Dataset."""
    terms, about = Watched(item), item.get("_inventory") or {}
    metadata = mapping(about.get("Metadata"))
    resources = [Watched(one) for holder in as_list(terms.get("Resources")) for one in _children(holder, "Resource")]
    services, words = _subjects(terms.get("Subjects"))
    left: list[str] = []
    record = Record(
        upstream_id=identity(item),
        title=terms.get("Title"),
        description=terms.get("Description"),
        keywords=words,
        modified=item.get("@Modified"),
        licences=as_list(terms.get("Rights")),
        lgsl_service=services[0] if len(services) == 1 else "",
        publisher=_publisher(terms.get("RightsHolder"), metadata),
        languages=[about["@Language"]] if about.get("@Language") else [],
        spatial=_places(resources) or _children(metadata.get("Coverage"), "Spatial"),
        temporal=_period(resources),
        documentation=as_list(terms.get("ChargeURL")),
        distributions=[file for one in resources for file in _files(one, left)],
        refused=_refusal(item),
    )
    terms.get("Identifier")
    further = [f"service {one}" for one in services] if len(services) > 1 else []
    record.notes = left_over(
        [*terms.unread(but=frozenset({"_inventory", "Protected", "ProtectedText"})), *left, *further]
    )
    return record


def _refusal(item: dict[str, Any]) -> str:
    if str(item.get("@Active", "yes")).strip().lower() in _NO:
        return "The inventory says that it is no longer active."
    if str(item.get("Protected") or "no").strip().lower() not in {*_NO, "", "none"}:
        reason = str(item.get("ProtectedText") or "").strip()
        return f"The inventory says that it is protected{f': {reason[:300]}' if reason else ''}."
    return ""


def _children(holder: Any, name: str) -> list[Any]:
    return as_list(holder.get(name)) if isinstance(holder, dict) else []


def _subjects(stated: Any) -> tuple[list[str], list[Any]]:
    """LGSL numbers of the services, and what else the subjects say."""
    services: list[str] = []
    words: list[Any] = []
    for holder in as_list(stated):
        for subject in _children(holder, "Subject"):
            for value in [one for key in ("Service", "Function", "#") for one in _children(subject, key)]:
                found = _SERVICE.search(str(value))
                if found and value in _children(subject, "Service"):
                    services.append(found[1] or found[2])
                elif "://" not in str(value):
                    words.append(value)
    return list(dict.fromkeys(services)), words


def _publisher(holder: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    """The rights' holder, else the inventory's publisher, which is an address; its title often names the council."""
    for stated in (holder, metadata.get("Publisher")):
        text = str(stated or "").strip()
        if text:
            return {"uri": text} if "://" in text else {"name": text}
    return {}


def _places(resources: list[Watched]) -> list[Any]:
    found = [place for one in resources for place in _children(one.get("Coverage"), "Spatial")]
    return list(dict.fromkeys(str(place) for place in found if place))


def _period(resources: list[Watched]) -> list[tuple[Any, Any]]:
    covers = [one.get("Coverage") for one in resources if isinstance(one.get("Coverage"), dict)]
    starts = [cover["@TemporalFrom"] for cover in covers if cover.get("@TemporalFrom")]
    ends = [cover["@TemporalTo"] for cover in covers if cover.get("@TemporalTo")]
    return [(min(starts, default=""), max(ends, default=""))] if starts or ends else []


def _files(resource: Watched, left: list[str]) -> list[Distribution]:
    if str(resource.get("@Active", "yes")).strip().lower() in _NO:
        left.append(f"resource “{resource.get('Title')}”, which is no longer active")
        return []
    files = []
    for holder in as_list(resource.get("Renditions")):
        for one in _children(holder, "Rendition"):
            rendition = Watched(one)
            if str(rendition.get("@Active", "yes")).strip().lower() in _NO:
                left.append(f"rendition of “{resource.get('Title')}”, which is no longer active")
                continue
            files.append(_file(resource, rendition))
            left += rendition.unread("Rendition.")
    left += resource.unread("Resource.", frozenset({"Identifier", "Coverage"}))
    return files


def _file(resource: Watched, rendition: Watched) -> Distribution:
    kind, stated = str(resource.get("@Type") or "").lower(), str(rendition.get("MimeType") or "")
    return Distribution(
        id=resource.get("Identifier"),
        title=resource.get("Title") or rendition.get("Title"),
        description=rendition.get("Description") or resource.get("Description"),
        download_url=rendition.get("Identifier") if kind != "document" else "",
        access_url=rendition.get("Identifier") if kind == "document" else "",
        media_type=stated if "/" in stated else "",
        format=stated if "/" not in stated else "",
        modified=rendition.get("@Modified") or resource.get("@Modified"),
        availability=rendition.get("Availability"),
        languages=as_list(resource.get("@Language")),
        conforms_to=as_list(rendition.get("ConformsTo")),
    )
