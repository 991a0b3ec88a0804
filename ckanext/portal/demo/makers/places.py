"""Libraries, household waste sites, public toilets (pure)."""

from ..dice import Dice
from ..table import Table
from .finance import COUNCIL
from .ground import grid, postcode, streets, uprn

OPEN = [
    "Mon-Fri 09:00-17:00; Sat 10:00-14:00",
    "Mon-Sat 09:30-17:30",
    "Mon,Wed,Fri 10:00-18:00; Sat 10:00-13:00",
    "Tue,Thu 10:00-19:00; Sat 09:30-12:30",
]


def _address(dice: Dice, words: dict, ward: str) -> tuple[str, str]:
    local = [name for _, name, of in streets(words) if of == ward] or ["Market Place"]
    return f"{dice.whole(1, 180)} {dice.pick(local)}", postcode(dice)


def libraries(dice: Dice, words: dict) -> Table:
    """A library in each ward, and the mobile library's garage."""
    table = Table(
        [
            "Branch Code",
            "Branch",
            "Run By",
            "UPRN",
            "Address",
            "Postcode",
            "Ward",
            "Opening Hours",
            "Computers",
            "Step-free",
            "Phone",
            "Email",
            "Easting",
            "Northing",
        ]
    )
    for number, ward in enumerate(words["wards"], 1):
        table.add(
            f"LIB{number:02d}", f"{ward} Library", dice.weighted({"Council": 3, "Community": 1}), uprn(40000 + number),
            *_address(dice, words, ward), ward, dice.pick(OPEN), dice.whole(4, 22), dice.weighted({"Yes": 9, "No": 1}),
            f"01632 9600{number:02d}", "libraries@aireborough.example", *grid(dice, ward, words),
        )  # fmt: skip
    return table


def library_visits(dice: Dice, words: dict, first: int, months: int) -> Table:
    """Visits, loans and computer sessions of each library and month; counters drop out now and then."""
    table = Table(["Branch Code", "Branch", "Month", "Visits", "Loans", "Computer Sessions"])
    season = (1.02, 0.98, 1.05, 0.96, 1.0, 0.99, 1.16, 1.12, 1.03, 1.08, 1.0, 0.78)
    for number, ward in enumerate(words["wards"], 1):
        size = dice.whole(1800, 9200)
        for index in range(months):
            month = f"{first + index // 12}-{index % 12 + 1:02d}"
            visits = int(size * season[index % 12] * (0.92 + 0.16 * dice.unit()))
            table.add(
                f"LIB{number:02d}",
                f"{ward} Library",
                month,
                "" if dice.chance(0.02) else visits,
                int(visits * 0.62),
                int(visits * 0.09),
            )
    return table


def waste_sites(dice: Dice, words: dict) -> Table:
    table = Table(
        [
            "Site",
            "Site Name",
            "Address",
            "Postcode",
            "Ward",
            "Opening Hours",
            "Trade Waste",
            "Materials",
            "Easting",
            "Northing",
        ]
    )
    materials = [
        "Garden waste",
        "Wood",
        "Metal",
        "Cardboard",
        "Glass",
        "Textiles",
        "Paint",
        "Small electricals",
        "Rubble",
        "Batteries",
    ]
    for number, ward in enumerate(dice.sample(words["wards"], 5), 1):
        table.add(
            f"HW{number}", f"{ward} Household Waste Site", *_address(dice, words, ward), ward,
            dice.pick(["Daily 08:00-18:00", "Thu-Mon 08:00-16:00"]), dice.pick(["Yes", "No"]),
            "; ".join(sorted(dice.sample(materials, dice.whole(6, 10)))), *grid(dice, ward, words),
        )  # fmt: skip
    return table


def tonnage(dice: Dice, words: dict, first: int, months: int) -> Table:
    """Weighbridge tickets: one load out of a site, its material and net tonnes."""
    table = Table(["Ticket", "Site", "Date", "Material", "Net Tonnes"])
    number = 0
    for index in range(months):
        for site in range(1, 6):
            for material, mean in {"Garden waste": 9.5, "Wood": 6.2, "Metal": 3.4, "Residual": 11.0}.items():
                for _ in range(dice.whole(2, 4)):
                    number += 1
                    day = f"{first + index // 12}-{index % 12 + 1:02d}-{dice.whole(1, 28):02d}"
                    table.add(f"T{number:06d}", f"HW{site}", day, material, f"{dice.about(mean, mean / 3):.2f}")
    return table


def toilets(dice: Dice, words: dict, rows: int) -> Table:
    """The card index of public conveniences in the LGA's public toilet columns, as far as the cards go."""
    table = Table([
        "Organisation Code", "Card", "Name", "Street", "Postcode", "Ward", "Male", "Female", "Unisex", "Accessible",
        "RADAR Key Needed", "Baby Change", "Changing Place", "Opening Hours", "Charge Amount", "Easting", "Northing",
    ])  # fmt: skip
    for number in range(1, rows + 1):
        ward = dice.pick(words["wards"])
        accessible = dice.weighted({"Yes": 7, "No": 3})
        street, code = _address(dice, words, ward)
        table.add(
            COUNCIL[0], f"PC{number:02d}", f"{ward} {dice.pick(['Market', 'Park', 'Station', 'Library', 'Cemetery'])} toilets", street,
            code, ward, dice.pick(["Yes", "No"]), dice.pick(["Yes", "No"]), dice.weighted({"Yes": 3, "No": 2}), accessible,
            "Yes" if accessible == "Yes" and dice.chance(0.6) else "No", dice.pick(["Yes", "No"]),
            dice.weighted({"Yes": 1, "No": 8}), dice.pick(["24 hours", "Daily 07:00-19:00", "Daily 08:00-dusk"]),
            dice.pick(["0.00", "0.00", "0.20", "0.40"]), *grid(dice, ward, words),
        )  # fmt: skip
    return table


MAKERS = {
    "libraries": libraries,
    "library_visits": library_visits,
    "waste_sites": waste_sites,
    "tonnage": tonnage,
    "toilets": toilets,
}
