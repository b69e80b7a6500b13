"""Ecodes (GB/T 31866): version, number system, and the code inside that system; without a check digit.

Versions 1 to 3 follow lengths and characters seen in codes in use; 0 and 4 follow descriptions of the standard. So
this is designed to the standard, not certified against it.
"""

import re
from typing import NamedTuple

from indexer.core.errors import InputError

# Spaces, controls, invisible and full-width forms: two codes that look alike shall not both be read.
_UNSEEN = (
    "\\0-\\x20\\x7f-\\xa0\\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f"
    "\ufeff\uff00-\uffef\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_FORMS = {
    "0": re.compile(r"0([0-9]{4})([0-9]{1,73})\Z"),  # 73 digits are what 244 bits hold
    "1": re.compile(r"1([0-9]{4})([0-9]{1,20})\Z"),
    "2": re.compile(r"2([0-9]{4})([0-9]{1,28})\Z"),
    "3": re.compile(r"3([0-9]{5})([0-9A-Za-z]{1,39})\Z"),
    "4": re.compile(rf"4([0-9]{{5}})([^{_UNSEEN}]{{1,128}})\Z"),
}


class EcodeError(InputError):
    """Text that is not an Ecode of any version."""

    code = "CODE_ECODE"
    sentence = "not an Ecode: no version has this form"


class Ecode(NamedTuple):
    """An Ecode in its three parts; written one after the other they are the code."""

    version: str
    system: str
    item: str


def parse(text: str) -> Ecode:
    """Split an Ecode. Letters keep their case, which the standard does not say to ignore."""
    form = _FORMS.get(text[:1])
    match = form.match(text) if form else None
    if not match:
        raise EcodeError
    return Ecode(text[0], match[1], match[2])
