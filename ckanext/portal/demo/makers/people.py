"""What the payroll hands out: posts, never people (pure)."""

from datetime import date

from ..dice import Dice
from ..table import Table
from .finance import COUNCIL

GRADES = {"CEX": 189000, "DIR": 142000, "AD": 104000, "HOS": 78000, "PO8": 64500, "PO6": 56500, "PO4": 51000}
DIRECTORATES = {
    "Adults and Health": ["Adult Social Care", "Public Health", "Commissioning"],
    "Children and Families": ["Children's Social Work", "Learning", "Early Help"],
    "Place and Development": ["Highways", "Planning", "Regeneration"],
    "Communities and Environment": ["Waste and Fleet", "Parks", "Libraries and Communities"],
    "Resources": ["Finance", "People Services", "Digital and Legal"],
    "Housing": ["Landlord Services", "Housing Options", "Property"],
}


def posts() -> list[tuple[str, str, str, str, str, str]]:
    """(post number, reports to, job title, directorate, service, grade) of the three top levels."""
    made = [("P0001", "", "Chief Executive", "Corporate", "Chief Executive's Office", "CEX")]
    for unit, services in DIRECTORATES.items():
        director = f"P{len(made) + 1:04d}"
        made.append((director, "P0001", f"Director of {unit}", unit, unit, "DIR"))
        for service in services:
            assistant = f"P{len(made) + 1:04d}"
            made.append((assistant, director, f"Assistant Director, {service}", unit, service, "AD"))
            for i, what in enumerate(("Operations", "Strategy", "Improvement"), 1):
                title = f"Head of {service} {what}"
                made.append((f"P{len(made) + 1:04d}", assistant, title, unit, service, "HOS" if i < 3 else "PO8"))
    return made


def establishment(dice: Dice, words: dict, year: int) -> Table:
    """The establishment list: each post of the three top levels and below, with its salary.

    The same list whichever dataset it is drawn for: the organisation chart and the senior salaries agree.
    """
    dice = Dice("establishment", year)
    table = Table([
        "Organisation Code", "Organisation Name", "Effective Date", "Post Number", "Reports To", "Job Title", "Directorate",
        "Team", "Grade", "Contract", "Salary", "Grade Ceiling", "Staff", "Budget", "Contact", "Occupied",
    ])  # fmt: skip
    for number, reports, title, unit, service, grade in posts():
        salary = GRADES[grade] * (0.93 + 0.07 * dice.unit()) * (1 + 0.025 * (year - 2026))
        table.add(
            *COUNCIL, f"{year}-03-31", number, reports, title, unit, service, grade,
            dice.weighted({"Permanent": 9, "Temporary": 1}), f"{salary:.0f}", f"{GRADES[grade] * (1 + 0.025 * (year - 2026)):.0f}",
            dice.whole(6, 60) * (4 if grade in ("DIR", "AD") else 1), dice.whole(4, 90) * 100000,
            "01632 960000", "Vacant" if dice.chance(0.07) else "Filled",
        )  # fmt: skip
    return table


def payroll(dice: Dice, words: dict, year: int, rows: int) -> Table:
    """Remuneration of the year for every employee on GBP 50,000 or more, by pay number; a step counts them by band."""
    table = Table(["Pay Number", "Directorate", "Grade", "Remuneration"])
    for number in range(rows):
        grade = dice.weighted({"PO4": 46, "PO6": 30, "PO8": 17, "HOS": 9, "AD": 4, "DIR": 1.2})
        pay = GRADES[grade] * (0.99 + 0.11 * dice.unit()) * (1 + 0.025 * (year - 2026))
        table.add(f"{700000 + number * 13}", dice.pick(list(DIRECTORATES)), grade, f"{pay:.2f}")
    table.add("700001", "Corporate", "CEX", f"{GRADES['CEX']:.2f}")
    return table


def pay_multiple(dice: Dice, words: dict, first: int, last: int) -> Table:
    """Highest, median and mean taxable earnings of each year."""
    table = Table([
        "Organisation name", "Organisation code", "Effective date", "Highest salary", "Median salary", "Mean salary",
        "Ratio", "Period",
    ])  # fmt: skip
    for year in range(first, last + 1):
        highest = round(GRADES["CEX"] * (1 + 0.021 * (year - last)), 2)
        median = round(29350 * (1 + 0.031 * (year - last)) + dice.whole(-90, 90), 2)
        table.add(COUNCIL[1], COUNCIL[0], date(year, 3, 31), f"{highest:.2f}", f"{median:.2f}",
                  f"{median * 1.085:.2f}", f"{highest / median:.2f}", f"{year - 1}-{year % 100:02d}")  # fmt: skip
    return table


MAKERS = {"establishment": establishment, "payroll": payroll, "pay_multiple": pay_multiple}
