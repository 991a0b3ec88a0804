"""Parking, street lights, street works, buses (pure)."""

from datetime import date, timedelta

from ..dice import Dice
from ..table import Table
from .finance import COUNCIL
from .ground import grid, streets

INCOME = {"On-street parking charges": 612000, "Off-street parking charges": 1284000, "Penalty Charge Notices": 498000,
          "Residents' permits": 143000, "Season tickets": 96000}  # fmt: skip
COSTS = {
    "Enforcement": 688000,
    "Car park maintenance": 402000,
    "Back office and appeals": 214000,
    "Machines and cash collection": 118000,
}
SURPLUS = {"Concessionary bus travel": 0.55, "Highway improvements": 0.3, "Cycling and walking": 0.15}


def parking_account(dice: Dice, words: dict, first: int, last: int) -> Table:
    """The account of each year: income, expenditure and what the surplus was spent on."""
    table = Table(["Financial Year", "Type", "Category", "Amount"])
    for year in range(first, last + 1):
        name, grow = f"{year}-{(year + 1) % 100:02d}", 1 + 0.03 * (year - last)
        income = {key: round(value * grow * (0.96 + 0.08 * dice.unit()), 2) for key, value in INCOME.items()}
        costs = {key: round(value * grow * (0.97 + 0.06 * dice.unit()), 2) for key, value in COSTS.items()}
        surplus = sum(income.values()) - sum(costs.values())
        for kind, lines in (("Income", income), ("Expenditure", costs)):
            for key, value in lines.items():
                table.add(name, kind, key, f"{value:.2f}")
        for key, share in SURPLUS.items():
            table.add(name, "Use of surplus", key, f"{surplus * share:.2f}")
    return table


def parking_spaces(dice: Dice, words: dict, car_parks: int, streets_surveyed: int) -> Table:
    """Car parks and controlled streets as the survey sheets have them, with grid references."""
    table = Table(
        [
            "Organisation Code",
            "Sheet",
            "Name",
            "Type",
            "Ward",
            "Spaces",
            "Disabled Bays",
            "EV Bays",
            "Charged",
            "Easting",
            "Northing",
        ]
    )
    for number, (_, name, ward) in enumerate(dice.sample(streets(words), car_parks + streets_surveyed), 1):
        off = number <= car_parks
        spaces = dice.whole(22, 260) if off else dice.whole(4, 38)
        table.add(
            COUNCIL[0], f"S{number:03d}", f"{name} car park" if off else name, "Off-street" if off else "On-street", ward,
            spaces, max(1, spaces // 18), dice.whole(0, 6) if off else 0, dice.weighted({"Yes": 7, "No": 3}),
            *grid(dice, ward, words),
        )  # fmt: skip
    return table


def street_lights(dice: Dice, words: dict, rows: int) -> Table:
    """The lighting inventory: one row a column."""
    table = Table(
        [
            "Feature ID",
            "Site Code",
            "Site Name",
            "Ward",
            "Column Type",
            "Height m",
            "Lamp",
            "Watts",
            "Installed",
            "Status",
            "Easting",
            "Northing",
        ]
    )
    roads = streets(words)
    for number in range(1, rows + 1):
        usrn, name, ward = dice.pick(roads)
        lamp = dice.weighted({"LED": 71, "SON": 20, "CPO": 9})
        watts = {"LED": [18, 24, 36, 54], "SON": [70, 100, 150], "CPO": [45, 60]}[lamp]
        table.add(
            f"SL{number:06d}", usrn, name, ward, dice.weighted({"Steel": 80, "Aluminium": 12, "Concrete": 8}),
            dice.pick([5, 6, 6, 8, 10]), lamp, dice.pick(watts), dice.day(date(1978, 1, 1), date(2026, 8, 31)) if lamp != "LED"
            else dice.day(date(2014, 1, 1), date(2026, 8, 31)), dice.weighted({"IN USE": 95, "FAULT": 3, "REMOVED": 2}),
            *grid(dice, ward, words),
        )  # fmt: skip
    return table


def street_works(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """Permits for works in the street; promoters are kinds of firm."""
    table = Table(
        [
            "Permit Ref",
            "USRN",
            "Street",
            "Ward",
            "Promoter",
            "Works Category",
            "Description",
            "Traffic Management",
            "Proposed Start",
            "Proposed End",
            "Actual End",
            "Status",
        ]
    )
    roads = streets(words)
    lengths = {
        "Minor": (1, 3),
        "Standard": (4, 10),
        "Major": (11, 45),
        "Immediate - emergency": (1, 5),
        "Immediate - urgent": (1, 6),
    }
    for number in range(rows):
        usrn, name, ward = dice.pick(roads)
        category = dice.weighted(
            {"Minor": 46, "Standard": 18, "Major": 8, "Immediate - emergency": 12, "Immediate - urgent": 16}
        )
        begins = dice.day(start, end)
        ends = begins + timedelta(days=dice.whole(*lengths[category]))
        closed = ends + timedelta(days=dice.weighted({0: 8, 1: 1, 3: 0.5}))
        done = closed <= end
        table.add(
            f"AB{begins:%y}{number:05d}", usrn, name, ward,
            dice.weighted({"Water company": 31, "Gas network": 20, "Electricity network": 17, "Telecoms operator": 22, "Highway authority": 10}),
            category, dice.pick(["New connection", "Leak repair", "Cable repair", "Duct installation", "Resurfacing", "Cover replacement"]),
            dice.weighted({"Two-way signals": 20, "Give and take": 34, "Road closure": 9, "Some carriageway incursion": 37}),
            begins, ends, closed if done else "", "Works closed" if done else "Works in progress",
        )  # fmt: skip
    return table


def bus_punctuality(dice: Dice, words: dict, start: date, end: date, routes: list[str]) -> Table:
    """Departures of each route and day, and how many were on time (up to 1 minute early, 5 late)."""
    table = Table(["Route", "Date", "Departures", "On time", "Early", "Late", "Not run"])
    day = start
    while day <= end:
        for index, route in enumerate(routes):
            planned = (
                (64, 58, 44, 36, 30, 24, 18)[index % 7]
                * (10 if day.weekday() < 5 else 8 if day.weekday() == 5 else 5)
                // 10
            )
            missed = dice.weighted({0: 8, 1: 3, 2: 1, 4: 0.4})
            late = int((planned - missed) * (0.08 + 0.12 * dice.unit() + 0.01 * index))
            early = int((planned - missed) * 0.03 * dice.unit())
            table.add(route, day, planned, planned - missed - late - early, early, late, missed)
        day += timedelta(days=1)
    return table


MAKERS = {"parking_account": parking_account, "parking_spaces": parking_spaces, "street_lights": street_lights,
          "street_works": street_works, "bus_punctuality": bus_punctuality}  # fmt: skip
