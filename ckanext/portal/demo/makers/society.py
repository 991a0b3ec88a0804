"""Food parcels of the voluntary network (pure)."""

from ..dice import Dice
from ..table import Table


def food_vouchers(dice: Dice, words: dict, first: int, months: int) -> Table:
    """One row a voucher: the month, the ward it came from, the household's size; no name was ever keyed."""
    table = Table(["Voucher", "Month", "Ward", "Referred By", "Adults", "Children"])
    number = 0
    for index in range(months):
        month = f"{first + index // 12}-{index % 12 + 1:02d}"
        winter = 1.3 if index % 12 in (0, 1, 10, 11) else 1.0
        for ward in words["wards"]:
            for _ in range(int(dice.whole(0, 16) * winter * (1.5 if ward in ("Canal Side", "Fellgate") else 0.8))):
                number += 1
                table.add(f"V{number:05d}", month, ward, dice.pick(["School", "GP surgery", "Advice centre", "Housing officer", "Self"]),
                          dice.pick([1, 1, 2, 2]), dice.pick([0, 0, 1, 2, 3]))  # fmt: skip
    return table


MAKERS = {"food_vouchers": food_vouchers}
