"""What finance systems hand out: spend, card transactions, contracts, grants (pure)."""

from datetime import date, timedelta

from ..dice import Dice
from ..table import Table

SPEND = [
    "Company Code", "Company Name", "Period End", "Directorate", "Merchant Category", "Line Text", "Clearing Date",
    "Document No", "Irrecoverable VAT", "Net Amount", "Cap/Rev", "Vendor Name", "Vendor Type", "Payment Method",
]  # fmt: skip
COUNCIL = ("E08000035", "Aireborough Borough Council")


def bought(dice: Dice, words: dict, kind: dict) -> tuple[str, str]:
    """What was bought and from whom; where a category pairs the two, a coach firm is not paid for a nursery place."""
    what, who = kind["what"], kind["who"]
    index = dice.whole(0, len(what) - 1)
    if not who:
        return what[index], ""
    return what[index], firm(dice, words, [who[index]] if len(what) == len(who) else who)


def firm(dice: Dice, words: dict, endings: list[str]) -> str:
    return f"{dice.pick(words['firms'])} {dice.pick(endings)}"


def _categories(words: dict) -> dict[tuple[str, str], float]:
    return {(unit, name): one["share"] for unit, names in words["directorates"].items() for name, one in names.items()}


def spend(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """Cleared supplier payments of a quarter, whatever their size: what is under GBP 500 is taken out by a step."""
    table, shares = Table(list(SPEND)), _categories(words)
    for number in range(rows):
        unit, category = dice.weighted(shares)
        kind = words["directorates"][unit][category]
        person = kind.get("person", False)
        what, supplier = bought(dice, words, kind)
        amount = dice.money(kind["low"] * 0.55, kind["high"])
        if dice.chance(0.012):
            amount = -amount
        vat = round(amount * 0.2, 2) if dice.chance(0.02) else 0.0
        table.add(
            *COUNCIL, end, unit, category, what, dice.weekday(start, end),
            f"51{start:%y%m}{number:06d}", f"{vat:.2f}", f"{amount:.2f}",
            "Capital" if dice.chance(kind.get("capital", 0)) else "Revenue",
            f"Payee {dice.whole(10000, 99999)}" if person else supplier,
            "INDIVIDUAL" if person else "SUPPLIER", dice.weighted({"BACS": 96, "CHQ": 1, "CARD": 3}),
        )  # fmt: skip
    return table


def card(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """Every procurement card transaction of a quarter; the Code sets no threshold for cards."""
    table = Table([
        "Body", "Body Name", "Posting Date", "Directorate", "Merchant", "Merchant Category", "Narrative",
        "Transaction Ref", "Irrecoverable VAT", "Amount", "Cardholder Type",
    ])  # fmt: skip
    units = list(words["directorates"])
    for number in range(rows):
        category = dice.pick(list(words["card_purchases"]))
        kind = words["card_purchases"][category]
        what, shop = bought(dice, words, kind)
        client = category in ("Household goods", "Activities") and dice.chance(0.05)
        table.add(
            *COUNCIL, dice.weekday(start, end), dice.pick(units),
            f"Client {dice.whole(1000, 9999)} refund" if client else shop, category,
            what, f"PC{start:%y%m}{number:05d}", "0.00", f"{dice.money(kind['low'], kind['high']):.2f}",
            "CLIENT" if client else "STAFF",
        )  # fmt: skip
    return table


def contracts(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """The contracts register, one row an agreement."""
    table = Table([
        "ID", "Title", "Directorate", "Description", "Supplier", "Supplier Type", "Registration Number", "Contract Value",
        "Irrecoverable VAT", "Start Date", "End Date", "Review Date", "Route", "Find a Tender ID", "Officer",
    ])  # fmt: skip
    shares = {key: share for key, share in _categories(words).items() if words["directorates"][key[0]][key[1]]["who"]}
    for number in range(rows):
        unit, category = dice.weighted(shares)
        kind = words["directorates"][unit][category]
        what, supplier = bought(dice, words, kind)
        begins = dice.day(start, end).replace(day=1)
        months = dice.pick([6, 12, 12, 24, 24, 36, 48, 60])
        ends = _months_on(begins, months) - timedelta(days=1)
        size = dice.weighted({"SME": 55, "Large": 30, "VCSE": 15})
        value = dice.money(2500, kind["high"] * 12)
        table.add(
            f"ABC-{begins:%Y}-{number:04d}", f"{category}: {what.lower()}", unit,
            f"{what} for {unit}, {months} months.", supplier, size,
            f"{dice.whole(1, 99999999):08d}" if size != "VCSE" else f"9{dice.whole(100000, 999999)}", f"{value:.2f}",
            f"{value * 0.02:.2f}" if dice.chance(0.03) else "0.00", begins, ends, _months_on(begins, months // 2),
            "Invitation to tender" if value > 100000 else dice.pick(["Invitation to quote", "Framework call-off"]),
            f"ocds-demo-{dice.whole(100000, 999999)}" if begins >= date(2025, 2, 24) and value > 30000 else "",
            f"Category officer {dice.whole(1, 9)}",
        )  # fmt: skip
    return table


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def grants(dice: Dice, words: dict, start: date, end: date, rows: int) -> Table:
    """Grants to voluntary, community and social enterprise organisations, as the register was transcribed."""
    table = Table([
        "Page", "Award Date", "From", "To", "Department", "Beneficiary", "Beneficiary Type", "Registration Number",
        "Purpose", "Amount",
    ])  # fmt: skip
    ends = ["Community Association", "Youth Club CIO", "Luncheon Club", "Allotment Society", "Brass Band", "Advice Centre",
            "Refugee Welcome", "Carers Group"]  # fmt: skip
    purposes = ["Running costs of a warm space", "Holiday activities and food", "Repairs to a community hall",
                "Welfare advice sessions", "Befriending for older people", "Instruments for young players",
                "Growing space for a neighbourhood", "English conversation classes"]  # fmt: skip
    for number in range(rows):
        awarded = dice.weekday(start, end)
        begins = awarded + timedelta(days=dice.whole(7, 60))
        single = dice.chance(0.04)
        table.add(
            number // 12 + 1, awarded, begins, begins + timedelta(days=dice.pick([182, 364, 364, 729])),
            dice.pick(["Communities and Environment", "Adults and Health", "Children and Families"]),
            f"Bursary holder {number}" if single else f"{dice.pick(words['wards'])} {dice.pick(ends)}",
            "PERSON" if single else "BODY", "" if single else f"1{dice.whole(100000, 199999)}", dice.pick(purposes),
            f"{round(dice.money(250, 42000) / 50) * 50 + 50 * dice.whole(0, 30):.2f}",
        )  # fmt: skip
    return table


MAKERS = {"spend": spend, "card": card, "contracts": contracts, "grants": grants}
