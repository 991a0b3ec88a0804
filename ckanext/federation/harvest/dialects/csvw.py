"""CSVW descriptions in a GitHub-style folder (Trafford): ``{name}.csv-metadata.json`` beside each file; pure.

There is no catalogue. What is read is a listing of the files (GitHub's answers ``git/trees/REF?recursive=1`` or
``contents/PATH``, a web server's page of links), or one description. Files that belong together become one item, whose
descriptions and README are still to be fetched (``documents``: address to text). A folder with a README or a
``csv-metadata.json`` of its own is one dataset; elsewhere the files of one name are (``trees.csv``, ``trees.geojson``).
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from ..record import Distribution, Page, Record, as_list
from ..text import clean
from . import readme
from .decode import Document
from .terms import Watched, code, first, fold, label, left_over

_DATA = {"csv", "tsv", "json", "geojson", "xlsx", "xls", "ods", "xml", "zip", "pdf", "kml", "gpkg", "parquet", "shp"}
_ENDING = "-metadata.json"
_TREE = re.compile(r"^(.*?)/repos/([^/]+)/([^/]+)/git/trees/([^/?]+)$")
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_HREF = re.compile(r"""href=["']([^"'?#]+)["']""", re.I)
# What says how the table is built; its address is kept as the file's documentation.
_PLUMBING = frozenset({"url", "tableschema", "tables", "dialect", "notes", "transformations", "tabledirection"})
File = tuple[str, str, int | None]  # path in the folder's tree, address, bytes


def accepts(document: Document) -> bool:
    """A listing with descriptions in it, or a description."""
    return _is_description(document.value) or bool(_listed(document))


def _is_description(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    context = json.dumps(value.get("@context", ""))
    return "w3.org/ns/csvw" in context and bool({"url", "tables", "tableSchema"} & value.keys())


def page(document: Document) -> Page:
    """One item for each dataset of the listing; ``documents`` without text are to be fetched."""
    url = document.hints.url
    if _is_description(document.value):
        own = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
        return Page(
            [{"id": url.removesuffix(_ENDING), "name": own, "page": "", "files": [], "documents": {url: document.text}}]
        )
    notes = ["The list of files is cut short upstream."] if _flag(document.value, "truncated") else []
    return Page(_grouped(_listed(document), _site(document)), notes=notes, unfetched=True)


def _flag(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.get(name) is True


def _listed(document: Document) -> list[File]:
    """The files of a listing; none when it has no description."""
    value, url = document.value, document.hints.url
    files: list[File] = []
    if isinstance(value, dict) and isinstance(value.get("tree"), list):
        base = _raw(url)
        entries = [one for one in value["tree"] if isinstance(one, dict) and one.get("type") == "blob"]
        files = [(path, base + quote(path), one.get("size")) for one in entries if (path := clean(one.get("path")))]
    elif isinstance(value, list):
        entries = [one for one in value if isinstance(one, dict) and one.get("download_url") and one.get("path")]
        files = [(clean(one["path"]), clean(one["download_url"]), one.get("size")) for one in entries]
    elif document.kind == "html":
        found = (urljoin(url, one) for one in _HREF.findall(document.text))
        inside = dict.fromkeys(one for one in found if one.startswith(urljoin(url, ".")))
        files = [(unquote(one.removeprefix(urljoin(url, "."))), one, None) for one in inside]
    return files if any(path.endswith(_ENDING) for path, _url, _size in files) else []


def _raw(url: str) -> str:
    found = _TREE.match(url.split("?", maxsplit=1)[0])
    if not found:
        return urljoin(url, ".")
    api, owner, name, ref = found.groups()
    if urlsplit(url).hostname == "api.github.com":
        return f"https://raw.githubusercontent.com/{owner}/{name}/{ref}/"
    return f"{urlsplit(url).scheme}://{urlsplit(api).netloc}/{owner}/{name}/raw/{ref}/"


def _site(document: Document) -> str:
    """Where people see the folders."""
    found = _TREE.match(document.hints.url.split("?")[0])
    if not found:
        return ""
    host = "github.com" if urlsplit(found[1]).hostname == "api.github.com" else urlsplit(found[1]).netloc
    return f"{urlsplit(found[1]).scheme}://{host}/{found[2]}/{found[3]}/tree/{found[4]}/"


def _grouped(files: list[File], site: str) -> list[dict[str, Any]]:
    folders: dict[str, list[File]] = {}
    for file in files:
        folders.setdefault(file[0].rpartition("/")[0], []).append(file)
    items = []
    for folder, inside in sorted(folders.items()):
        names = {path.rpartition("/")[2].lower() for path, _url, _size in inside}
        as_one = folder and ("readme.md" in names or "csv-metadata.json" in names)
        stems = {""} if as_one else {_stem(path) for path, _url, _size in inside if path.endswith(_ENDING)}
        for stem in sorted(stems):
            mine = [file for file in inside if not stem or _stem(file[0]) == stem]
            if any(path.endswith(_ENDING) for path, _url, _size in mine):
                items.append(_item(folder, stem, mine, site))
    return items


def _stem(path: str) -> str:
    return path.rpartition("/")[2].split(".")[0]


def _item(folder: str, stem: str, files: list[File], site: str) -> dict[str, Any]:
    wanted = [
        url for path, url, _size in files if path.endswith(_ENDING) or path.rpartition("/")[2].lower() == "readme.md"
    ]
    data = [{"url": url, "size": size} for path, url, size in files if _is_data(path)]
    base = urljoin(files[0][1], ".")
    return {
        "id": base.rstrip("/") if not stem else base + stem,
        "name": stem or folder.rpartition("/")[2],
        "page": site + quote(folder) if site else "",
        "files": sorted(data, key=lambda one: one["url"]),
        "documents": dict.fromkeys(sorted(wanted)),
    }


def _is_data(path: str) -> bool:
    return path.rpartition(".")[2].lower() in _DATA and not path.endswith(_ENDING)


def identity(item: Any) -> str:
    """The folder's address, or a file's without its ending."""
    return str(item.get("id") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of a folder or a file, from its README and its descriptions."""
    documents = item.get("documents") or {}
    failed = [f"{url}: {text['error']}" for url, text in documents.items() if isinstance(text, dict)]
    texts = {url: text for url, text in documents.items() if isinstance(text, str)}
    notes: list[str] = []
    about = next((Watched(readme.table(text)) for url, text in texts.items() if not url.endswith(_ENDING)), Watched())
    prose = next((text for url, text in texts.items() if not url.endswith(_ENDING)), "")
    described = {url: fold(_parsed(url, text, notes)) for url, text in texts.items() if url.endswith(_ENDING)}
    merged = [terms for terms in described.values() if len(terms)]
    record = Record(
        upstream_id=identity(item),
        title=about.get("dataset name")
        or _said(merged, "title", "name")
        or readme.heading(prose)
        or _named(item, notes),
        description=about.get("dataset description") or _said(merged, "description") or readme.paragraph(prose),
        keywords=[one for terms in merged for one in as_list(terms.get("keyword"))],
        issued=_said(merged, "issued", "created"),
        modified=about.get("last updated") or _said(merged, "modified"),
        landing_page=readme.link(about.get("publisher url") or "") or item.get("page"),
        licences=[one for one in (_licence(about, merged),) if one],
        publisher={"name": about.get("publisher") or _said(merged, "publisher", "creator")},
        spatial=[one for one in (about.get("geographic coverage"),) if one],
        frequency=about.get("update frequency"),
        provenance=about.get("source") or _said(merged, "source", "provenance"),
        documentation=[one for one in (readme.link(about.get("lab visualisation") or ""),) if one],
        distributions=_files(item, described),
        # What is published of it stays as it is until all of it can be read again.
        refused=f"Not all of its descriptions could be fetched ({'; '.join(failed)[:500]})." if failed else "",
    )
    unread = [name for terms in merged for name in terms.unread(but=_PLUMBING)]
    record.notes = [*notes, *left_over([*about.unread("README: "), *unread])]
    return record


def _parsed(url: str, text: str, notes: list[str]) -> Any:
    """A description; a comma too many is passed over, and one that is broken otherwise says only which file it is of."""
    for candidate in (text, _TRAILING.sub(lambda found: found[1] or "", text)):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    notes.append(f"{url.rsplit('/', 1)[-1]} is broken JSON and was not read")
    return {}


def _said(merged: list[Watched], *names: str) -> Any:
    return next((found for terms in merged if (found := label(first(terms, *names)))), "")


def _named(item: dict[str, Any], notes: list[str]) -> str:
    name = re.sub(r"[_-]+", " ", str(item.get("name") or "").split(".")[0]).strip()
    if name:
        notes.append("its descriptions give no title; it is named after its folder or file")
    return name[:1].upper() + name[1:]


def _licence(about: Watched, merged: list[Watched]) -> Any:
    stated = about.get("licence") or about.get("license") or ""
    return (
        readme.link(stated) or stated or next((code(one) for terms in merged if (one := first(terms, "license"))), "")
    )


def _files(item: dict[str, Any], described: dict[str, Watched]) -> list[Distribution]:
    """The files that descriptions name, then the folder's others; each once."""
    files: dict[str, Distribution] = {}
    sizes = {one["url"]: one.get("size") for one in item.get("files") or []}
    for url, terms in described.items():
        tables = [fold(one) for one in as_list(terms.get("tables")) if isinstance(one, dict)] or [terms]
        fallback = url.removesuffix(_ENDING) if not url.endswith("/csv-metadata.json") else ""
        for table in tables:
            address = urljoin(url, clean(table.get("url"))) if clean(table.get("url")) else fallback
            if address:
                title = label(first(table, "title")) if table is not terms else ""
                files[address] = _file(address, sizes.get(address), title, url)
    for url, size in sizes.items():
        files.setdefault(url, _file(url, size, "", ""))
    return list(files.values())


def _file(url: str, size: Any, title: Any, description: str) -> Distribution:
    name = unquote(url.rsplit("/", 1)[-1])
    return Distribution(
        title=title or name,
        download_url=url,
        format=name.rpartition(".")[2] if "." in name else "",
        size=size,
        documentation=[description] if description else [],
    )
