"""What DCAT-AP 3.0.1 asks of the objects of each property, as tables. Pure.

Each row is a constraint of the profile's SHACL shapes (semiceu.github.io/DCAT-AP/releases/3.0.1). ``rules.py`` applies
them; ``docs/feeds.md`` says in words what becomes of values that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdflib import DCAT, DCTERMS, FOAF, PROV, RDFS, SKOS, XSD, Namespace, URIRef

from . import vocabulary

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
# DCAT 3's terms that rdflib's namespace does not know yet.
IN_SERIES, PREV, NEXT, FIRST, LAST, DATASET_SERIES, RESOURCE = (
    URIRef(f"{DCAT}{name}") for name in ("inSeries", "prev", "next", "first", "last", "DatasetSeries", "resource")
)
DCT_FORMAT = DCTERMS["format"]
DCT_TITLE = DCTERMS["title"]
DCT_IDENTIFIER = DCTERMS["identifier"]

PREFIXES = {
    "adms": str(ADMS),
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": str(DCAT),
    "dcatap": str(DCATAP),
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "gsp": str(GSP),
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": str(LOCN),
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": str(PROV),
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "spdx": str(SPDX),
    "vcard": str(VCARD),
    "xsd": str(XSD),
}


@dataclass(frozen=True)
class Range:
    """Objects of ``predicate`` are nodes, of class ``cls`` if one is asked for. A literal becomes the known URI that ``find`` gives for it,
    else (``keep``) a blank node with the text at ``label``, else nothing."""

    predicate: URIRef
    cls: URIRef | None
    label: URIRef = RDFS.label
    find: Callable[[str], str | None] | None = None
    keep: bool = True


RANGES = (
    Range(DCTERMS.accessRights, DCTERMS.RightsStatement),
    Range(DCTERMS.rights, DCTERMS.RightsStatement),
    Range(DCTERMS.accrualPeriodicity, DCTERMS.Frequency, find=vocabulary.frequency_uri),
    Range(DCTERMS.conformsTo, DCTERMS.Standard),
    Range(DCTERMS.language, DCTERMS.LinguisticSystem, find=vocabulary.language_uri),
    Range(DCTERMS.license, DCTERMS.LicenseDocument, label=DCT_TITLE),
    Range(DCTERMS.provenance, DCTERMS.ProvenanceStatement),
    Range(DCTERMS.publisher, FOAF.Agent, label=FOAF.name),
    Range(DCTERMS.creator, FOAF.Agent, label=FOAF.name),
    Range(DCTERMS.spatial, DCTERMS.Location, label=SKOS.prefLabel),
    Range(DCTERMS.temporal, DCTERMS.PeriodOfTime),
    Range(DCTERMS.type, SKOS.Concept, label=SKOS.prefLabel),
    Range(DCTERMS.relation, None),
    Range(DCTERMS.isReferencedBy, None),
    Range(DCAT.theme, SKOS.Concept, label=SKOS.prefLabel, find=vocabulary.theme_uri),
    Range(DCAT.contactPoint, VCARD.Kind, label=VCARD.fn),
    Range(DCAT.landingPage, FOAF.Document, keep=False),
    Range(FOAF.page, FOAF.Document),
    Range(FOAF.homepage, FOAF.Document, keep=False),
    Range(DCAT.accessURL, None, keep=False),
    Range(DCAT.downloadURL, None, keep=False),
    Range(DCAT.endpointURL, RDFS.Resource, keep=False),
    Range(DCAT.endpointDescription, RDFS.Resource),
    Range(DCAT.mediaType, DCTERMS.MediaType, find=vocabulary.media_type_uri, keep=False),
    Range(DCAT.compressFormat, DCTERMS.MediaType, find=vocabulary.media_type_uri),
    Range(DCAT.packageFormat, DCTERMS.MediaType, find=vocabulary.media_type_uri),
    Range(DCT_FORMAT, DCTERMS.MediaTypeOrExtent),
    Range(DCATAP.applicableLegislation, ELI.LegalResource),
    Range(DCATAP.availability, SKOS.Concept, label=SKOS.prefLabel),
    Range(DCATAP.hvdCategory, SKOS.Concept, label=SKOS.prefLabel),
    Range(ADMS.status, SKOS.Concept, label=SKOS.prefLabel),
    Range(ADMS.identifier, ADMS.Identifier, label=SKOS.notation),
    Range(ADMS.sample, DCAT.Distribution, keep=False),
    Range(SPDX.algorithm, SPDX.ChecksumAlgorithm, keep=False),
    Range(PROV.qualifiedAttribution, PROV.Attribution),
    Range(PROV.wasGeneratedBy, PROV.Activity),
    Range(DCAT.hadRole, DCAT.Role),
)

#: Terms that ckanext-dcat writes and DCAT-AP has under another name, or reserves for described datasets.
RENAMED = {
    DCAT.qualifiedAttribution: PROV.qualifiedAttribution,  # DCAT never had it; neither shape nor parser knows it
    DCAT.agent: PROV.agent,
    DCAT.hasVersion: DCTERMS.hasVersion,  # its object must be a described dcat:Dataset, which an address is not
    DCTERMS.source: PROV.wasDerivedFrom,  # likewise
}

#: Always texts, whatever they look like.
LITERALS = (
    DCT_TITLE,
    DCTERMS.description,
    DCTERMS.issued,
    DCTERMS.modified,
    DCAT.keyword,
    DCAT.version,
    DCAT.startDate,
    DCAT.endDate,
    ADMS.versionNotes,
    FOAF.name,
    SKOS.prefLabel,
    SKOS.notation,
)
DATES = (DCTERMS.issued, DCTERMS.modified, DCAT.startDate, DCAT.endDate, PROV.startedAtTime, PROV.endedAtTime)

#: Lexical forms of typed values; what does not match is left out.
LEXICAL = {
    DCAT.byteSize: (XSD.nonNegativeInteger, r"\+?\d{1,19}"),
    DCAT.spatialResolutionInMeters: (XSD.decimal, r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    DCAT.temporalResolution: (XSD.duration, r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    SPDX.checksumValue: (XSD.hexBinary, r"([0-9a-fA-F]{2})+"),
}

#: Properties that a thing of the class has at most once.
SINGLE = {
    DCAT.Dataset: (
        DCTERMS.accessRights,
        DCTERMS.accrualPeriodicity,
        DCTERMS.issued,
        DCTERMS.modified,
        DCTERMS.publisher,
        DCAT.version,
        DCAT.temporalResolution,
    ),
    DATASET_SERIES: (DCTERMS.accrualPeriodicity, DCTERMS.issued, DCTERMS.modified, DCTERMS.publisher),
    DCAT.Distribution: (
        DCATAP.availability,
        SPDX.checksum,
        ADMS.status,
        DCT_FORMAT,
        DCTERMS.issued,
        DCTERMS.modified,
        DCTERMS.license,
        DCAT.byteSize,
        DCAT.compressFormat,
        DCAT.mediaType,
        DCAT.packageFormat,
        DCAT.spatialResolutionInMeters,
        DCAT.temporalResolution,
    ),
    DCAT.DataService: (DCTERMS.accessRights, DCTERMS.license, DCTERMS.publisher),
    DCTERMS.Location: (DCAT.bbox, DCAT.centroid),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
    FOAF.Agent: (DCTERMS.type,),
    ADMS.Identifier: (SKOS.notation,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
}
