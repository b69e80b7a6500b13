"""What consumers open: the home page, and a code's page where GS1 Digital Link says it is.

A page can be read before anything is checked, and says so. The evidence comes from the same address, asked for as JSON;
the reader's own device fetches it, checks it against another party, and writes the verdict.
"""

import re
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from gateway.catalogue import desk
from gateway.coding import labels
from gateway.verifier import Answer, Page
from gateway.web import history, origins, shown
from gateway.web.deps import Held, Spoken, snapshot, text_in_path
from gateway.web.errors import STATUS
from gateway.web.guard import ASKING
from gateway.web.languages import Language, prefers, speak
from gateway.web.records import OPEN
from gateway.web.templating import render
from gateway.web.wording import Wording, described
from indexer.core import code as codes
from indexer.core.code import CodeError, CodeLengthError, Scheme
from indexer.core.errors import InputError, outside
from indexer.core.gs1 import KEYS, CheckDigitError
from indexer.core.walk import Direction

HTML, JSON = "text/html", "application/json"

router = APIRouter(include_in_schema=False)

# Not the separator that scanners put between the elements of a code, which Python counts as white space.
_SPACE = re.compile(r"[^\S\x1d]")


@router.get("/")
async def home(request: Request, language: Spoken) -> Response:
    """Say what this is and where to begin."""
    return render(request, "home.html", language)


@router.get("/privacy")
async def privacy(request: Request, language: Spoken) -> Response:
    """Say what these pages know of their readers."""
    return render(request, "privacy.html", language)


@router.get("/q")
async def search(
    request: Request, language: Spoken, code: Annotated[str, Query(max_length=4000)] = ""
) -> Response:
    """Send whoever typed a code to its page."""
    text = _SPACE.sub("", code)
    if not text:
        return RedirectResponse(f"/?lang={language}", 303)
    try:
        found = codes.read(text)
    except InputError as error:
        return wrong(request, language, text, error)
    suffix = f"?{urlencode({'lang': language})}" if "lang" in request.query_params else ""
    return RedirectResponse(codes.path(found) + suffix, 303)


@router.get("/q/{rest:path}")
async def sought(request: Request, held: Held, language: Spoken) -> Response:
    """Show the page of any form of a code."""
    return await _page(request, held, language, text_in_path(request, "/q/"))


@router.get("/E/{rest:path}")
async def ecode(request: Request, held: Held, language: Spoken) -> Response:
    """Show the page of an Ecode."""
    return await _page(request, held, language, text_in_path(request, "/E/"))


async def digital_link(request: Request, held: Held, language: Spoken) -> Response:
    """Show the page of a GS1 key: this very URL, on whatever host, is its Digital Link."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return await _page(
        request, held, language, codes.CANONICAL_HOST + raw.decode("ascii", "replace")
    )


for _ai in KEYS:
    router.add_api_route(f"/{_ai}/{{rest:path}}", digital_link, methods=["GET"])


async def _page(request: Request, held: Held, language: Language, text: str) -> Response:
    as_json = wants_json(request)
    try:
        asked = codes.read(text)
        if asked.scheme is Scheme.URI and asked.key.startswith(codes.CANONICAL_HOST):
            codes.parse(text)  # tells what is wrong with it
            raise CodeError
    except InputError as error:
        if as_json:
            raise
        return wrong(request, language, text, error)

    def look(connection: Connection) -> tuple[Page, Wording, dict[UUID, str], history.Sites]:
        answer = held.verifier.about(connection, asked, direction=Direction.BACK)
        parties = [entry.submission.participant for entry in answer.bundle.records]
        called = shown.names(connection, parties)
        words = Wording(answer.story, described(connection, answer.story), language)
        return answer, words, called, desk.sites(connection, history.places(answer))

    async with snapshot(held.engine) as connection:
        answer, words, called, sites = await connection.run_sync(look)
    if as_json:
        headers = {**OPEN, "Vary": "Accept"}
        # An empty bundle is an answer too, of which the reader's device makes UNKNOWN.
        return Response(answer.bundle.to_json(), headers=headers, media_type="application/json")
    known = bool(answer.bundle.records or answer.bundle.missing)
    here = f"{held.settings.public_url.rstrip('/')}{codes.path(asked)}"
    name, facts = history.product(answer, language)
    about = origins.about(answer.story, words, answer.kinds)
    return render(
        request,
        "product.html",
        language,
        status=200 if known else 404,
        headers={"Content-Security-Policy": ASKING, "Link": f'<{here}>; rel="canonical"'},
        code=codes.canonical(asked),
        figures=labels.figures(asked),
        known=known,
        name=name,
        facts=[*facts, *history.safe_use(answer, asked, language)],
        identity=history.identity(asked, language),
        care=_care(answer),
        moments=history.moments(answer, called, language, sites, about),
        origins=origins.lines(answer.story, words),
        beyond=origins.beyond(answer.story),
        trace=f"/trace{codes.path(asked)}",
        missing=len(answer.bundle.missing),
        more=answer.more,
        bundle=f"{codes.path(asked)}?format=bundle",
    )


def _care(answer: Answer) -> str:
    """Give the service phone of the product's maker."""
    phone = answer.product.get("servicePhone") if answer.product else None
    return phone if isinstance(phone, str) else ""


def wrong(request: Request, language: Language, text: str, error: InputError) -> Response:
    """Tell a person what is wrong with what was scanned or typed."""
    t = speak(language)
    if isinstance(error, CheckDigitError):
        heading = t("这个码抄错了一位", "One digit of this code is wrong")
        reason = t(
            f"{text} 的校验码对不上，请核对后再查。",
            f"The check digit of {text} does not fit. Please compare it with the product.",
        )
    elif isinstance(error, CodeLengthError):
        heading = t("这段内容太长", "This is too long to be a code")
        reason = t("产品码最多 2000 个字符。", "A product code has at most 2,000 characters.")
    else:
        heading = t("这不是我们认识的产品码", "This is not a product code we can read")
        reason = t(
            f"“{text[:80]}”既不是 GS1 编码，也不是 Ecode，也不是网址。",
            f"“{text[:80]}” is neither a GS1 code nor an Ecode nor a web address.",
        )
    return render(
        request,
        "wrong.html",
        language,
        status=outside(STATUS, error),
        heading=heading,
        reason=reason,
        sought=text[:200],
    )


def wants_json(request: Request) -> bool:
    """Tell a program that wants the bundle from a reader who wants the page."""
    if request.query_params.get("format") in ("bundle", "json"):
        return True
    return prefers(request.headers.get("accept", ""), JSON, HTML) == JSON
