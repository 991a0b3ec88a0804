"""Which form besides RDF an Accept header means. Pure.

Only a media type that the header names counts, no wildcard, and only above HTML and RDF in quality (with RDF, the one named
first wins). Forms of one media type are told apart by its ``profile`` parameter (RFC 6906, as in JSON-LD's own).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .. import formats
from . import Form


def chosen(header: str | None, forms: Iterable[Form]) -> Form | None:
    """The form that is preferred over the page and over every RDF form; None for everything else."""
    if not header or len(header) > 4000:
        return None
    named, offered = list(_named(header)), tuple(forms)
    liked = [
        (quality, -place, form)
        for place, (media, profile, quality) in enumerate(named)
        for form in _match(media, profile, offered)
    ]
    ranges = formats.parse_accept(header)
    if not liked:
        return None
    quality, place, form = max(liked, key=lambda each: each[:2])
    if quality <= formats.quality("text/html", ranges):
        return None
    rdf = formats.negotiate(header)
    if rdf is None:
        return form
    theirs = formats.quality(rdf.media_type, ranges)
    first = next((i for i, (media, _, _) in enumerate(named) if media == rdf.media_type), len(named))
    return form if (quality, place) > (theirs, -first) else None


def _match(media: str, profile: str, forms: Iterable[Form]) -> Iterator[Form]:
    for form in forms:
        if form.media_type.partition(";")[0] != media:
            continue
        if (form.profile.lower().rstrip("/") in profile.split()) if profile else form.plain:
            yield form


def _named(header: str) -> Iterator[tuple[str, str, float]]:
    """Media type, profiles (lower case, without closing slashes, empty without any) and q of each range, in order."""
    for part in header.lower().split(","):
        media, *params = (piece.strip() for piece in part.split(";"))
        values = {key.strip(): value.strip().strip('"') for key, _, value in (p.partition("=") for p in params)}
        profile = " ".join(each.rstrip("/") for each in values.get("profile", "").split())
        if re.fullmatch(r"[01](\.\d{0,3})?", values.get("q", "1")):
            yield media, profile, min(float(values.get("q", "1")), 1.0)
