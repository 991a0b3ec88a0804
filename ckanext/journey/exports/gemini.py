"""UK GEMINI's lineage: one plain text made from the steps, and the same within ISO 19139's `gmd:DQ_DataQuality` (pure)."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from babel.dates import format_date

from . import document
from .document import Document

GMD, GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
_CODES = "https://schemas.isotc211.org/schemas/19139/-/resources/codelist/gmxCodelists.xml"


def render(doc: Document) -> bytes:
    """The statement, UTF-8."""
    return (statement(doc) + "\n").encode()


def statement(doc: Document) -> str:
    """Lineage in plain English, a line a step. What nobody recorded is said to be so."""
    lines = [_origin(doc)]
    if doc.hops:
        names = [hop["portal"] for hop in doc.hops]
        lines.append(
            f"It came through {'these portals, in this order' if len(names) > 1 else 'the portal'}: "
            + ", ".join(names)
            + "."
        )
    if doc.steps:
        lines.append("What was done:")
        lines += [f"{number}. {sentence(step)}" for number, step in enumerate(doc.steps, 1)]
    else:
        lines.append("No step of its processing is recorded.")
    if doc.notice:
        lines.append(doc.notice)
    return "\n".join(lines)


def _origin(doc: Document) -> str:
    names, title = [system["name"] for system in doc.journey["systems"]], " ".join(doc.about.title.split())
    if names:
        return f"The data of “{title}” comes from {', '.join(names)}."
    return f"Which system the data of “{title}” comes from is not recorded."


def sentence(step: dict[str, Any]) -> str:
    """A step in a line: what, when, by whom, with what, why, rows."""
    told = [document.label(step["type"]) + ("" if step["state"] == "complete" else f" ({step['state']})")]
    if day := day_of(step):
        told.append(f"on {day}")
    if role := document.role(step["agent_role"]):
        told.append(f"by: {role}" + (f", on behalf of {step['on_behalf_of']}" if step["on_behalf_of"] else ""))
    first = " ".join(told)
    parts = [first]
    if step["system"]:
        parts.append(f"System: {step['system']['name']}")
    if step["tool"]:
        parts.append("Tool: " + " ".join(part for part in (step["tool"], step["tool_version"]) if part))
    if step["plan"]:
        parts.append("Procedure: " + " ".join(filter(None, (step["plan"]["name"], step["plan"]["version"]))))
    if step["rationale"]:
        parts.append(" ".join(step["rationale"].split()).rstrip("."))
    if rows := _rows(step["rows"]):
        parts.append(rows)
    return ". ".join(parts) + "."


def _rows(rows: dict[str, Any]) -> str:
    words = (("in", "in"), ("out", "out"), ("rejected", "rejected"), ("merged", "merged"), ("split", "split"))
    told = [f"{rows[name]:,} {word}" for name, word in words if rows[name] is not None]
    return f"Rows: {', '.join(told)}" if told else ""


def day_of(step: dict[str, Any]) -> str:
    """The day of a step in words, empty if unknown."""
    text = step["ended"] or step["started"]
    if not text:
        return ""
    day = date.fromisoformat(text[:10])
    return format_date(day, "d MMMM y", "en_GB")


def xml(doc: Document) -> bytes:
    """`gmd:DQ_DataQuality` with the scope and the lineage: statement, process steps, sources."""
    ET.register_namespace("gmd", GMD)
    ET.register_namespace("gco", GCO)
    root = ET.Element(_gmd("DQ_DataQuality"))
    level = _down(root, "scope", "DQ_Scope", "level", "MD_ScopeCode")
    level.set("codeList", f"{_CODES}#MD_ScopeCode")
    level.set("codeListValue", "dataset")
    level.text = "dataset"
    lineage = _down(root, "lineage", "LI_Lineage")
    _text(lineage, "statement", statement(doc))
    for step in doc.steps:
        process = _down(lineage, "processStep", "LI_ProcessStep")
        _text(process, "description", sentence(step))
        if step["rationale"]:
            _text(process, "rationale", step["rationale"])
        if moment := document.when(step):
            ET.SubElement(ET.SubElement(process, _gmd("dateTime")), f"{{{GCO}}}DateTime").text = moment
    for source in [system["name"] for system in doc.journey["systems"]] + [hop["portal"] for hop in doc.hops]:
        _text(_down(lineage, "source", "LI_Source"), "description", source)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _gmd(name: str) -> str:
    return f"{{{GMD}}}{name}"


def _down(parent: ET.Element, *names: str) -> ET.Element:
    for name in names:
        parent = ET.SubElement(parent, _gmd(name))
    return parent


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(_down(parent, name), f"{{{GCO}}}CharacterString").text = text
