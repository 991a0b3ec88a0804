"""The plugin's actions; each subject has its module in actions/."""

from .actions.nodes import (
    federation_discover,
    federation_node_create,
    federation_node_list,
    federation_node_pause,
    federation_node_register_known,
    federation_node_resume,
    federation_node_show,
    federation_node_update,
)
from .actions.records import (
    federation_quarantine_list,
    federation_record_join,
    federation_record_keep_apart,
    federation_record_retry,
    federation_record_show,
    federation_record_split,
)
from .actions.runs import (
    federation_outcome_show,
    federation_plan,
    federation_plan_apply,
    federation_run,
    federation_run_cancel,
    federation_run_list,
    federation_run_pause,
    federation_run_resume,
    federation_run_roll_back,
    federation_run_show,
)

__all__ = [
    "federation_discover",
    "federation_node_create",
    "federation_node_list",
    "federation_node_pause",
    "federation_node_register_known",
    "federation_node_resume",
    "federation_node_show",
    "federation_node_update",
    "federation_outcome_show",
    "federation_plan",
    "federation_plan_apply",
    "federation_quarantine_list",
    "federation_record_join",
    "federation_record_keep_apart",
    "federation_record_retry",
    "federation_record_show",
    "federation_record_split",
    "federation_run",
    "federation_run_cancel",
    "federation_run_list",
    "federation_run_pause",
    "federation_run_resume",
    "federation_run_roll_back",
    "federation_run_show",
]
