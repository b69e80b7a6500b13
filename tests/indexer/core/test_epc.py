"""URNs against epcpy, which has nothing to do with ours; fixed examples are in code.v2.json."""

import pytest

from indexer.core import element, epc
from indexer.core.gs1 import Gs1Error, Key
from tests.indexer.core import oracle


@pytest.mark.parametrize(
    "urn",
    [
        "id:sgtin:0614141.812345.6789",
        "id:sgtin:061414112345.8.a%2Fb",
        "class:lgtin:4012345.012345.998877",
        "id:sscc:0614141.1234567890",
        "id:sgln:0614141.12345.400",
        "id:grai:0614141.12345.400",
        "id:giai:0614141.12345400",
        "id:gsrn:0614141.1234567890",
        "id:gsrnp:0614141.1234567890",
        "id:gdti:0614141.12345.400",
        "id:cpi:0614141.5PQ7%2FZ43.12345",
        "id:itip:4012345.012345.01.02.987",
        "id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7'SDB",
        "id:pgln:1234567.89012",
    ],
)
def test_urns_are_the_element_strings_that_others_make_of_them(urn):
    # The brackets inside a serial number are told from those around identifiers by what they hold.
    assert epc.read(urn) == element.bracketed(oracle.elements(urn))


@pytest.mark.parametrize(
    "urn",
    [
        *("id:gid:1.2.3", "id:lgtin:1.2.3", "class:sgtin:1.2.3", "idpat:sgln:1.2.*"),
        *("raw:96.x00", "raw:96.xZZ", "id:", "", "pat:sgtin-96:3.0614141.812345.*"),
        *("idpat:giai:1.*", "id:constructor:1.2"),
    ],
)
def test_urns_of_other_schemes_are_left_alone(urn):
    assert epc.read(urn) is None


def test_a_prefix_may_end_anywhere_but_only_after_six_digits():
    for at in range(6, 13):
        digits = "061414112345"
        assert epc.read(f"id:pgln:{digits[:at]}.{digits[at:]}") == Key("417", "0614141123452")
    with pytest.raises(Gs1Error):
        epc.read("id:pgln:06141.4112345")
