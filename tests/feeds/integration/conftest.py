"""Fixtures of the feeds tests: a clean site with the feeds plugin, and helpers to read what it serves."""

import pathlib

import pytest
import rdflib

SHAPES = pathlib.Path(__file__).parents[3].parent / "shared" / "lineage" / "shapes" / "dcat-ap-3.0.1"


@pytest.fixture()
def feeds_db(clean_db, migrate_db_for, clean_index):
    migrate_db_for("feeds")


@pytest.fixture()
def read(app):
    """Get an address and parse it: ``read("/catalog.ttl")`` gives an rdflib graph."""

    def _read(url, form=None, status=200, **headers):
        response = app.get(url, headers=headers, status=status)
        names = {"ttl": "turtle", "n3": "n3", "rdf": "xml", "xml": "xml", "jsonld": "json-ld", "nt": "nt"}
        extension = form or url.split("?")[0].rsplit(".", 1)[1]
        return rdflib.Graph().parse(data=response.data, format=names[extension])

    return _read


@pytest.fixture()
def violations():
    """The SHACL violations of a graph, as lines; skips without pyshacl or the shapes."""
    pyshacl = pytest.importorskip("pyshacl", reason="pyshacl is not installed")
    if not SHAPES.is_dir():
        pytest.skip("the recorded DCAT-AP 3.0.1 shapes are not beside the project")
    shapes = rdflib.Graph()
    for path in sorted(SHAPES.glob("*.ttl")):
        shapes.parse(path)
    # The published files name a few property shapes that they do not contain.
    for subject, _, shape in list(shapes.triples((None, rdflib.SH.property, None))):
        if (shape, rdflib.SH.path, None) not in shapes:
            shapes.remove((subject, rdflib.SH.property, shape))

    def _violations(graph):
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True)
        sh = rdflib.SH
        return sorted(
            " ".join(
                str(report.value(r, p)) for p in (sh.resultPath, sh.sourceConstraintComponent, sh.focusNode, sh.value)
            )
            for r in report.subjects(rdflib.RDF.type, sh.ValidationResult)
        )

    return _violations
