"""What another library (epcpy, by Nedap) makes of EPCs, to hold ours to."""

import importlib
import warnings

with warnings.catch_warnings():
    # Its sources have escapes that newer Pythons warn of while they compile them.
    warnings.simplefilter("ignore")
    epcpy = importlib.import_module("epcpy")


def elements(urn):
    """Return the element string of what follows `urn:epc:`."""
    return epcpy.epc_pure_identity_to_gs1_element_string("urn:epc:" + urn)


def tagged(urn, layout, level):
    """Return the hex of a tag with what follows `urn:epc:`; `level` picks the filter value."""
    made = epcpy.epc_pure_identity_to_tag_encodable("urn:epc:" + urn)
    module = importlib.import_module(type(made).__module__)
    (filters,) = [kind for name, kind in vars(module).items() if name.endswith("FilterValue")]
    options = {"filter_value": list(filters)[level]}
    if len(type(made).BinaryCodingScheme) > 1:
        options["binary_coding_scheme"] = type(made).BinaryCodingScheme[layout]
    return made.hex(**options)
