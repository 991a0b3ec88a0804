"""A JSON feed as a stream of small documents of the same shape, so that its size is no matter; pure.

The feed's one long list (its datasets) is found first; each document handed on is the feed with a part of that list
in its place. What reads a whole document so reads a part of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import IO, Any

import ijson

from .dialects.decode import Document
from .encoding import Utf8
from .record import FeedError, Hints

PART = 200
HEAD = 100_000
MOST_OTHER_VALUES = 100_000
DEEPEST = 100
LONGEST_LINE = 64 * 1024 * 1024
_LISTS = {"dataset", "datasets", "@graph", "results", "result", "data", "changes"}
_BESIDE = {"catalog", "datasetseries", "service"}
_LOCAL = re.compile(r".*[/#:]")
_DEEPEST_LIST = 3


class JsonStream:
    """``cut``: why the feed ends before its end, or ""; ``documents`` may be asked for more than once.

    :raises FeedError: it has no list of datasets, or breaks off before the first of them is whole.
    """

    def __init__(self, file: IO[bytes], encoding: str, hints: Hints):
        self._file, self._encoding, self._hints = file, encoding, hints
        self.head = Utf8(file, encoding).read(HEAD).decode("utf-8", "ignore")
        self.cut = ""
        self._value: Any = None
        self._path: list[str | int] | None = None
        self._lines = _is_lines(self.head)
        if not self._lines:
            self._find()

    def documents(self) -> Iterator[Document]:
        """The feed in parts; one at least."""
        items = self._whole(self._line_values() if self._lines else self._items())
        part = list(islice(items, PART))
        while part:
            following = list(islice(items, PART))
            yield self._document(part)
            self._once()
            part = following
            if not part:
                return
        if self.cut:
            raise FeedError(f"The feed is cut short or broken before its first record is whole ({self.cut}).")
        yield Document("json", self._value, self.head, self._hints)

    def _document(self, part: list[Any]) -> Document:
        if not self._path:
            return Document("json", part, self.head, self._hints)
        value = deepcopy(self._value)
        inner = value
        for key in self._path[:-1]:
            inner = inner[key]
        inner[self._path[-1]] = part
        return Document("json", value, self.head, self._hints)

    def _once(self) -> None:
        """What is nested beside the list belongs to the first part alone."""
        if isinstance(self._value, dict):
            self._value = {key: one for key, one in self._value.items() if _LOCAL.sub("", key).lower() not in _BESIDE}

    def _whole(self, items: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from items
        except (ijson.JSONError, ValueError, RecursionError) as error:
            self.cut = _said(error)

    def _items(self) -> Iterator[Any]:
        if self._path is None:
            return iter(())
        names = ["item" if isinstance(key, int) else key for key in self._path]
        return ijson.items(Utf8(self._file, self._encoding), ".".join([*names, "item"]), use_float=True)

    def _line_values(self) -> Iterator[Any]:
        reader, left = Utf8(self._file, self._encoding), b""
        while piece := reader.read(1024 * 1024):
            *lines, left = (left + piece).split(b"\n")
            yield from (json.loads(line) for line in lines if line.strip())
            if len(left) > LONGEST_LINE:
                raise FeedError("A line of the feed is too long to be read.")
        if left.strip():
            yield json.loads(left)

    def _find(self) -> None:
        """The feed without its list, and where that is."""
        finder = _Finder()
        try:
            for event, value in ijson.basic_parse(Utf8(self._file, self._encoding), use_float=True):
                finder.take(event, value)
        except ijson.JSONError as error:
            self.cut = _said(error)
        self._value, self._path = finder.root, finder.path
        if self.cut:
            self._once()  # the last of what is nested there may not be whole


class _Finder:
    """Takes the events of a parser, and keeps all but the list."""

    def __init__(self) -> None:
        self.root: Any = None
        self.path: list[str | int] | None = None
        self._open: list[Any] = []  # containers, the innermost last
        self._at: list[str | int] = []  # the key of each in the one around it
        self._key = ""
        self._inside = 0
        self._kept = 0

    def take(self, event: str, value: Any) -> None:
        """One event. :raises FeedError: there is too much beside the list, so that it cannot be one of datasets."""
        if self._inside:
            self._inside += (event in ("start_map", "start_array")) - (event in ("end_map", "end_array"))
            if self._inside:
                return
        if event == "map_key":
            self._key = value
        elif event in ("end_map", "end_array"):
            self._open.pop()
            self._at.pop()
        else:
            self._value(event, value)

    def _value(self, event: str, value: Any) -> None:
        # The first object in a list that may be the datasets': from here on only that list's end counts.
        if event == "start_map" and self.path is None and self._may_be_list():
            self.path, self._inside = self._at[1:], 2
            return
        self._kept += 1
        if self._kept > MOST_OTHER_VALUES:
            raise FeedError("The feed is large, and has no list of datasets where one is looked for.")
        made: Any = {} if event == "start_map" else [] if event == "start_array" else value
        key: str | int = ""
        if not self._open:
            self.root = made
        elif isinstance(self._open[-1], list):
            key = len(self._open[-1])
            self._open[-1].append(made)
        else:
            key = self._key
            self._open[-1][key] = made
        if event in ("start_map", "start_array"):
            if len(self._open) > DEEPEST:
                raise FeedError("The feed is nested too deeply to be read.")
            self._open.append(made)
            self._at.append(key)

    def _may_be_list(self) -> bool:
        """Is the innermost container a list under names that datasets are listed under?"""
        if not self._open or not isinstance(self._open[-1], list):
            return False
        path = self._at[1:]
        names = [_LOCAL.sub("", key).lower() if isinstance(key, str) and key[:1] != "@" else key for key in path]
        return len(names) <= _DEEPEST_LIST and all(name in _LISTS or name == 0 for name in names)


def _is_lines(head: str) -> bool:
    first, _, rest = head.partition("\n")
    if not first.rstrip().endswith("}") or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
