"""Actions of what tools report: their tokens, and what the datasets that they name are here."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import bodies, capture, config, ledger
from ...lineage import tokens
from .. import schema
from .workflow import dataset, organisation

Dict = dict[str, Any]


def _dict(row: Any) -> Dict:
    moments = ("created", "last_used", "revoked")
    told = {name: value.isoformat() if (value := getattr(row, name)) else None for name in moments}
    plain = {name: getattr(row, name) for name in ("id", "name", "namespaces", "visibility")}
    return {**plain, "organization": row.stream, **told}


def journey_token_create(context: Any, data_dict: Dict) -> Dict:
    """A token by which tools report lineage (OpenLineage) for an organisation. For its administrators.

    :param organization: the organisation's id or name
    :param name: what the token is for, such as "Airflow, finance"
    :param namespaces: the job namespaces that it may speak for; one that ends with * takes all that begin so (optional: all)
    :param visibility: who sees its steps: public, organisation or restricted (optional, default: public)

    :returns: the token with `token`, its secret, which is told this once
    """
    tk.check_access("journey_token_create", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.token_schema(), context)
    names = data_dict.get("namespaces") or []
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(each, str) and each.strip() for each in names):
        errors["namespaces"] = [tk._("Give a list of namespaces")]
    if errors:
        raise tk.ValidationError(errors)
    stream = organisation(data["organization"]).id
    user = model.User.get(context.get("user") or "")
    conn = model.Session.connection()
    made, secret = tokens.create(conn, stream, data["name"], names, data["visibility"], user.id if user else None)
    model.Session.commit()
    return {**_dict(tokens.get(model.Session.connection(), made["id"])), "token": secret}


@tk.side_effect_free
def journey_token_list(context: Any, data_dict: Dict) -> list[Dict]:
    """The tokens of an organisation, without their secrets. For its administrators.

    :param organization: the organisation's id or name
    """
    tk.check_access("journey_token_list", context, data_dict)
    stream = organisation(tk.get_or_bust(data_dict, "organization")).id
    return [_dict(row) for row in tokens.listed(model.Session.connection(), stream)]


def journey_token_revoke(context: Any, data_dict: Dict) -> Dict:
    """From now on a token is refused. What it reported stays.

    :param id: the token's id
    """
    tk.check_access("journey_token_revoke", context, data_dict)
    row = tokens.get(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("Token not found"))
    tokens.revoke(model.Session.connection(), row.id)
    model.Session.commit()
    return _dict(tokens.get(model.Session.connection(), row.id))


def journey_alias_create(context: Any, data_dict: Dict) -> Dict:
    """Say that what tools call `namespace` and `name` is a dataset, or one of its files.

    It holds for what was reported under that name before, too, unless that stood for a dataset then.

    :param dataset: the dataset's id or name
    :param namespace: the namespace of the dataset in OpenLineage
    :param name: its name there
    :param resource: the id of the file (optional)
    """
    tk.check_access("journey_alias_create", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.alias_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    package = dataset(data, "dataset")
    resource = data.get("resource")
    if resource and resource not in {each.id for each in package.resources}:
        raise tk.ValidationError({"resource": [tk._("The dataset has no such file")]})
    stream = capture.stream_of(package)
    user_id, role = capture.actor(context, stream)
    body = bodies.AliasRegistered(data["namespace"], data["name"], package.id, resource)
    ledger.append(model.Session.connection(), ledger.Draft(body, stream, None, user_id, role), config.lock_seconds())
    model.Session.commit()
    return {"namespace": body.namespace, "name": body.name, "dataset": package.id, "resource": resource}
