"""What runs and records say, as sentences with places, so that a page says them in its reader's language; pure.

A run keeps its sentences as they were said, in English. Here each is known again by its form, so those of old runs are told in
the reader's language too, and JSON and terminals need nothing. A test holds the harvest's own sentences to this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache


def N_(text: str) -> str:
    """Marks a text for translators."""
    return text


# What stands in these places is one of these sentences or words itself.
TOLD = {"label", "how", "cut", "trouble", "status"}
MOST_SENTENCES = 40
_NUMBER, _SPACE = re.compile(r"[\d,]+"), re.compile(r"\s")
NUMBERS = {"number", "all", "before", "came"}
SENTENCES = (
    # refused, gone, back again
    N_("It is no longer in the feed."),
    N_("It is in the feed again."),
    N_("Its node says that it was withdrawn."),
    N_("It is no object, so it describes no dataset."),
    N_("It has no identifier."),
    N_("It has no title."),
    N_("Its identifier is longer than 1,000 characters."),
    N_("Its identifier is an unrendered template."),
    N_("It cannot be understood ({error})."),
    N_("It cannot be read ({error})."),
    N_("It is deleted upstream."),
    N_("It is archived upstream."),
    N_("It is shared as “{word}”, not with the public."),
    N_("It is not shared with the public."),
    N_("It is not published upstream."),
    N_("It is a series of datasets; its datasets are harvested one by one."),
    N_("The inventory says that it is no longer active."),
    N_("The inventory says that it is protected."),
    N_("The inventory says that it is protected: {word}."),
    N_("Not all of its descriptions could be fetched ({error})."),
    N_("It is this portal’s own dataset “{title}”, come back by way of that node."),
    # one dataset or two
    N_("It is the dataset that was “{title}” before: {how}."),
    N_("It is the same dataset as “{title}”, met at {nodes}: {how} ({evidence})."),
    N_("It may be the same dataset as “{title}”, met at {nodes}: {how} ({evidence})."),
    N_("the same identifier"),
    N_("the same page"),
    N_("the same files"),
    N_("the same title"),
    N_("A steward can join them on the dataset’s page."),
    N_("A steward said that it is another dataset."),
    N_("A steward said that it is the same dataset as another."),
    N_("{nodes} still has it, so it stays published."),
    N_("{nodes} is nearer its origin and governs; these values are kept beside."),
    N_("The dataset was deleted here, and stays so."),
    N_("It came from this address before, by the node “{node}” that was deleted on {day}."),
    N_("Its organisation is gone; it gets one again."),
    N_(
        "It is the dataset “{title}”, which somebody changed here since its node was deleted: it is theirs, and stays as it is."
    ),
    # rolled back, cancelled
    N_("The run was cancelled before this was done."),
    N_("A steward rolled the run back."),
    N_("It was changed here since; it stays as it is."),
    N_("A later run changed it; it stays as it is."),
    N_("Its dataset was purged since."),
    N_("Too little is known of how it was before; it stays as it is."),
    N_("It was new, and is deleted again."),
    N_("It is no longer one with the dataset of the other node."),
    N_("Its earlier values are back."),
    N_("Its earlier values are kept beside the dataset again."),
    N_("It is withdrawn again."),
    N_("It is published again."),
    # why a plan waits
    N_("The feed is empty, and {number} datasets are published from it."),
    N_("{number} of {all} datasets would be withdrawn ({share}; at most {most} go without approval)."),
    N_("The feed has {number} records; the last one had {before}."),
    N_("The licence or the publisher of {number} of {all} datasets would change at once."),
    N_("The node sent fewer records than it says it has, and datasets would be withdrawn."),
    # of a run as a whole
    N_("{number} datasets came from this address before, by a node that was deleted: they are this node’s again."),
    N_("{number} datasets have another identifier upstream than before, and stay the same here."),
    N_("{number} datasets are ones that other nodes have too: they become one with those."),
    N_("{number} datasets that are here already may be ones that other nodes have too; see below."),
    N_("{number} records came more than once in the feed; the first of each was taken."),
    N_("{number} of them did not agree with each other: {names}."),
    N_("{number} quarantined records were tried again, as they came in the feed."),
    N_("The node says that it has {number} records; {came} came."),
    N_("The node no longer knows what changed since the last harvest, so its feed was read whole."),
    N_("The node says the feed has not changed."),
    N_("The feed is the same, byte for byte."),
    N_("The list of files is cut short upstream."),
    N_("{number} series of datasets are in the feed; their datasets are harvested one by one."),
    N_("{number} data services are in the feed; they are no datasets, and were left out."),
    N_("{cut} {number} records before that were whole."),
    N_("Nothing is taken for withdrawn."),
    N_("They are unchanged, and nothing else is known of the feed."),
    # why a feed could not be used
    N_("The portal failed on it ({error})."),
    N_("The connection ended before the feed did."),
    N_("The feed is cut short or broken ({error})."),
    N_("The feed is cut short or broken ({error}), and is RDF, of which nothing is known to be whole."),
    N_("The feed is cut short or broken before its first record is whole ({error})."),
    N_("Of RDF nothing is known to be whole until all of it is there."),
    N_("The feed is broken JSON ({error})."),
    N_("It seems to be cut short."),
    N_("The feed is no valid RDF, or is cut short ({error})."),
    N_("The feed is no valid XML, or is cut short ({error})."),
    N_("The feed is cut short."),
    N_("The feed declares XML entities, which are not read."),
    N_("The feed is nested too deeply to be read."),
    N_("A line of the feed is too long to be read."),
    N_("The feed is large, and has no list of datasets where one is looked for."),
    N_("The feed’s pages have no end (page {number} leads to one seen before, or too far)."),
    N_("The feed has more than {number} records."),
    N_("The feed took too long; the time for it is up."),
    N_("The feed is {number} bytes; at most {all} are read."),
    N_("The feed is larger than {number} bytes."),
    N_("Decompressed, the feed is larger than {number} bytes."),
    N_("The compressed answer is damaged."),
    N_("The compressed answer was cut short."),
    N_("The answer was cut short."),
    N_("The answer is no feed of the kind “{name}”: {what}."),
    N_("The address lists names only. Register package_search instead."),
    N_("The node’s API says it failed: {error}"),
    N_("The node sent nothing at all."),
    N_("The node sent a web page instead of a feed."),
    N_("The node sent a web page (“{title}”) instead of a feed."),
    N_("The node answered {number}."),
    N_("The node answered {number} for {address}."),
    N_("The node redirects more than {number} times."),
    N_("The name {host} does not resolve."),
    N_("The certificate of {host} is not valid."),
    N_("{host} did not answer in time."),
    N_("{host} could not be reached ({error})."),
    N_("{host} is a private address, which is never fetched."),
    N_("{address} is not fetched. {trouble}"),
    N_("It is no valid address."),
    N_("Only http and https addresses are fetched."),
    N_("It names no host."),
    N_("It holds a user name or password; those are not kept in addresses."),
    N_("Its port is no port."),
    N_(
        "The robots.txt of {host} asks programs not to fetch {path}. If the node’s owners agree to the harvest, list {name} in "
        "the setting ckanext.federation.robots_exempt."
    ),
    # why a steward's order is not possible
    N_("There is no such plan."),
    N_("There is no such run."),
    N_("There is no such record in quarantine."),
    N_("A harvest of this node is under way; try again when it has ended."),
    N_("The guard holds this plan:"),
    N_("This plan cannot be applied: it is {status}."),
    N_("This run has ended: it is {status}."),
    N_("This run has not ended: it is {status}."),
    N_("This run was rolled back already."),
    N_("A roll back is not rolled back; harvest the node again instead."),
    N_("There is nothing to roll back: this run changed nothing (or too long ago)."),
    N_("No other node has this dataset, so there is nothing to split."),
    N_("Only datasets that are harvested now can be joined."),
    N_("They are one dataset already."),
    N_("It is a dataset of its own already."),
    N_("It is not known how the feed was read; harvest the node instead."),
    N_("done"),
    N_("cancelled"),
    N_("superseded"),
    N_("failed"),
    # what conversion changed or left out
    N_("{label}: an unrendered template was left out"),
    N_("{label}: cut to {number} characters"),
    N_("{label}: only {number} of {all} are kept"),
    N_("{label}: it is nested too deeply and was left out"),
    N_("{label}: a person’s name or address was withheld"),
    N_("{label}: its e-mail address cannot be used and was left out"),
    N_("{label}: its e-mail address cannot be used, or is a person’s, and was left out"),
    N_("{label}: stays as a steward set it here"),
    N_("{label}: refused by the portal ({error}) and left out"),
    N_("{label}: “{value}” is no date and was left out"),
    N_("{label}: “{value}” stands for no address and was left out"),
    N_("{label}: “{value}” is no web address and was left out"),
    N_("{label}: “{value}” is no address to follow and was left out"),
    N_("{label}: “{value}” names no organisation and was left out"),
    N_("{label}: “{value}” identifies no organisation and was left out"),
    N_("{label}: “{value}” is in no vocabulary and was left out"),
    N_("{label}: “{value}” is in no vocabulary here and was left out"),
    N_("{label}: {value} is in no vocabulary here and was left out"),
    N_("{label}: “{value}” is no word and was left out"),
    N_("{label}: “{value}” is not one the portal knows; kept as stated"),
    N_("{label}: “{value}” is no number of metres and was left out"),
    N_("{label}: “{value}” is no place on earth that can be told and was left out"),
    N_("{label}: “{value}” is none and was left out"),
    N_("{label}: “{value}” is no number of bytes and was left out"),
    N_("{label}: “{value}” is no hexadecimal checksum and was left out"),
    N_("{label}: “{value}” has no file to stand at and was left out"),
    N_("file “{name}”: it is listed twice with the same address; the first was taken"),
    N_("file “{name}”: it has no address and was left out"),
    N_("file “{name}”: it has no address of its own; the dataset’s page stands in for it"),
    N_("files: only the first {number} of {all} are kept"),
    N_("not carried over, kept in the raw record: {names}"),
    N_("the feed has it more than once; one was taken"),
    N_("{name} is broken JSON and was not read"),
    N_("its descriptions give no title; it is named after its folder or file"),
    # the fields that notes speak of
    N_("title"),
    N_("description"),
    N_("licence"),
    N_("landing page"),
    N_("publisher"),
    N_("creator"),
    N_("organisation"),
    N_("contact"),
    N_("keyword"),
    N_("keywords"),
    N_("theme"),
    N_("language"),
    N_("frequency"),
    N_("area"),
    N_("place"),
    N_("period"),
    N_("issued"),
    N_("modified"),
    N_("rights"),
    N_("file"),
    N_("file title"),
    N_("file description"),
    N_("file date"),
    N_("format"),
    N_("media type"),
    N_("size"),
    N_("documentation"),
)


class _TooManyWaysError(Exception):
    """A text that could be taken apart in more ways than anybody should wait for: a feed may hold what it likes."""


@dataclass
class _Reading:
    """One text while it is read; ``ways``: the places that may still be tried."""

    text: str
    plain: str
    translate: Callable[[str], str]
    ways: int = 2_000
    known: dict[int, str | None] = field(default_factory=dict)

    def try_one(self) -> None:
        self.ways -= 1
        if self.ways < 0:
            raise _TooManyWaysError


@cache
def _forms() -> list[tuple[str, list[str]]]:
    """Each sentence with its pieces, texts and names of places in turn: first those that begin with words of their own, then
    those with the most."""
    own = sorted(SENTENCES, key=lambda one: (one.startswith("{"), -len(re.sub(r"{\w+}", "", one))))
    return [(one, re.split(r"{(\w+)}", _plain(one))) for one in own]


def _plain(text: str) -> str:
    """Older sentences have a plain apostrophe."""
    return text.replace("’", "'")


def told(text: str, translate: Callable[[str], str]) -> str:
    """Sentences in another language; those that are not known stay as they are."""
    known = _told(text, translate)
    return text if known is None else known


def _told(text: str, translate: Callable[[str], str]) -> str | None:
    try:
        return _rest(_Reading(text, _plain(text), translate), 0, 0)
    except _TooManyWaysError:
        return None


def _rest(read: _Reading, start: int, depth: int) -> str | None:
    """The sentences from there on; None where one is not known."""
    if start in read.known:
        return read.known[start]
    read.known[start] = None
    for sentence, pieces in _forms() if depth < MOST_SENTENCES else ():
        if not read.plain.startswith(pieces[0], start):
            continue
        for values, end in _matches(read, pieces, 1, start + len(pieces[0])):
            after = len(read.text) - len(read.text[end:].lstrip())
            rest = _rest(read, after, depth + 1) if after < len(read.text) else ""
            if rest is not None:
                read.known[start] = f"{_filled(sentence, values, read.translate)} {rest}".strip()
                return read.known[start]
    return None


def _matches(read: _Reading, pieces: list[str], number: int, start: int) -> Iterator[tuple[dict[str, str], int]]:
    """What stands in a sentence's places from there on, the shortest first, and where the sentence ends."""
    if number == len(pieces):
        if read.text[start : start + 1].strip() == "":
            yield {}, start
        return
    name, literal, end = pieces[number], pieces[number + 1], start
    while (end := read.plain.find(literal, end + 1) if literal else _space(read.text, end + 1)) >= 0:
        read.try_one()
        value = read.text[start:end]
        if name in NUMBERS and not _NUMBER.fullmatch(value):
            return
        for more, after in _matches(read, pieces, number + 2, end + len(literal)):
            yield {name: value, **more}, after


def _space(text: str, start: int) -> int:
    """Where the next space is, or the end; -1 after it."""
    found = _SPACE.search(text, start)
    return found.start() if found else len(text) if start <= len(text) else -1


def _filled(sentence: str, values: dict[str, str], translate: Callable[[str], str]) -> str:
    values = {name: told(one, translate) if name in TOLD else one for name, one in values.items()}
    try:
        return translate(sentence).format(**values)
    except (KeyError, IndexError, ValueError):  # a translation with places that the sentence does not have
        return sentence.format(**values)
