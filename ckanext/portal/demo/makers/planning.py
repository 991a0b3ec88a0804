"""Planning applications and the brownfield land register (pure)."""

from datetime import date, timedelta

from ..dice import Dice
from ..table import Table
from .finance import COUNCIL
from .ground import grid, streets

TYPES = {"Householder": (46, ["Single storey rear extension", "Loft conversion with rear dormer", "Two storey side extension", "Detached garage"]),
         "Full": (22, ["Change of use from shop to dwelling", "Erection of four dwellings", "New shop front", "Agricultural building"]),
         "Tree works": (12, ["Crown lift of sycamore by three metres", "Fell one diseased ash"]),
         "Lawful development certificate": (9, ["Certificate for rear dormer", "Certificate for use as a dwelling"]),
         "Advertisement": (5, ["Illuminated fascia sign"]), "Listed building": (4, ["Replacement of sash windows", "Internal alterations"]),
         "Outline": (2, ["Outline for up to forty dwellings, access only"])}  # fmt: skip


def applications(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """The register of applications, with the applicant column that is not published."""
    table = Table([
        "REFVAL", "DCAPPTYP", "PROPOSAL", "ADDRESS", "WARD", "DATEAPRECV", "DATEAPVAL", "DCSTAT", "DECSN", "DATEDECISS",
        "DECISION LEVEL", "CASE TEAM", "APPLICANT", "EASTING", "NORTHING",
    ])  # fmt: skip
    roads = streets(words)
    weights = {kind: weight for kind, (weight, _) in TYPES.items()}
    for number in range(1, rows + 1):
        kind, (_, road, ward) = dice.weighted(weights), dice.pick(roads)
        received = dice.weekday(start, end)
        valid = received + timedelta(days=dice.whole(0, 12))
        decided = valid + timedelta(days=dice.whole(20, 95 if kind != "Outline" else 300))
        done = decided <= end
        verdict = dice.weighted({"Granted": 84, "Refused": 12, "Withdrawn": 4})
        table.add(
            f"{received:%y}/{number:05d}/{kind[:3].upper()}", kind, dice.pick(TYPES[kind][1]), f"{dice.whole(1, 140)} {road}", ward,
            received, valid if valid <= end else "", "Decided" if done else "Pending", verdict if done else "", decided if done else "",
            dice.weighted({"Delegated": 94, "Committee": 6}) if done else "", dice.pick(["North", "South", "Majors"]),
            f"Applicant {dice.whole(10000, 99999)}", *grid(dice, ward, words),
        )  # fmt: skip
    return table


def brownfield(dice: Dice, words: dict, rows: int) -> Table:
    """Sites in the columns of the brownfield land registers' data standard."""
    table = Table([
        "OrganisationURI", "SiteReference", "SiteNameAddress", "Easting", "Northing", "SiteplanURL", "Hectares", "OwnershipStatus",
        "PlanningStatus", "PermissionType", "PermissionDate", "Deliverable", "NetDwellingsRangeFrom", "NetDwellingsRangeTo",
        "HazardousSubstances", "Notes", "FirstAddedDate", "LastUpdatedDate",
    ])  # fmt: skip
    for number, (_, road, ward) in enumerate(dice.sample(streets(words), rows), 1):
        hectares = round(0.1 + dice.money(0.15, 6.5), 2)
        homes = max(5, int(hectares * dice.whole(28, 46)))
        status = dice.weighted({"permissioned": 4, "not permissioned": 5, "pending decision": 1})
        granted = dice.weekday(date(2022, 1, 3), date(2026, 6, 30)) if status == "permissioned" else ""
        table.add(
            f"http://statistics.data.gov.uk/id/statistical-geography/{COUNCIL[0]}", f"BLR{number:03d}",
            f"Former {dice.pick(['mill', 'dye works', 'depot', 'garage', 'school', 'tannery'])}, {road}", *grid(dice, ward, words),
            f"https://www.aireborough.example/brownfield/BLR{number:03d}.pdf", f"{hectares:.2f}",
            dice.weighted({"owned by a public authority": 3, "not owned by a public authority": 6, "mixed ownership": 1}), status,
            dice.pick(["full planning permission", "outline planning permission"]) if granted else "", granted, dice.weighted({"yes": 6, "": 4}),
            homes, int(homes * 1.2), dice.weighted({"": 9, "yes": 1}), "", date(2017, 12, 14) if number < 30 else dice.weekday(date(2019, 1, 1), date(2025, 12, 1)),
            date(2026, 3, 31),
        )  # fmt: skip
    return table


MAKERS = {"applications": applications, "brownfield": brownfield}
