"""How long a gas appliance may be used safely: the years its maker declares or the standard sets, and their last day.

The years are those of GB 17905-2008, 7.3.1, for household appliances, counted from the day of sale. The last day is
the one with the same date (Civil Code of China, article 202), at the end of February where there is none. Twin:
indexer/page/src/safeuse.ts, held to this by vectors/safeuse.v1.json.
"""

from calendar import monthrange
from datetime import MAXYEAR, date
from typing import Final

from indexer.core.canonical import Members

# By category, and for heaters by the letter of the gas class: R manufactured gas, T natural gas, Y liquefied petroleum.
_YEARS: Final = {"cooker": 8, "other": 10}
_HEATERS: Final = frozenset({"water_heater", "boiler"})
_BY_GAS: Final = {"R": 6, "T": 8, "Y": 8}


def least(product: Members) -> int | None:
    """Tell the years that the standard sets for a product, None where it sets none that we know of."""
    category = product.get("category")
    if not isinstance(category, str):
        return None
    if category not in _HEATERS:
        return _YEARS.get(category)
    gas = product.get("gasClass")
    return _BY_GAS.get(gas[-1:]) if isinstance(gas, str) else None


def years(product: Members) -> tuple[int, bool] | None:
    """Tell how many years a product is for, and whether its maker said so; else the standard does."""
    declared, standard = product.get("safeUseYears"), least(product)
    if type(declared) is int and (standard or 1) <= declared <= 100:
        return declared, True
    return None if standard is None else (standard, False)


def until(sold: date, count: int) -> date | None:
    """Return the last day of `count` years from the day of sale, None beyond the calendar's end."""
    year = sold.year + count
    if year > MAXYEAR:
        return None
    return date(year, sold.month, min(sold.day, monthrange(year, sold.month)[1]))
