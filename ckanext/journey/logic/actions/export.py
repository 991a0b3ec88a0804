"""The action that gives a journey in other tools' formats."""

from __future__ import annotations

import base64
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import exporting
from ...exports import drawing, registry


@tk.side_effect_free
def journey_export(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A dataset's journey in a format of other tools. It holds what everyone may see, whoever asks: no private evidence.

    :param id: the dataset's id or name
    :param format: prov-json, prov-ttl, prov-jsonld, openlineage, openlineage-ndjson, crate, crate-metadata, gemini,
      iso19139, csv, svg or png (optional, default: prov-json)

    :returns: `format`, `media_type`, `filename`, `url` (where the same is served), `cut` (how many steps and files were left
      out as too many), and `content`; of what is no text, `content_base64`; of a crate, which carries files, only the `url`
    """
    tk.check_access("journey_export", context, data_dict)
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    form = _format(data_dict.get("format"))
    doc = exporting.gather(context, package)
    url = f"{doc.about.site_url}/dataset/journey/{package.name}.{form.extension}"
    found = {"format": form.name, "media_type": form.media_type, "url": url, "cut": doc.cut}
    found["filename"] = f"{package.name}-journey.{form.extension}"
    if form.render is None:
        if context.get(exporting.SINK):  # a view or the CLI: the files go straight where they belong
            exporting.write_crate(doc, context[exporting.SINK])
        return found
    try:
        content = form.render(doc)
    except drawing.NoFontError as error:
        raise tk.ValidationError({"format": [str(error)]}) from error
    if form.is_text:
        return found | {"content": content.decode()}
    return found | {"content_base64": base64.b64encode(content).decode()}


def _format(name: Any) -> registry.Format:
    form = registry.BY_NAME.get(str(name or "prov-json"))
    if form is None:
        known = ", ".join(registry.BY_NAME)
        raise tk.ValidationError(
            {"format": [tk._("Not a format of a journey. These are: {names}").format(names=known)]}
        )
    return form
