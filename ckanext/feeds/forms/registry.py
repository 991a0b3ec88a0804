"""Which forms besides RDF the feed is given in: here a new module is made known. Pure."""

from . import Form, croissant, dcat_us, dcat_us_3, schema_org, spreadsheets, uk

#: In the order in which pages list them.
FORMS: tuple[Form, ...] = (
    spreadsheets.DATASETS_CSV,
    spreadsheets.FILES_CSV,
    spreadsheets.DATASETS_XLSX,
    spreadsheets.FILES_XLSX,
    uk.FORM,
    dcat_us.FORM,
    dcat_us_3.FORM,
    schema_org.FORM,
    croissant.FORM,
)
BY_NAME = {form.name: form for form in FORMS}
