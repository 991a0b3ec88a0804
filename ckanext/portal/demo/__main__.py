"""``python -m ckanext.portal.demo FOLDER``: write the demo's files, and ``SHA256SUMS`` of them, into a folder."""

import sys
from pathlib import Path

from . import build, seeds


def main(folder: str) -> None:
    """Needs no CKAN and no server. Files of the same seeds are the same, byte for byte."""
    built = build.build_all(seeds.read())
    for one in built.values():
        place = Path(folder) / one.name
        place.mkdir(parents=True, exist_ok=True)
        for file in one.files:
            (place / file.name).write_bytes(file.body)
    (Path(folder) / "SHA256SUMS").write_text(build.sums(built), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m ckanext.portal.demo FOLDER")
    main(sys.argv[1])
