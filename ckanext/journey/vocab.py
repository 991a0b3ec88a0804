"""The words of a journey: step types, stages, evidence kinds, visibilities (pure)."""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:
    return text


@dataclass(frozen=True)
class StepType:
    """A kind of step: its code, the stage it belongs to and what a citizen reads."""

    code: str
    stage: str
    label: str
    help: str


@dataclass(frozen=True)
class Stage:
    """A stretch of the way; `label` is what was done there, `question` what a reader wants to know."""

    code: str
    label: str
    question: str


# The order is the order of the way, and of steps whose time nobody recorded.
STAGES: tuple[Stage, ...] = (
    Stage("identify", N_("Identified"), N_("Who noticed that this data exists?")),
    Stage("extract", N_("Taken out"), N_("How did the data leave the system?")),
    Stage("clean", N_("Cleaned"), N_("What was put right?")),
    Stage("privacy", N_("Privacy"), N_("Was anyone's privacy at risk?")),
    Stage("check", N_("Checked"), N_("Was the file checked?")),
    Stage("approve", N_("Approved"), N_("Who said it may be published?")),
    Stage("hop", N_("Harvested"), N_("Which portals did it pass through?")),
    Stage("receive", N_("Received"), N_("When did the file arrive here?")),
    Stage("publish", N_("Published"), N_("Since when can anyone read it?")),
    Stage("use", N_("In use"), N_("Where is it used?")),
    Stage("end", N_("Ended"), N_("What became of it?")),
)

STEP_TYPES: tuple[StepType, ...] = (
    StepType("identify", "identify", N_("Identified"), N_("The data was found and registered for publication.")),
    StepType("extract", "extract", N_("Extracted"), N_("The data was taken out of the system that holds it.")),
    StepType("clean", "clean", N_("Cleaned"), N_("Errors and unneeded rows or columns were removed.")),
    StepType("standardise", "clean", N_("Standardised"), N_("Names, codes and dates were put into one form.")),
    StepType("deduplicate", "clean", N_("Deduplicated"), N_("Rows that appeared more than once were merged.")),
    StepType("join", "clean", N_("Joined"), N_("The data was combined with other data.")),
    StepType("geocode", "clean", N_("Located"), N_("Places were given coordinates or area codes.")),
    StepType("aggregate", "clean", N_("Summarised"), N_("Rows were added up into totals.")),
    StepType("anonymise", "privacy", N_("Anonymised"), N_("What could identify a person was removed or altered.")),
    StepType(
        "disclosure-check", "privacy", N_("Disclosure checked"), N_("Tested for whether anyone can be identified.")
    ),
    StepType(
        "dpia-review", "privacy", N_("Privacy reviewed"), N_("Reviewed for its effect on people's privacy (DPIA).")
    ),
    StepType("validate", "check", N_("Validated"), N_("The file was checked against the rules it must meet.")),
    StepType("approve", "approve", N_("Approved"), N_("Someone with authority agreed to publish.")),
    StepType("reject", "approve", N_("Sent back"), N_("Someone with authority refused to publish for now.")),
    StepType("harvest-fetch", "hop", N_("Fetched from another portal"), N_("Another portal's catalogue was read.")),
    StepType(
        "harvest-import", "hop", N_("Imported from another portal"), N_("The record was copied into this portal.")
    ),
    StepType("receive", "receive", N_("File received"), N_("The file was uploaded to this portal.")),
    StepType("load", "receive", N_("Loaded as a table"), N_("The file's rows were loaded so they can be searched.")),
    StepType("publish", "publish", N_("Published"), N_("The dataset was opened to everyone.")),
    StepType("correct", "publish", N_("Updated"), N_("Something already published was corrected or updated.")),
    StepType("supersede", "publish", N_("Superseded"), N_("A newer release took the place of this one.")),
    StepType("reuse", "use", N_("Re-used"), N_("Someone built something with the data.")),
    StepType("withdraw", "end", N_("Withdrawn"), N_("The dataset was taken out of public view.")),
    StepType("archive", "end", N_("Archived"), N_("The data was put away for keeping.")),
)


@dataclass(frozen=True)
class Group:
    """Words for several steps of one type together."""

    label: str
    help: str


# What the portal records by itself and often many times in a row; shown together.
GROUPS: dict[str, Group] = {
    "receive": Group(N_("Files received"), N_("The files were uploaded to this portal.")),
    "load": Group(N_("Loaded as tables"), N_("The files' rows were loaded so they can be searched.")),
    "correct": Group(N_("Updated"), N_("Something already published was corrected or updated.")),
}

EVIDENCE_KINDS: dict[str, str] = {
    "checksum": N_("Checksum"),
    "row-reconciliation": N_("Row reconciliation"),
    "schema-difference": N_("Schema difference"),
    "validation-report": N_("Validation report"),
    "legal-basis": N_("Legal basis"),
    "dpia-reference": N_("DPIA reference"),
    "disclosure-test": N_("Disclosure test"),
    "approval": N_("Approval"),
    "licence": N_("Licence"),
}

VISIBILITIES: dict[str, str] = {
    "public": N_("Everyone"),
    "organisation": N_("Members of the organisation"),
    "restricted": N_("Administrators of the organisation only"),
}

CAPTURES: dict[str, str] = {
    "auto": N_("Recorded by this portal as it happened"),
    "harvest": N_("Recorded by this portal when it harvested"),
    "openlineage": N_("Reported by a tool"),
    "manual": N_("Told by a data steward"),
    "prov": N_("Read from a provenance file of another tool"),
}

CONFIDENCES: dict[str, str] = {
    "observed": N_("observed"),
    "attested": N_("attested"),
    "inferred": N_("inferred"),
}

# What the portal knows of who acted, when nobody named a role.
ROLES: dict[str, str] = {
    "system": N_("This portal, automatically"),
    "sysadmin": N_("Portal administrator"),
    "admin": N_("Organisation administrator"),
    "editor": N_("Editor"),
    "member": N_("Member"),
    "user": N_("Registered user"),
    "tool": N_("A tool"),
    "person": N_("A person, whose role is not told"),
}

SYSTEM_KINDS: dict[str, str] = {
    "finance": N_("Finance"),
    "revenues-benefits": N_("Revenues and benefits"),
    "hr-payroll": N_("HR and payroll"),
    "planning": N_("Planning and building control"),
    "highways": N_("Highways and street works"),
    "parking": N_("Parking and enforcement"),
    "environment": N_("Environmental health and monitoring"),
    "waste": N_("Waste and recycling"),
    "housing": N_("Housing"),
    "social-care": N_("Social care"),
    "education": N_("Education"),
    "libraries": N_("Libraries and leisure"),
    "elections": N_("Elections and democracy"),
    "procurement": N_("Procurement and contracts"),
    "property": N_("Property and assets"),
    "gis": N_("Maps (GIS)"),
    "crm": N_("Customer contacts (CRM)"),
    "spreadsheet": N_("Spreadsheet or shared folder"),
    "other": N_("Other"),
}

TYPES: dict[str, StepType] = {t.code: t for t in STEP_TYPES}
STAGE_RANK: dict[str, int] = {s.code: n for n, s in enumerate(STAGES)}
TYPE_RANK: dict[str, int] = {t.code: n for n, t in enumerate(STEP_TYPES)}


def stage_of(type_code: str) -> str:
    """The stage a step type belongs to; an unknown type counts as cleaning, the widest of them."""
    return TYPES[type_code].stage if type_code in TYPES else "clean"


# What one may ask of a step of a stage. What may not be asked is not unknown: it does not apply.
_FACTS: dict[str, frozenset[str]] = {
    "extract": frozenset({"system", "role", "tool", "rows"}),
    "clean": frozenset({"role", "tool", "rows"}),
    "privacy": frozenset({"role"}),
    "check": frozenset({"role", "tool"}),
}


def facts_of(type_code: str) -> frozenset[str]:
    """Which of system, role, tool and rows a step of this type should be able to tell."""
    if type_code == "anonymise":
        return _FACTS["clean"]
    return _FACTS.get(stage_of(type_code), frozenset({"role"}))
