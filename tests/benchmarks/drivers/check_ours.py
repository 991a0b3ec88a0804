"""A file checked by the portal's own engine: prints {"errors": [[type, line] ...], "ticks", "mb"} as JSON."""

import json
import resource
import sys

from ckanext.council_schemas.check import Limits, check_file, tables

ticks = []
report = check_file(sys.argv[1], tables.find("spend"), limits=Limits(problems=100_000), progress=ticks.append)
errors = [
    [report.rules[each.rule].frictionless, each.line]
    for each in report.problems
    if each.severity == "error" and each.line != report.header_line
]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"errors": errors, "ticks": len(ticks), "mb": peak}))
