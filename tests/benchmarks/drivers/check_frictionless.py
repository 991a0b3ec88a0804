"""The same file checked by frictionless against the same table: prints {"errors", "ticks", "mb"} as JSON.

The table's own schema (types, thousands, pounds, required cells), with dates in any form, as ours takes them. What ours warns of
besides (thresholds, rows that stand twice, personal data) it is not asked for.
"""

import json
import resource
import sys
from pathlib import Path

from frictionless import Resource, Schema

from ckanext.council_schemas.check import header, tables

path = Path(sys.argv[1])
with path.open() as file:
    labels = file.readline().strip().split(",")
table = tables.find("spend")
fields = []
for column in header.columns(labels, table, {}):
    known = dict(table.field(column.field).descriptor) if column.field else {"type": "string"}
    if known["type"] == "date":
        known["format"] = "any"
    fields.append({**known, "name": column.header})
schema = Schema.from_descriptor({"fields": fields, "missingValues": list(table.missing_values)})
report = Resource(path=path.name, basepath=str(path.parent), schema=schema).validate(limit_errors=100_000)
errors = [[error.type, error.row_number] for task in report.tasks for error in task.errors]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"errors": errors, "ticks": 0, "mb": peak}))
