"""CKAN's own words that citizens meet most. Only to be extracted: CKAN has no Welsh catalogue, so ours carries them."""

from __future__ import annotations


def _(text: str) -> str:
    return text


def ungettext(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


WORDS = (
    _("Open data from your council"),  # the site description of config/portal.ini
    _("Home"),
    _("Datasets"),
    _("Dataset"),
    _("Organizations"),
    _("Organization"),
    _("Groups"),
    _("Group"),
    _("Tags"),
    _("Formats"),
    _("Licenses"),
    _("License"),
    _("About"),
    _("Search"),
    _("Search datasets..."),
    _("Order by"),
    _("Relevance"),
    _("Last Modified"),
    _("Private"),
    _("Draft"),
    _("Deleted"),
    _("Manage"),
    _("Members"),
    _("Activity Stream"),
    _("Data and Resources"),
    _("This dataset has no data"),
    _("Additional Info"),
    _("Additional Information"),
    _("Field"),
    _("Value"),
    _("Source"),
    _("Author"),
    _("Maintainer"),
    _("Version"),
    _("State"),
    _("Last Updated"),
    _("Created"),
    _("Data last updated"),
    _("Metadata last updated"),
    _("Format"),
    _("unknown"),
    _("Show more"),
    _("Fullscreen"),
    _("Embed"),
    _("Download"),
    _("Data Dictionary"),
    _("There are no views created for this resource yet."),
    _("No datasets found"),
    _('No datasets found for "{query}"'),
    _("Please try another search."),
    _("Username or Email"),
    _("Password"),
    _("Remember me"),
    _("Login"),
    _("Forgotten your password?"),
    _("No problem, use our password recovery form to reset it."),
    _("Forgot your password?"),
    _("Dataset not found"),
    _("Resource not found"),
    ungettext("{number} dataset found", "{number} datasets found", 2),
    ungettext('{number} dataset found for "{query}"', '{number} datasets found for "{query}"', 2),
)
