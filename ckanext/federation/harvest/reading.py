"""An answer of a node to pages of items, in memory that does not grow with the answer.

A small answer is parsed whole. A large one, or one that breaks off, is read as a stream: JSON part by part, RDF by
way of a file. What was whole in a feed that breaks off is handed on, with ``cut`` saying so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from types import ModuleType
from typing import IO, Any

from . import dialects, fetch
from .dialects import decode, hub_item, rdf
from .encoding import Utf8, encoding_of
from .record import BrokenFeed, FeedError, Hints, Page
from .streams import HEAD, JsonStream
from .triples import DiskGraph

SMALL = 8 * 1024 * 1024
LARGEST_DOCUMENT = 1024 * 1024


class Reading:
    """One answer being read. ``module`` is its dialect's; ``cut``, once its pages are read, why it ends early (or "").

    :raises FeedError: it is no feed that the dialect ``name`` allows, or nothing of it is whole.
    """

    def __init__(self, name: str, answer: fetch.Fetched, small: int = SMALL):
        assert answer.file is not None
        self.cut = ""
        self._name, self._file = name, answer.file
        self._hints = Hints(answer.url, answer.content_type, answer.charset)
        self.module, self._pages = self._open(answer, small)

    def pages(self) -> Iterator[Page]:
        """The answer's pages, one after another; together they are one page of the feed."""
        return self._pages

    def _open(self, answer: fetch.Fetched, small: int) -> tuple[ModuleType, Iterator[Page]]:
        if answer.bytes <= small and not answer.cut:
            try:
                module, document = dialects.choose(self._name, answer.body, self._hints)
                return module, iter([module.page(document)])
            except BrokenFeed:
                return self._stream()
        found = self._stream()
        if answer.cut:
            self.cut = "The connection ended before the feed did."
        return found

    def _stream(self) -> tuple[ModuleType, Iterator[Page]]:
        encoding = encoding_of(self._file, self._hints.charset)
        head = Utf8(self._file, encoding).read(HEAD).decode("utf-8", "ignore")
        kind = decode.kind_of(head, self._hints)
        if kind == "json":
            return self._json(JsonStream(self._file, encoding, self._hints))
        module = dialects.reader(self._name, decode.Document(kind, None, head, self._hints))
        if hasattr(module, "stream"):
            return module, module.stream(Utf8(self._file, encoding), self._hints)
        return module, self._graph(rdf.file_quads(Utf8(self._file, encoding), kind, self._hints))

    def _json(self, stream: JsonStream) -> tuple[ModuleType, Iterator[Page]]:
        documents = stream.documents()
        first = next(documents)
        module = dialects.reader(self._name, first)
        if module is rdf:
            return module, self._graph(_quads(stream, chain([first], documents)))
        return module, self._json_pages(stream, module, chain([first], documents))

    def _json_pages(
        self, stream: JsonStream, module: ModuleType, documents: Iterator[decode.Document]
    ) -> Iterator[Page]:
        repeats: dict[str, str] | None = None
        for document in documents:
            page = module.page(document)
            if repeats is None:
                repeats = _repeats(stream, module, page)
            page.repeats = repeats
            yield page
        self.cut = self.cut or (f"The feed is cut short or broken ({stream.cut})." if stream.cut else "")

    def _graph(self, quads: Iterator[object]) -> Iterator[Page]:
        if self.cut:
            raise FeedError(f"{self.cut} Of RDF nothing is known to be whole until all of it is there.")
        with DiskGraph(rdf.whole_or_refused(quads)) as graph:
            yield from rdf.pages(graph)


def _quads(stream: JsonStream, documents: Iterator[decode.Document]) -> Iterator[object]:
    for document in documents:
        yield from rdf.quads(document)
    if stream.cut:
        raise FeedError(
            f"The feed is cut short or broken ({stream.cut}), and is RDF, of which nothing is known to be whole."
        )


def _repeats(stream: JsonStream, module: ModuleType, first: Page) -> dict[str, str]:
    """Records that are another record over again may stand in another part, so the whole feed is asked once."""
    if not hasattr(module, "named") or not any("item.html?" in name for name, _title in module.named(first.items)):
        return {}
    return hub_item.repeats(
        named for document in stream.documents() for named in module.named(module.page(document).items)
    )


def fetch_documents(item: dict[str, Any], fetcher: fetch.Fetcher) -> None:
    """Fetch what an item's ``documents`` name; one that cannot be had is that one's failure alone."""
    for url in item["documents"]:
        try:
            answer = fetcher.get(url)
        except fetch.FetchError as error:
            item["documents"][url] = {"error": str(error)}
            continue
        assert answer.file is not None
        text = Utf8(answer.file, encoding_of(answer.file, answer.charset)).read(LARGEST_DOCUMENT + 1)
        whole = len(text) <= LARGEST_DOCUMENT and not answer.cut
        item["documents"][url] = (
            text.decode("utf-8", "replace") if whole else {"error": "It is too large, or cut short."}
        )


def opened(file: IO[bytes], hints: Hints, name: str = dialects.AUTO, small: int = SMALL) -> Reading:
    """The reading of a file."""
    size = file.seek(0, 2)
    return Reading(name, fetch.Fetched(hints.url, 200, file, size, hints.content_type, hints.charset), small)
