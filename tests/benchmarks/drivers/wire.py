"""A CKAN that is asked over its standard input, one JSON object a line, and answers likewise.

Runs in either side's Python (`python SIDE.py INI`): imports nothing of the project. CKAN's start is thus not measured.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Commands = dict[str, Callable[..., Any]]


def application(ini: str) -> Any:
    """CKAN as a web server has it, plugins' middleware included."""
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    return make_app(load_config(ini))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what `work` returned."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _end_transaction() -> None:
    from ckan import model

    model.Session.remove()


def serve(ini: str, commands: Commands) -> None:
    """Answers {"ok": result} or {"error": text} to each {"do": name, "with": {arguments}} until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what CKAN prints is no answer
    app = application(ini)._wsgi_app
    print(json.dumps({"ok": "ready"}), file=answers)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            with app.test_request_context():
                answer = {"ok": commands[asked["do"]](**asked.get("with", {}))}
        except Exception:
            answer = {"error": traceback.format_exc()}
        finally:
            _end_transaction()  # none stays open while the other side has its turn
        print(json.dumps(answer), file=answers)
