"""Air quality loggers and bin rounds (pure)."""

from datetime import date, timedelta

from ..dice import Dice
from ..table import Table
from .ground import grid, streets

# How busy each hour of the day is, midnight first: the shape of traffic's nitrogen dioxide.
HOURS = (0.55, 0.48, 0.44, 0.43, 0.48, 0.66, 0.98, 1.38, 1.46, 1.22, 1.05, 1.0,
         1.0, 1.02, 1.06, 1.16, 1.34, 1.45, 1.32, 1.08, 0.92, 0.82, 0.74, 0.64)  # fmt: skip
SITES = {
    "AQ1": ("Market Cross kerbside", "Market", "Kerbside", 31, 19),
    "AQ2": ("Station Road roadside", "Station", "Roadside", 27, 17),
    "AQ3": ("Westbeck School", "Westbeck", "Urban background", 15, 13),
    "AQ4": ("Canal Wharf", "Canal Side", "Urban background", 17, 14),
    "AQ5": ("Chevin Edge", "Chevin View", "Rural", 8, 10),
}


def air_sites(dice: Dice, words: dict) -> Table:
    table = Table(
        ["Site ID", "Site Name", "Ward", "Classification", "Inlet Height m", "Started", "Easting", "Northing"]
    )
    for code, (name, ward, kind, _, _) in SITES.items():
        started = dice.day(date(2004, 1, 1), date(2019, 12, 31))
        table.add(code, name, ward, kind, dice.pick(["1.8", "2.5", "3.0"]), started, *grid(dice, ward, words))
    return table


def air_hourly(dice: Dice, words: dict, start: date, end: date) -> Table:
    """Hourly means in micrograms per cubic metre; a logger that was off gives -999, as the archive does."""
    table = Table(["Logger", "Date Time", "NO2", "PM10", "PM2.5", "Status"])
    level = dict.fromkeys(SITES, 1.0)
    day = start
    while day <= end:
        quiet = 0.72 if day.weekday() > 4 else 1.0
        for hour in range(24):
            for code, (_, _, _, no2, pm) in SITES.items():
                level[code] = min(1.7, max(0.5, level[code] + (dice.unit() - 0.5) * 0.12))
                values = [no2 * HOURS[hour] * quiet * level[code], pm * (0.8 + 0.2 * HOURS[hour]) * level[code]]
                values.append(values[1] * 0.55)
                off = dice.chance(0.006)
                table.add(code, f"{day}T{hour:02d}:00:00", *(("-999",) * 3 if off else (f"{v * (0.92 + 0.16 * dice.unit()):.1f}" for v in values)),
                          "X" if off else "P")  # fmt: skip
        day += timedelta(days=1)
    return table


def bin_rounds(dice: Dice, words: dict, start: date) -> Table:
    """Each street's collection day for the four bins, as the rounds are planned."""
    table = Table(["USRN", "Street", "Ward", "Round", "Bin", "Collection Day", "Frequency", "Next Collection"])
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    bins = {
        "Black (residual)": ("Fortnightly", 14),
        "Green (recycling)": ("Fortnightly", 14),
        "Brown (garden)": ("Fortnightly", 14),
        "Caddy (food)": ("Weekly", 7),
    }
    for usrn, name, ward in streets(words):
        weekday = words["wards"].index(ward) % 5
        for index, (colour, (often, cycle)) in enumerate(bins.items()):
            ahead = (weekday - start.weekday()) % 7 + (7 if index == 1 and cycle == 14 else 0)
            table.add(
                usrn,
                name,
                ward,
                f"R{weekday + 1}{index + 1}{dice.whole(1, 3)}",
                colour,
                days[weekday],
                often,
                start + timedelta(days=ahead),
            )
    return table


MAKERS = {"air_sites": air_sites, "air_hourly": air_hourly, "bin_rounds": bin_rounds}
