"""The journey's API; each subject has its module in actions/."""

from __future__ import annotations

from .actions.differences import journey_difference_discard, journey_difference_show
from .actions.evidence import journey_evidence_erase, journey_evidence_list
from .actions.export import journey_export
from .actions.gate import bulk_update_public, package_create, package_update
from .actions.graph import journey_graph
from .actions.proof import (
    journey_checkpoint_create,
    journey_checkpoint_list,
    journey_checkpoint_mirror,
    journey_verify,
)
from .actions.prov import journey_prov_import
from .actions.reuse import journey_reuse_create
from .actions.show import journey_event_list, journey_rebuild, journey_rebuild_show, journey_show
from .actions.steps import journey_step_create
from .actions.systems import journey_system_create, journey_system_list, journey_system_show
from .actions.templates import (
    journey_release_create,
    journey_release_record,
    journey_release_show,
    journey_template_create,
    journey_template_discard,
    journey_template_list,
    journey_template_show,
)
from .actions.tokens import (
    journey_alias_create,
    journey_token_create,
    journey_token_list,
    journey_token_revoke,
)
from .actions.workflow import (
    journey_board,
    journey_officer_create,
    journey_officer_list,
    journey_officer_revoke,
    journey_workflow_move,
    journey_workflow_show,
)

__all__ = [
    "bulk_update_public",
    "journey_alias_create",
    "journey_board",
    "journey_checkpoint_create",
    "journey_checkpoint_list",
    "journey_checkpoint_mirror",
    "journey_difference_discard",
    "journey_difference_show",
    "journey_event_list",
    "journey_evidence_erase",
    "journey_evidence_list",
    "journey_export",
    "journey_graph",
    "journey_officer_create",
    "journey_officer_list",
    "journey_officer_revoke",
    "journey_prov_import",
    "journey_rebuild",
    "journey_rebuild_show",
    "journey_release_create",
    "journey_release_record",
    "journey_release_show",
    "journey_reuse_create",
    "journey_show",
    "journey_step_create",
    "journey_system_create",
    "journey_system_list",
    "journey_system_show",
    "journey_template_create",
    "journey_template_discard",
    "journey_template_list",
    "journey_template_show",
    "journey_token_create",
    "journey_token_list",
    "journey_token_revoke",
    "journey_verify",
    "journey_workflow_move",
    "journey_workflow_show",
    "package_create",
    "package_update",
]
