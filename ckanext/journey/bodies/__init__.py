"""What events say, by who says it: each kind of body and the name that it has in the ledger (pure)."""

from __future__ import annotations

from .harvested import HarvestImported, HarvestWithdrawn
from .parts import Evidence, File, Hop, Plan
from .reported import AliasRegistered, DatasetLink, LineageReceived, ProvReceived
from .seen import CaptureFailed, DatasetChanged, DownloadsCounted, FileChecked, FileReceived, TableLoaded
from .told import EvidenceErased, ReuseRecorded, StepRecorded, SystemRegistered, WorkflowMoved

__all__ = [
    "BODIES",
    "TYPE_OF",
    "AliasRegistered",
    "Body",
    "CaptureFailed",
    "DatasetChanged",
    "DatasetLink",
    "DownloadsCounted",
    "Evidence",
    "EvidenceErased",
    "File",
    "FileChecked",
    "FileReceived",
    "HarvestImported",
    "HarvestWithdrawn",
    "Hop",
    "LineageReceived",
    "Plan",
    "ProvReceived",
    "ReuseRecorded",
    "StepRecorded",
    "SystemRegistered",
    "TableLoaded",
    "WorkflowMoved",
]

Body = (
    SystemRegistered
    | StepRecorded
    | DatasetChanged
    | FileReceived
    | TableLoaded
    | HarvestImported
    | HarvestWithdrawn
    | WorkflowMoved
    | CaptureFailed
    | LineageReceived
    | ProvReceived
    | AliasRegistered
    | FileChecked
    | DownloadsCounted
    | ReuseRecorded
    | EvidenceErased
)

BODIES: dict[str, type] = {
    "system-registered": SystemRegistered,
    "step-recorded": StepRecorded,
    "dataset-changed": DatasetChanged,
    "file-received": FileReceived,
    "table-loaded": TableLoaded,
    "harvest-imported": HarvestImported,
    "harvest-withdrawn": HarvestWithdrawn,
    "workflow-moved": WorkflowMoved,
    "capture-failed": CaptureFailed,
    "lineage-received": LineageReceived,
    "prov-received": ProvReceived,
    "alias-registered": AliasRegistered,
    "file-checked": FileChecked,
    "downloads-counted": DownloadsCounted,
    "reuse-recorded": ReuseRecorded,
    "evidence-erased": EvidenceErased,
}
TYPE_OF: dict[type, str] = {cls: name for name, cls in BODIES.items()}
