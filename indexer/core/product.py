"""What a product is: master data that its maker states once and consumers read first (schema suyuan/product/v1)."""

from indexer.core import code, shape
from indexer.core.canonical import Json
from indexer.core.code import Code
from indexer.core.errors import InputError

TYPE = "Product"
SCHEMA = "suyuan/product/v1"

_NAME = shape.members({"zh": shape.text}, {"en": shape.text})
_GTIN = shape.pattern("[0-9]{14}", "a GTIN of 14 digits")


def gtin(value: Json, place: str) -> Code:
    """Read a GTIN of fourteen digits."""
    _GTIN(value, place)
    try:
        return code.parse(str(value))
    except InputError as error:
        raise error.under(place) from None


def _gtin(value: Json, place: str) -> None:
    gtin(value, place)


def _years(value: Json, place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 100:
        raise shape.ShapeError(place=place, expected="a whole number of years up to 100")


_PRODUCT = shape.members(
    {
        "type": shape.pattern(TYPE, TYPE),
        "gtin": _gtin,
        "name": _NAME,
        "model": shape.text,
        "category": shape.pattern(
            "cooker|water_heater|boiler|commercial|other",
            "cooker, water_heater, boiler, commercial or other",
        ),
        "servicePhone": shape.pattern(r"[0-9+][0-9 ()+-]{2,29}", "a telephone number"),
    },
    {
        "brand": shape.either(shape.text, _NAME, expected="a text, or texts by language"),
        "manufacturer": _NAME,
        "gasClass": shape.pattern("[0-9]{1,2}[A-Z]", "a class of gas such as 12T"),
        "ratedHeatLoadKw": shape.positive,
        "standard": shape.text,
        "cccNumber": shape.text,
        "safeUseYears": _years,
    },
)


def check(body: Json) -> None:
    """Refuse, with its place, what is wrong with a product's master data."""
    _PRODUCT(body, "")
