"""The form for a step: its flat fields to the action's dict, the action's errors back to fields."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

_PLAIN = [
    "type",
    "started_at",
    "ended_at",
    "agent_role",
    "tool",
    "tool_version",
    "rationale",
    "visibility",
    "rows_in",
    "rows_out",
    "rows_rejected",
    "rows_merged",
    "rows_split",
]
_GROUPS = {
    "inputs": ("name", "sha256", "bytes", "rows"),
    "outputs": ("name", "sha256", "bytes", "rows"),
    "evidence": ("kind", "value", "url", "visibility"),
}
_ORDER = (
    *("type", "rationale", "started_at", "ended_at", "system", "system_new", "agent_role", "tool", "tool_version"),
    *("rows_in", "rows_out", "rows_rejected", "rows_merged", "rows_split", "inputs", "outputs", "evidence"),
    "visibility",
)
# A group left blank but for these was not filled in.
_PRESET = {"visibility", "kind"}
_MOST = 20


class Form:
    """What a person typed. Fields of a group are named like `evidence-0-kind`."""

    def __init__(self, values: Any):
        self.values = values
        self.counts = {name: self._count(name) for name in _GROUPS}
        self.places: dict[str, list[int]] = {name: self._filled(name) for name in _GROUPS}

    @property
    def wants_more(self) -> bool:
        """A button asked for one more set of fields; works without JavaScript."""
        return self.values.get("more") in _GROUPS

    def get(self, name: str) -> str:
        return str(self.values.get(name, "")).strip()

    def _count(self, group: str) -> int:
        text = str(self.values.get(f"{group}-count", "1"))
        count = int(text) if text.isdigit() and len(text) < 4 else 1
        return min(max(count, 1) + (self.values.get("more") == group), _MOST)

    def _filled(self, group: str) -> list[int]:
        names = [name for name in _GROUPS[group] if name not in _PRESET]
        return [
            place
            for place in range(self.counts[group])
            if any(self.get(f"{group}-{place}-{name}") for name in names) or self.get(f"{group}-{place}-kind")
        ]

    def step(self, dataset: str) -> dict[str, Any]:
        """The dict for journey_step_create."""
        data: dict[str, Any] = {"dataset": dataset}
        data |= {name: self.get(name) for name in _PLAIN if self.get(name)}
        system = self.get("system_new") or self.get("system")
        if system:
            data["system"] = system
        for group, names in _GROUPS.items():
            items = [
                {name: self.get(f"{group}-{place}-{name}") for name in names if self.get(f"{group}-{place}-{name}")}
                for place in self.places[group]
            ]
            if items:
                data[group] = items
        return data

    def errors(self, error_dict: dict[str, Any]) -> dict[str, str]:
        """Errors by the name of the field at which they are shown, in the order of the form."""
        found: dict[str, str] = {}
        for name, problem in error_dict.items():
            if name in _GROUPS and isinstance(problem, list) and any(isinstance(item, dict) for item in problem):
                for place, item in zip(self.places[name], problem, strict=False):
                    found |= {f"{name}-{place}-{field}": _sentence(texts) for field, texts in item.items()}
            else:
                found["system_new" if name == "system" else name] = _sentence(problem)
        kinder = {name: _missing(name, text) for name, text in found.items()}
        return dict(sorted(kinder.items(), key=lambda item: _place(item[0])))


def _place(name: str) -> tuple[int, str]:
    group = name.split("-", maxsplit=1)[0]
    return (_ORDER.index(group) if group in _ORDER else len(_ORDER), name)


def _missing(name: str, text: str) -> str:
    """CKAN's own words for an empty field say little to a person."""
    if text != tk._("Missing value"):
        return text
    wanted = {"type": tk._("Choose a kind of step"), "name": tk._("Give the file's name")}
    return wanted.get(name.rsplit("-", 1)[-1], text)


def _sentence(problem: Any) -> str:
    return " ".join(str(text) for text in problem) if isinstance(problem, list) else str(problem)


def reuse_labels() -> dict[str, str]:
    _ = tk._
    return {
        "title": _("What it is called"),
        "url": _("Its address"),
        "description": _("What it does"),
        "kind": _("What it is: app, article, study, service ..."),
    }


def labels() -> dict[str, str]:
    """What the summary of errors calls each field."""
    _ = tk._
    return {
        "type": _("What happened"),
        "started_at": _("When it started"),
        "ended_at": _("When it ended"),
        "system": _("System from the register"),
        "system_new": _("A system not in the register"),
        "agent_role": _("Role of who did it"),
        "tool": _("Tool"),
        "tool_version": _("Version of the tool"),
        "rationale": _("What was done, and why"),
        "visibility": _("Who may see this"),
        "rows_in": _("Rows in"),
        "rows_out": _("Rows out"),
        "rows_rejected": _("Rows rejected"),
        "rows_merged": _("Rows merged away"),
        "rows_split": _("Rows added by splitting"),
        "name": _("File name"),
        "sha256": _("SHA-256 checksum"),
        "bytes": _("Size in bytes"),
        "rows": _("Number of rows"),
        "kind": _("Kind of evidence"),
        "value": _("What it says"),
        "url": _("Web address"),
        "inputs": _("File that went in"),
        "outputs": _("File that came out"),
        "evidence": _("Evidence"),
    }
