"""The demo's generators by name: each makes one legacy system's extract, before any step has touched it (pure)."""

from collections.abc import Callable

from ..table import Table
from . import environment, finance, people, places, planning, revenues, society, transport

MAKERS: dict[str, Callable[..., Table]] = {
    name: function
    for module in (environment, finance, people, places, planning, revenues, society, transport)
    for name, function in module.MAKERS.items()
}
