"""The words of GS1's Core Business Vocabulary 2.0 that events use, by their short names or by their URIs.

A word of one's own is a URI outside GS1's name spaces; inside them only what GS1 has defined is a word. Events keep the
spelling they came with. Where words are compared, `short` brings all spellings of one together.
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
_REASONS = frozenset({"did_not_occur", "incorrect_data"})
_COMPONENTS = _words(
    "x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude"
    " longitude altitude"
)
_ALERTS = frozenset({"ALARM_CONDITION", "ERROR_CONDITION"})
# Words of CBV 1.0 that later versions took back. Old events have them, only ever as URNs.
_FORMER = _words(
    "non_sellable_damaged non_sellable_disposed non_sellable_expired non_sellable_no_pedigree_match"
    " non_sellable_recalled"
)

_GS1 = re.compile(
    r"(?:urn:epcglobal:cbv:(?P<urn>[a-z_]+):|(?:https?://(?:ref|ns)\.gs1\.org/cbv/|cbv:)(?P<web>[A-Za-z]+)-)"
    r"(?P<word>.*)\Z"
)
# What sensors measure and how they alert has words outside of CBV, in GS1's Web Vocabulary.
_VOC = re.compile(
    r"(?:gs1:|https?://(?:www\.|ref\.|ns\.)?gs1\.org/voc/)(?:MT-|MeasurementType-)?(?P<word>\w+)\Z",
    re.ASCII,
)


def short(value: str) -> str:
    """Spell a word the one way in which words are compared: GS1's by their short names, others as they are.

    The URI of a word of one's own stays whole, as does a prefixed one: two enterprises may mean two things by one name.
    """
    match = _GS1.match(value) or _VOC.match(value)
    return (match and match["word"]) or value


def _word(
    words: frozenset[str],
    kinds: tuple[str, str],
    expected: str,
    former: frozenset[str] = frozenset(),
) -> Check:
    def check(value: Json, place: str) -> None:
        if isinstance(value, str) and value in words:
            return
        shape.either(shape.uri, expected=f"{expected} of the vocabulary, nor a URI")(value, place)
        match = _GS1.match(str(value))
        if match and (
            match["word"] not in words | former or (match["urn"] or match["web"]) not in kinds
        ):
            raise shape.ShapeError(place=place, expected=f"{expected} of the vocabulary")

    return check


BIZ_STEP = _word(_BIZ_STEPS, ("bizstep", "BizStep"), "a business step")
DISPOSITION = _word(_DISPOSITIONS, ("disp", "Disp"), "a disposition", _FORMER)
BIZ_TRANSACTION = _word(_BIZ_TRANSACTIONS, ("btt", "BTT"), "a type of business transaction")
PARTY = _word(_PARTIES, ("sdt", "SDT"), "a type of source or destination")
REASON = _word(_REASONS, ("er", "ER"), "a reason of an error declaration")
COMPONENT = _word(_COMPONENTS, ("comp", "Comp"), "a component")
ALERT = _word(_ALERTS, ("alert", "Alert"), "an alert of a sensor")
