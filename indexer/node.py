"""A second party's web side: its verifier page, its trust settings, its narrow door to the chain, and what it found.

It takes nothing in but questions, holds no keys and needs no gateway. Pages are whole without JavaScript except the
verifier itself, which is the same file that every party serves.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import structlog
import uvicorn
from fastapi import Depends, FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer import remedies, vitals
from indexer.chain.client import Client
from indexer.chain.deployment import Deployment
from indexer.core.canonical import Members
from indexer.core.errors import HTTP, MissingError, SuyuanError, outside
from indexer.core.trust import Trust
from indexer.door import LONGEST, Door
from indexer.remedies import Remedy
from indexer.settings import Settings
from indexer.store.engine import engine as open_engine
from indexer.store.findings import Seen
from indexer.vitals import Watch

FACE = Path(__file__).with_name("face")
VERIFIER = Path(__file__).parent / "page" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRICT = POLICY.format(connect="'self'")
# The verifier fetches proofs from whichever gateway answered, and asks the parties that trust names.
ASKING = POLICY.format(connect="'self' http: https:")
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"geolocation=(), microphone=(), payment=()",
}
_OPEN = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT = {
    **_OPEN,
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
}
_pages = Environment(
    loader=FileSystemLoader(FACE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class NoTrustError(MissingError):
    """This node hands out no trust settings."""

    code = "TRUST_MISSING"
    sentence = "this node has no trust settings to hand out"


class Shield:
    """Completes every answer's headers, so that no page can run or load what is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                there = {name.lower() for name, _ in headers}
                wanted = {b"content-security-policy": STRICT.encode(), **_HEADERS}
                headers += [item for item in wanted.items() if item[0] not in there]
            await send(message)

        await self._app(scope, receive, leave)


class Node:
    """What one process holds while it serves."""

    def __init__(self, settings: Settings) -> None:
        deployment = Deployment.load(settings.deployment)
        url = settings.database_url
        engine = open_engine(url, application="suyuan-node serve") if url else None
        self.settings = settings
        self.client = Client(settings.chain_rpc_urls, timeout=10.0)
        self.watch = Watch(self.client, engine, deployment, settings.log_origin)
        self.door = Door(self.client, deployment, settings.rpc_rate)
        self.trust = _trust(settings.trust_file)

    def close(self) -> None:
        """Give everything back."""
        self.client.close()
        if self.watch.engine:
            self.watch.engine.dispose()


def _trust(path: Path) -> bytes | None:
    if not path.exists():
        structlog.get_logger("indexer.node").warning("trust_missing", file=str(path))
        return None
    return Trust.from_json(path.read_bytes()).to_json()


def _node(request: Request) -> Node:
    node = request.app.state.node
    assert isinstance(node, Node)  # noqa: S101 - set before the first request
    return node


Held = Annotated[Node, Depends(_node)]


def create_app(settings: Settings) -> FastAPI:
    """Make the application; files and pools are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.node = Node(settings)
        yield
        app.state.node.close()

    app = FastAPI(title="Suyuan node", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Shield)
    app.add_exception_handler(SuyuanError, _problem)
    app.get("/")(status)
    app.get("/status")(facts)
    app.get("/findings")(findings)
    app.get("/verify")(verify)
    app.get("/trust")(trust)
    app.get("/healthz")(health)
    app.post("/rpc")(rpc)
    app.options("/rpc")(preflight)
    app.mount("/static/page", StaticFiles(directory=VERIFIER, check_dir=False))
    app.mount("/static", StaticFiles(directory=FACE))
    return app


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    structlog.get_logger("indexer.node").info(
        "node_started", party=settings.party, host=settings.host, port=settings.port
    )
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=500,
        timeout_graceful_shutdown=5,
    )


def status(request: Request, node: Held) -> HTMLResponse:
    """Show how chain, log and follower stand, and what does not fit."""
    chain, store = node.watch.chain(), node.watch.store()
    seen = node.watch.findings()
    return _page(
        request,
        "status.html",
        node=node.settings,
        chain=chain,
        store=store,
        lag=vitals.lag(chain, store),
        sure=vitals.sure(chain, store),
        findings=None if seen is None else [_advised(one) for one in seen if not one.acknowledged],
        acknowledged=[_advised(one) for one in seen or [] if one.acknowledged],
    )


def _advised(seen: Seen) -> tuple[Seen, Remedy]:
    return seen, remedies.remedy(seen.finding.kind)


def facts(node: Held) -> JSONResponse:
    """Tell programs what the page shows."""
    chain, store = node.watch.chain(), node.watch.store()
    seen = node.watch.findings()
    told: Members = {
        "party": node.settings.party,
        "origin": node.settings.log_origin,
        "chain": chain,
        "store": store,
        "lag": vitals.lag(chain, store),
        "sure": vitals.sure(chain, store),
        "findings": None if seen is None else sum(not one.acknowledged for one in seen),
        "acknowledged": None if seen is None else sum(bool(one.acknowledged) for one in seen),
    }
    return JSONResponse(told, headers=_OPEN)


def findings(node: Held, *, cleared: bool = False) -> JSONResponse:
    """List what does not fit, acknowledged or not; with `cleared` also what did not and does again."""
    seen = node.watch.findings(cleared=cleared)
    if seen is None:
        return JSONResponse({"findings": None}, 503, headers=_OPEN)
    return JSONResponse({"findings": [vitals.told(one) for one in seen]}, headers=_OPEN)


def verify(request: Request, node: Held) -> HTMLResponse:
    """Hand out the verifier; code and proof come in the query or by its form."""
    return _page(request, "verify.html", policy=ASKING, node=node.settings)


def trust(node: Held) -> Response:
    """Hand out this party's trust settings."""
    if node.trust is None:
        raise NoTrustError
    return Response(node.trust, media_type="application/json", headers=_OPEN)


def health() -> JSONResponse:
    """Tell that the process lives."""
    return JSONResponse({"status": "ok"})


async def rpc(request: Request, node: Held) -> Response:
    """Answer JSON-RPC through the narrow door."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            break
    address = request.client.host if request.client else ""
    reply = await run_in_threadpool(node.door.answer, bytes(body), address)
    headers = {**_OPEN, **({"Retry-After": "1"} if reply.status in (429, 503) else {})}
    return Response(reply.body, reply.status, headers, "application/json")


def preflight() -> Response:
    """Let pages of other parties ask."""
    return Response(status_code=204, headers=_PREFLIGHT)


def _page(
    request: Request, template: str, *, policy: str = STRICT, **given: object
) -> HTMLResponse:
    language = _language(request)
    other = "zh" if language == "en" else "en"
    page = _pages.get_template(template).render(
        language=language,
        other=request.url.include_query_params(lang=other).query,
        t=lambda chinese, english: english if language == "en" else chinese,
        **given,
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language",
    }
    return HTMLResponse(page, headers=headers)


def _language(request: Request) -> str:
    """Chinese unless English was asked for, or is preferred by a browser that knows no Chinese."""
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        return asked
    accepted = request.headers.get("accept-language", "").lower()
    return "en" if "en" in accepted and "zh" not in accepted else "zh"


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SuyuanError)  # noqa: S101 - registered for nothing else
    number = outside(HTTP, error)
    body = {"type": "about:blank", "status": number, "code": error.code, "title": str(error)}
    return JSONResponse(body, number, media_type="application/problem+json", headers=_OPEN)
