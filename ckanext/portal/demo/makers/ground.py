"""The demo's ground: wards, streets and places on the map (pure).

The grid references lie in a box around Guiseley and Yeadon; nothing else there is real. Postcodes are of
the ZZ99 kind, which the Office for National Statistics keeps for pseudo codes; UPRNs and USRNs begin with 999, which no
gazetteer has issued.
"""

from ..dice import Dice

WEST, EAST, SOUTH, NORTH = 416200, 423800, 438600, 444600


def streets(words: dict) -> list[tuple[str, str, str]]:
    """Every street as (USRN, name, ward), 168 of them, the same for every file."""
    dice = Dice("streets")
    names = [f"{first} {last}" for first in words["street_first"] for last in words["street_last"]]
    chosen = sorted(dice.sample(names, len(names) // 2))
    return [(str(99900000 + 7 * i), name, dice.pick(words["wards"])) for i, name in enumerate(chosen, 1)]


def grid(dice: Dice, ward: str, words: dict) -> tuple[int, int]:
    """An easting and northing in a ward: the wards tile the box, four across and three down."""
    index = words["wards"].index(ward)
    wide, high = (EAST - WEST) // 4, (NORTH - SOUTH) // 3
    east, north = WEST + index % 4 * wide, SOUTH + index // 4 * high
    return dice.whole(east, east + wide - 1), dice.whole(north, north + high - 1)


def postcode(dice: Dice) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"ZZ99 {dice.whole(1, 9)}{dice.pick(letters)}{dice.pick(letters)}"


def uprn(number: int) -> str:
    return f"999{number:09d}"
