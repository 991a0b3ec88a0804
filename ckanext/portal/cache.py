"""Keeps an answer for visitors who are not signed in for a few seconds, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from ckan.common import current_user
from flask import has_request_context

from . import config


class Cache:
    """Values by key, each forgotten after its seconds. At most `size` are held."""

    def __init__(self, size: int = 64, clock: Callable[[], float] = time.monotonic) -> None:
        self._held: dict[Any, tuple[float, Any]] = {}
        self._lock, self._size, self._clock = Lock(), size, clock

    def get(self, key: Any, make: Callable[[], Any], seconds: float) -> Any:
        with self._lock:
            until, value = self._held.get(key, (0.0, None))
        if self._clock() < until:
            return value
        value = make()
        with self._lock:
            if len(self._held) >= self._size:
                self._held.clear()
            self._held[key] = (self._clock() + seconds, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


public = Cache()


def for_public(key: Any, make: Callable[[], Any]) -> Any:
    """The value, kept if the request is nobody's; what a user may see is made anew each time."""
    if not has_request_context() or current_user.is_authenticated or not config.cache_seconds():
        return make()
    return public.get(key, make, config.cache_seconds())
