"""The words of GS1's Core Business Vocabulary 2.0 that events use, by their short names or by their URIs.

A word of one's own is a URI outside GS1's name spaces; inside them only what GS1 has defined is a word.
"""

import re

from indexer.core import shape
from indexer.core.canonical import Json
from indexer.core.shape import Check


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_BIZ_STEPS = _words(
    "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting"
    " decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting"
    " installing killing loading other packing picking receiving removing repackaging repairing replacing reserving"
    " retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting"
    " unloading unpacking void_shipping"
)
_DISPOSITIONS = _words(
    "active available completeness_inferred completeness_verified conformant container_closed container_open damaged"
    " destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance"
    " mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed"
    " recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable"
    " unknown"
)
_BIZ_TRANSACTIONS = _words(
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)
_PARTIES = frozenset({"owning_party", "possessing_party", "location"})

_GS1 = re.compile(
    r"(?:urn:epcglobal:cbv:(?P<urn>[a-z_]+):|https?://(?:ref|ns)\.gs1\.org/cbv/(?P<web>[A-Za-z]+)-)(?P<word>.*)\Z"
)


def _word(words: frozenset[str], kinds: tuple[str, str], expected: str) -> Check:
    def check(value: Json, place: str) -> None:
        if isinstance(value, str) and value in words:
            return
        shape.either(shape.uri, expected=f"{expected} of the vocabulary, nor a URI")(value, place)
        match = _GS1.match(str(value))
        if match and (match["word"] not in words or (match["urn"] or match["web"]) not in kinds):
            raise shape.ShapeError(place=place, expected=f"{expected} of the vocabulary")

    return check


BIZ_STEP = _word(_BIZ_STEPS, ("bizstep", "BizStep"), "a business step")
DISPOSITION = _word(_DISPOSITIONS, ("disp", "Disp"), "a disposition")
BIZ_TRANSACTION = _word(_BIZ_TRANSACTIONS, ("btt", "BTT"), "a type of business transaction")
PARTY = _word(_PARTIES, ("sdt", "SDT"), "a type of source or destination")
