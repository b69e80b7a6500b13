"""A code as ink: QR labels that carry a GS1 Digital Link to this gateway, with the same code in figures below.

A label outlives every server, so it carries nothing but the code and where to ask about it. Drawing is ours, down to
the modules: the same code always gives the same label.
"""

from functools import lru_cache
from io import BytesIO, StringIO
from xml.sax.saxutils import escape

import qrcode
from PIL import Image, ImageDraw, ImageFont

from indexer.core import code as codes
from indexer.core.code import Code
from indexer.core.errors import InputError

_QUIET = 4  # modules of white around the symbol, ISO/IEC 18004
_MODULE = 10  # pixels of a module in the PNG: 25 mm wide at 300 dpi holds the usual 33 modules
_LONGEST = 800  # characters; a denser symbol is no longer read by phones from a curved nameplate
_LINE = 2.6  # modules from one line of figures to the next


class LabelTooLongError(InputError):
    """A code whose link does not fit on a label."""

    code = "LABEL_TOO_LONG"
    sentence = "the link has {length} characters, a label holds at most 800"


def figures(code: Code) -> list[str]:
    """Write a code for people, one line for each part: GS1 element strings, other codes as they are."""
    return [f"({ai}) {value}" for ai, value in codes.elements(code)] or [code.key]


def svg(code: Code, public_url: str) -> bytes:
    """Draw a label as SVG, in units of one module."""
    matrix = _matrix(codes.digital_link(code, public_url))
    side, lines = len(matrix) + 2 * _QUIET, figures(code)
    width = max(side, *(len(line) * 0.95 + 4 for line in lines))
    height = side + _LINE * len(lines)
    left = (width - side) / 2 + _QUIET
    text = "".join(
        f'<text x="{width / 2:g}" y="{side + 1 + _LINE * at:g}">{escape(line)}</text>'
        for at, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{escape(' '.join(lines))}</title>"
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
        f'<path transform="translate({left:g} {_QUIET})" d="{_path(matrix)}" '
        'shape-rendering="crispEdges"/>'
        '<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="1.55" '
        f'text-anchor="middle">{text}</g></svg>'
    ).encode()


def png(code: Code, public_url: str) -> bytes:
    """Draw a label as PNG, ten pixels to a module."""
    matrix = _matrix(codes.digital_link(code, public_url))
    side, lines = (len(matrix) + 2 * _QUIET) * _MODULE, figures(code)
    font = ImageFont.load_default(size=16)
    width = max(side, *(int(font.getlength(line)) + 4 * _MODULE for line in lines))
    step = round(_LINE * _MODULE)
    image = Image.new("1", (width, side + step * len(lines)), 1)
    draw = ImageDraw.Draw(image)
    left = (width - side) // 2 + _QUIET * _MODULE
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = left + column * _MODULE, (_QUIET + row) * _MODULE
                draw.rectangle((x, y, x + _MODULE - 1, y + _MODULE - 1), fill=0)
    for at, line in enumerate(lines):
        draw.text((width / 2, side + step * at), line, font=font, fill=0, anchor="mt")
    made = BytesIO()
    image.save(made, "PNG", dpi=(300, 300))
    return made.getvalue()


def drawn(text: str) -> str:
    """Draw text as a QR code out of half blocks, for a terminal with light letters on a dark ground."""
    made = StringIO()
    _code(text, border=2).print_ascii(out=made, invert=True)
    return made.getvalue().rstrip("\n")


def _code(text: str, border: int) -> "qrcode.QRCode[qrcode.image.base.BaseImage]":
    if len(text) > _LONGEST:
        raise LabelTooLongError(length=len(text))
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=border)
    code.add_data(text, optimize=20)
    code.make(fit=True)
    return code


@lru_cache(maxsize=256)
def _matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(bool(one) for one in row) for row in _code(text, border=0).get_matrix())


def _path(matrix: tuple[tuple[bool, ...], ...]) -> str:
    """Join each row's neighbouring dark modules into one stroke of the path."""
    parts = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                parts.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return "".join(parts)
