"""The words for states and decisions, in the reader's language."""

from __future__ import annotations

from ckan.plugins import toolkit as tk


def states() -> dict[str, str]:
    return {
        "waiting": tk._("waits for its check"),
        "running": tk._("is being checked"),
        "passed": tk._("passed"),
        "problems": tk._("has problems"),
        "personal": tk._("may hold personal data"),
        "unreadable": tk._("could not be read"),
        "failed": tk._("the check failed"),
        "waived": tk._("published by a decision"),
    }


def decisions() -> dict[str, str]:
    return {
        "proposed": tk._("proposed, waits for a second person"),
        "approved": tk._("approved"),
        "refused": tk._("refused"),
        "done": tk._("problems waived"),
        "asked": tk._("a copy was asked for"),
        "made": tk._("a copy was made"),
        "failed": tk._("no copy could be made"),
        "used": tk._("the copy took the file's place"),
        "dropped": tk._("the copy was not used"),
        "lapsed": tk._("lapsed"),
    }


def severities() -> dict[str, str]:
    return {"error": tk._("Error"), "warning": tk._("Warning"), "personal": tk._("Personal data")}


def reason_codes() -> dict[str, str]:
    return {
        "personal-data": tk._("Personal data"),
        "commercial-confidentiality": tk._("Commercial confidentiality"),
        "safety": tk._("Somebody's safety"),
    }
