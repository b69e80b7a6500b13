"""What client and server tell each other about versions and spellings: the GS1 headers, and the media types.

We speak EPCIS 2.0 and CBV 2.0; documents of EPCIS 1.2 come in as XML. Events leave as they were sent unless somebody
asks for Digital Links.
"""

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import Depends, Header, Request

from indexer.core.errors import InputError

JSON_TYPES: Final = ("application/json", "application/ld+json")
XML_TYPES: Final = ("application/xml", "text/xml")
AS_SENT: Final = "Never_Translates"
LINKS: Final = "Always_GS1_Digital_Link"
URNS: Final = "Always_EPC_URN"

SPOKEN: Final = {
    "GS1-EPCIS-Version": "2.0",
    "GS1-CBV-Version": "2.0",
    "GS1-Vendor-Version": "suyuan-1",
}
_RANGE: Final = {
    "GS1-EPCIS-Min": "1.2",
    "GS1-EPCIS-Max": "2.0",
    "GS1-CBV-Min": "1.2",
    "GS1-CBV-Max": "2.0",
    "GS1-EPC-Format": AS_SENT,
    "GS1-CBV-XML-Format": AS_SENT,
    "Cache-Control": "private, no-store",
}
OWN: Final = {"Cache-Control": "private, no-store"}

_VERSION = r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$"
_Version: TypeAlias = Annotated[str | None, Header(pattern=_VERSION)]
_EpcFormat: TypeAlias = Literal[
    "No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"
]
_CbvFormat: TypeAlias = Literal["No_Preference", "Always_Web_URI", "Always_URN", "Never_Translates"]


class NotAcceptableError(InputError):
    """An answer that cannot be given in the form, or by the version, that the request insists on."""

    code = "NOT_ACCEPTABLE"
    sentence = "{place} asks for {asked}; there is {offered}"


class MediaTypeError(InputError):
    """A body that is neither JSON nor XML."""

    code = "MEDIA_TYPE"
    sentence = "a body is application/json or application/ld+json (XML where documents are captured), not {media}"


@dataclass(frozen=True)
class Wanted:
    """How the caller wants its answer; `extensions` are prefixes that its query's names use."""

    media: str
    epcs: str
    extensions: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, str]:
        """Tell how the answer was given."""
        said = {**OWN, "GS1-EPC-Format": self.epcs}
        if self.extensions:
            said["GS1-Extensions"] = ",".join(f"{one}={of}" for one, of in self.extensions.items())
        return said


def wanted(
    request: Request,
    gs1_epcis_version: _Version = None,
    gs1_epcis_min: _Version = None,
    gs1_epcis_max: _Version = None,
    gs1_cbv_version: _Version = None,
    gs1_cbv_min: _Version = None,
    gs1_cbv_max: _Version = None,
    gs1_epc_format: Annotated[
        _EpcFormat, Header(description="how codes are spelt in the answer")
    ] = "No_Preference",
    gs1_cbv_xml_format: Annotated[
        _CbvFormat, Header(description="of XML answers, which are not given")
    ] = "No_Preference",
    gs1_extensions: Annotated[
        str | None,
        Header(
            description="prefixes of a query's names", examples=["ex=https://ns.example/epcis/"]
        ),
    ] = None,
) -> Wanted:
    """Read what the request asks of the answer, and refuse what it cannot be."""
    del gs1_cbv_xml_format
    _check("GS1-EPCIS-Version", gs1_epcis_version, _between("1.2", "2.0"))
    _check("GS1-EPCIS-Min", gs1_epcis_min, _between("0", "2.0"))
    _check("GS1-EPCIS-Max", gs1_epcis_max, _between("2.0", "9999"))
    _check("GS1-CBV-Version", gs1_cbv_version, _between("1.2", "2.0"))
    _check("GS1-CBV-Min", gs1_cbv_min, _between("0", "2.0"))
    _check("GS1-CBV-Max", gs1_cbv_max, _between("2.0", "9999"))
    epcs = AS_SENT if gs1_epc_format == "No_Preference" else gs1_epc_format
    return Wanted(_media(request.headers.get("accept")), epcs, _extensions(gs1_extensions))


Asked: TypeAlias = Annotated[Wanted, Depends(wanted)]


def offered(allow: str, **more: str) -> dict[str, str]:
    """Tell what a path takes and what is spoken there, for OPTIONS."""
    return {
        "Allow": allow,
        **_RANGE,
        **{name.replace("_", "-"): said for name, said in more.items()},
    }


def body_type(request: Request) -> str:
    """Read in which media type a body comes; without a word it is JSON."""
    return request.headers.get("content-type", JSON_TYPES[0]).partition(";")[0].strip().lower()


def check_json(request: Request) -> None:
    """Refuse a body that is not JSON."""
    media = body_type(request)
    if media not in JSON_TYPES:
        raise MediaTypeError(place="/header/Content-Type", media=media)


def _between(low: str, high: str) -> tuple[str, str]:
    return low, high


def _check(name: str, asked: str | None, limits: tuple[str, str]) -> None:
    low, high = limits
    if asked is not None and not _number(low) <= _number(asked) <= _number(high):
        raise NotAcceptableError(place=f"/header/{name}", asked=asked, offered="2.0")


def _number(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    return (*parts, *[0] * (3 - len(parts)))


def _media(accept: str | None) -> str:
    """Choose the media type that is asked for; whoever takes JSON of any name gets it."""
    asked = [one.partition(";")[0].strip().lower() for one in (accept or "*/*").split(",")]
    for media in (*JSON_TYPES, "application/*", "*/*"):
        if media in asked:
            return media if media in JSON_TYPES else JSON_TYPES[0]
    raise NotAcceptableError(
        place="/header/Accept", asked=(accept or "")[:200], offered=" and ".join(JSON_TYPES)
    )


def _extensions(told: str | None) -> dict[str, str]:
    """Read `prefix=IRI`, several with commas between them; what reads otherwise is passed over."""
    pairs = [one.strip().partition("=") for one in (told or "").split(",")]
    return {name: iri for name, equals, iri in pairs if equals and name and iri}
