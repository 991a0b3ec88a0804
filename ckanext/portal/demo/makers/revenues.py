"""Council tax and counter-fraud (pure)."""

from datetime import date

from ..dice import Dice
from ..table import Table
from .finance import COUNCIL

BANDS = {"A": 38, "B": 22, "C": 17, "D": 10, "E": 7, "F": 4, "G": 2, "H": 0.2}
NINTHS = {"A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18}


def dwellings(dice: Dice, words: dict, years: list[int]) -> Table:
    """Chargeable dwellings by ward, band and liability, as the system's year-end report prints them."""
    table = Table(["Report", "Snapshot", "Ward", "Band", "Liability", "Dwellings"])
    for year in years:
        for ward in words["wards"]:
            size = dice.whole(2300, 3900) + 25 * (year - years[0])
            for band, share in BANDS.items():
                whole = size * share / 100.2 * (0.6 + 0.8 * dice.unit())
                for liability, part in (
                    ("Full", 0.62),
                    ("Single person discount", 0.33),
                    ("Exempt", 0.03),
                    ("Empty", 0.02),
                ):
                    table.add("CTR101", date(year, 9, 30), ward, band, liability, round(whole * part))
    return table


def charges(dice: Dice, words: dict, first: int, last: int) -> Table:
    """Band D and its ninths, by who levies the charge."""
    table = Table(["Year", "Band", "Levied by", "Amount"])
    shares = {"Aireborough Borough Council": 1498.20, "Adult social care precept": 233.40, "Police and Crime Commissioner": 249.28,
              "Fire and Rescue Authority": 79.18}  # fmt: skip
    for year in range(first, last + 1):
        for band, ninths in NINTHS.items():
            for who, amount in shares.items():
                table.add(
                    f"{year}-{(year + 1) % 100:02d}",
                    band,
                    who,
                    f"{amount * (1 + 0.045 * (year - last)) * ninths / 9:.2f}",
                )
    return table


def fraud(dice: Dice, words: dict, first: int, last: int) -> Table:
    """A year's counter-fraud work in the LGA's columns."""
    table = Table([
        "Organisation name", "Organisation code", "Effective date", "Total occasions fraud powers",
        "Total fraud employees count", "FTE fraud employees count", "Total fraud specialists count",
        "FTE fraud specialist count", "Fraud spent amount", "Total investigated fraud", "Total identified fraud",
        "Value fraud", "Value fraud recovered",
    ])  # fmt: skip
    for year in range(first, last + 1):
        cases, value = dice.whole(160, 260), dice.whole(180, 420) * 1000
        table.add(COUNCIL[1], COUNCIL[0], date(year, 3, 31), dice.whole(8, 40), 7, "6.4", 4, "3.8",
                  dice.whole(290, 345) * 1000, cases, cases // 3, value, int(value * 0.44))  # fmt: skip
    return table


MAKERS = {"dwellings": dwellings, "charges": charges, "fraud": fraud}
