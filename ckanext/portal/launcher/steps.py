"""Lines that say what is done and how long it took."""

import contextlib
import sys
import time
from collections.abc import Iterator

WIDTH = 58


class Steps:
    """Prints each step as it runs; `total` is the time since it was made, in seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.terminal = sys.stdout.isatty()

    @property
    def total(self) -> float:
        return time.monotonic() - self.began

    def note(self, text: str) -> None:
        print(f"  . {text}", flush=True)

    def progress(self, text: str) -> None:
        """Overwrites itself on a terminal; says nothing elsewhere."""
        if self.terminal:
            print(f"\r  - {text[:WIDTH]:<{WIDTH}}", end="", flush=True)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        began = time.monotonic()
        self.progress(f"{text} ...")
        try:
            yield
        except BaseException:
            print(
                f"{chr(13) if self.terminal else ''}  x {text:<{WIDTH}} failed after {time.monotonic() - began:.1f} s",
                flush=True,
            )
            raise
        print(f"{chr(13) if self.terminal else ''}  + {text:<{WIDTH}} {time.monotonic() - began:5.1f} s", flush=True)
