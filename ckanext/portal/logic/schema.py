from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def portal_autocomplete_schema(
    default: ValidatorFactory,
    unicode_safe: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "q": [default(""), unicode_safe],
        "limit": [default(8), natural_number_validator, limit_to_configured_maximum("ckan.datasets_per_page", 20)],
    }
