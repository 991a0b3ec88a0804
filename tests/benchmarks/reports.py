"""OpenLineage events made from their number, and a client that sends them over kept connections as fast as it may."""

import json
import socket
import threading
import time
import zlib
from collections.abc import Sequence

from .process import SideError

PRODUCER = "https://github.com/aireborough/etl/v1.2"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-0-0/x.json"}
JOBS = ("extract", "clean", "load", "validate")


def event(number: int, series: str, datasets: Sequence[str], address: str) -> dict[str, object]:
    """START and COMPLETE of a run in turn; each run reads a table and a file, and writes one of `datasets`."""
    run, kind = divmod(number, 2)
    time_ = f"2026-03-{1 + run // 86400 % 28:02}T{run // 3600 % 24:02}:{run // 60 % 60:02}:{run % 60:02}.{kind}00Z"
    job = JOBS[run % len(JOBS)]
    told: dict[str, object] = {
        "eventType": ("START", "COMPLETE")[kind],
        "eventTime": time_,
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": f"{zlib.crc32(series.encode()):08x}-0000-4000-8000-{run:012x}"},
        "job": {"namespace": "finance", "name": f"{job}_spend_{run % 97}"},
    }
    if not kind:
        told["inputs"] = [
            {"namespace": "postgres://agresso:5432", "name": f"ap.spend_{run % 211}"},
            {"namespace": "s3://council-landing", "name": f"raw/{run % 503}.csv"},
        ]
        return told
    name = f"dataset/{datasets[run % len(datasets)]}"
    facets = {"outputStatistics": {**FACET, "rowCount": 1000 + run % 500, "size": 40_000 + run % 9000}}
    told["outputs"] = [{"namespace": address, "name": name, "outputFacets": facets}]
    return told


def request(path: str, token: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def bodies(events: Sequence[dict[str, object]]) -> list[bytes]:
    return [json.dumps(each).encode() for each in events]


def batches(events: Sequence[dict[str, object]], size: int) -> list[bytes]:
    return [json.dumps(events[start : start + size]).encode() for start in range(0, len(events), size)]


class Connection:
    """One kept HTTP/1.1 connection; opened again when the server closed it between two requests."""

    def __init__(self, port: int) -> None:
        self.port, self._socket = port, None

    def send(self, message: bytes) -> int:
        """The answer's status. Raises OSError where the server went away during the request."""
        fresh = self._socket is None
        try:
            return self._exchange(message)
        except OSError:
            self._socket = None
            if fresh:
                raise
        return self._exchange(message)

    def _exchange(self, message: bytes) -> int:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)
        data = b""
        while b"\r\n\r\n" not in data:
            part = self._socket.recv(65536)
            if not part:
                raise ConnectionError("the server closed the connection")
            data += part
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
        while len(rest) < length:
            rest += self._socket.recv(65536)
        if "connection: close" in lines:
            self._socket.close()
            self._socket = None
        return int(lines[0].split()[1])


def post(port: int, messages: Sequence[bytes], clients: int, expected: int) -> float:
    """Seconds for all messages by so many clients at once. Raises SideError where one is not answered as expected."""
    wrong: list[object] = []

    def work(mine: Sequence[bytes]) -> None:
        connection = Connection(port)
        for message in mine:
            try:
                status: object = connection.send(message)
            except OSError as error:
                status = error
            if status != expected:
                wrong.append(status)
                return

    threads = [threading.Thread(target=work, args=(messages[n::clients],)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SideError(f"{len(wrong)} of {clients} clients were answered {wrong[0]} in place of {expected}")
    return time.perf_counter() - began
