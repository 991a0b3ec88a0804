"""A spend file made from its number of rows, with planted errors; the same for both sides."""

from __future__ import annotations

import csv
import datetime
import random
from pathlib import Path

HEADER = (
    "Organisation Label", "Organisation Code", "Payment Date", "Department", "Beneficiary Name", "Purpose", "Amount",
    "Irrecoverable VAT", "Merchant Category", "Transaction Number", "Supplier ID", "Capital or Revenue", "Procurement Card",
)  # fmt: skip
FIRST = datetime.date(2025, 1, 1)


def write(path: Path, rows: int) -> None:
    """About one row in a thousand is wrong: no amount, no date, an empty cell, cells missing or too many, a blank row."""
    draw = random.Random(rows)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow(_row(draw, number))


def _row(draw: random.Random, number: int) -> list[str]:
    day = (FIRST + datetime.timedelta(days=draw.randrange(90))).isoformat()
    supplier = draw.randrange(3000)
    name = f"Supplier {supplier} Ltd" if supplier % 3 else f"Tallow, Wick & Co {supplier} Ltd"
    row = [
        "Aireborough Council", "E08000035", day, f"Directorate {draw.randrange(12)}", name, f"Purpose {draw.randrange(200)}",
        f"{draw.uniform(501, 90000):.2f}", "0.00", f"Category {draw.randrange(40)}", f"T{number:08}", str(draw.randrange(9000)),
        "R", "No",
    ]  # fmt: skip
    if number % 5003 == 7:
        row[6] = "n.k."
    elif number % 5003 == 107:
        row[2] = "31/31/2025"
    elif number % 5003 == 207:
        row[4] = ""
    elif number % 5003 == 307:
        del row[-2:]
    elif number % 5003 == 407:
        row += ["more"]
    elif number % 5003 == 507:
        row = []
    return row
