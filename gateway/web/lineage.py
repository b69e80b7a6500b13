"""The page that shows a code's whole story: drawn, as a table, and what it went into; readable without JavaScript.

Drawing and tables are the platform's word, and say so. The same evidence as on the product's page comes from the same
address, asked for as JSON, and the reader's own device checks it and writes the verdict.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from gateway.recall import Item, items
from gateway.tracer import Story
from gateway.verifier import Page
from gateway.web import history, shown, sketch
from gateway.web.deps import Held, Spoken, snapshot, text_in_path
from gateway.web.drawing import LYING, UPRIGHT, Box, Drawing, Size, draw
from gateway.web.guard import ASKING
from gateway.web.languages import Language, speak
from gateway.web.pages import wants_json, wrong
from gateway.web.records import OPEN
from gateway.web.sketch import Sketch
from gateway.web.templating import render
from gateway.web.wording import Wording, clock, described, label
from indexer.core import code as codes
from indexer.core.code import Code
from indexer.core.errors import InputError
from indexer.core.link import Way
from indexer.core.walk import Direction, is_process

PREFIX = "/trace"
# Rows that a page shows; whoever wants all takes the table or asks the interface.
MOST_ROWS = 200

_GS1 = re.compile(r"/[0-9]{2,4}/")

router = APIRouter(include_in_schema=False)

_WAYS = {
    Way.PACKING: ("装入", "packed in"),
    Way.ASSOCIATION: ("装配到", "built into"),
    Way.LOT: ("该批次包含", "is the lot of"),
}
_INPUT, _OUTPUT = ("投入", "went into"), ("产出", "made")


@router.get(PREFIX + "/{rest:path}")
async def lineage(
    request: Request, held: Held, language: Spoken, direction: Direction = Direction.BOTH
) -> Response:
    """Show the story of a code in any of its forms, or as JSON the bundle that proves it."""
    as_json = wants_json(request)
    text = _text(request)
    try:
        asked = codes.read(text)
    except InputError as error:
        if as_json:
            raise
        return wrong(request, language, text, error)

    def look(connection: Connection) -> tuple[Page, Wording, dict[UUID, str]]:
        page = held.verifier.about(connection, asked, direction=direction)
        parties = {one.row.participant for one in page.story.told.values()}
        words = Wording(page.story, described(connection, page.story), language)
        return page, words, shown.names(connection, parties)

    async with snapshot(held.engine) as connection:
        page, words, called = await connection.run_sync(look)
    if as_json:
        headers = {**OPEN, "Vary": "Accept"}
        return Response(page.bundle.to_json(), headers=headers, media_type="application/json")
    return _page(request, words, asked, direction, page, called)


def _page(
    request: Request,
    words: Wording,
    asked: Code,
    direction: Direction,
    page: Page,
    called: dict[UUID, str],
) -> Response:
    story, language = page.story, words.language
    known = bool(page.bundle.records or page.bundle.missing)
    name, _ = history.product(page, language)
    drawn = sketch.sketch(story, words)
    affected = [] if direction is Direction.BACK else items(story.forward())
    here = f"{PREFIX}{codes.path(asked)}"
    api = f"/api/v1/trace/{quote(codes.canonical(asked), safe='')}"
    return render(
        request,
        "lineage.html",
        language,
        status=200 if known else 404,
        headers={"Content-Security-Policy": ASKING},
        code=codes.canonical(asked),
        known=known,
        name=name,
        identity=history.identity(asked, language),
        direction=direction.value,
        ways=[(one.value, f"{here}?{_query(one, language)}") for one in Direction],
        product=codes.path(asked),
        bundle=f"{here}?{urlencode({'direction': direction.value, 'format': 'bundle'})}",
        sketch=drawn,
        rounds={one.key for one in drawn.shapes if one.kind == "process"},
        drawings=[_drawing(drawn, size) for size in (LYING, UPRIGHT)],
        rows=list(_rows(story, words))[:MOST_ROWS],
        links=len(story.walk.links),
        things=sum(not is_process(one) for one in story.walk.things) - 1,
        affected=[_affected(one, called, words) for one in affected[:MOST_ROWS]],
        count=len(affected),
        csv=f"{api}?only=items&format=csv",
        api=f"{api}?direction={direction.value}",
        left_out=page.left_out,
    )


@dataclass(frozen=True)
class Row:
    """One link in words; each end with its page."""

    inner: tuple[str, str]
    how: str
    outer: tuple[str, str]
    since: str
    until: str
    records: Sequence[str]


def _rows(story: Story, words: Wording) -> Iterator[Row]:
    """Tell the links, the oldest first."""
    t = speak(words.language)
    for one in sorted(story.walk.links, key=lambda one: (one.since, one.inner, one.outer)):
        made = _INPUT if is_process(one.outer) else _OUTPUT
        yield Row(
            (words.line(one.inner), words.page(one.inner)),
            t(*_WAYS.get(one.way, made)),
            (words.line(one.outer), words.page(one.outer)),
            clock(one.since),
            clock(one.until),
            sorted(map(str, one.records)),
        )


def _affected(one: Item, called: Mapping[UUID, str], words: Wording) -> dict[str, object]:
    return {
        "thing": (words.line(one.code), words.page(one.code)),
        "since": clock(one.since),
        "until": clock(one.until),
        "holder": (words.line(one.holder), words.page(one.holder)) if one.holder else None,
        "seen": clock(one.seen) if one.seen else "",
        "place": _place(one.place, words.language),
        "party": called.get(one.participant, "") if one.participant else "",
        "records": one.records,
    }


def _place(said: str | None, language: Language) -> str:
    try:
        return " ".join(reversed(label(said, language))) if said else ""
    except InputError:
        return said or ""


def _drawing(drawn: Sketch, size: Size) -> tuple[bool, Drawing]:
    # On a narrow screen nothing stands beside the rest.
    boxes = [
        Box(one.key, one.kind == "process", one.kind == "holder" and not size.upright)
        for one in drawn.shapes
    ]
    return size.upright, draw(boxes, [(one.inner, one.outer) for one in drawn.strokes], size)


def _query(direction: Direction, language: Language) -> str:
    return urlencode({"direction": direction.value} | ({"lang": "en"} if language == "en" else {}))


def _text(request: Request) -> str:
    """Read the code behind the prefix: as the path of its page, such as /01/…, or in any form of its own."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    rest = raw.decode("ascii", "replace").removeprefix(PREFIX)
    if _GS1.match(rest):
        return codes.CANONICAL_HOST + rest
    page = next((one for one in ("/q/", "/E/") if rest.startswith(one)), "/")
    return text_in_path(request, PREFIX + page)
