"""How this gateway is: alive, ready and for what not, and the few figures a monitor draws.

Readiness is about answering: only the database stops a web process from that. What else is amiss (nobody leads the
loop, the chain is not read, a promise to anchor has lapsed) is named as degraded, for a person and not for a balancer.
"""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from gateway.web import vitals
from gateway.web.deps import Held, Now, snapshot
from gateway.web.errors import responses
from gateway.web.guard import Tally
from gateway.web.vitals import Vitals

router = APIRouter(tags=["operation"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Lack(BaseModel):
    """One thing that is amiss."""

    what: str = Field(examples=["ANCHOR_LATE"])
    detail: str = Field(examples=["a receipt promised an anchor 41 s ago"])


class Ready(BaseModel):
    """Whether the gateway answers requests, and what is amiss."""

    status: str = Field(description="ok or degraded", examples=["ok"])
    degraded: list[Lack]
    log_size: int = Field(serialization_alias="logSize", description="leaves in the log")
    anchored_size: int = Field(
        serialization_alias="anchoredSize", description="of these, covered by a final anchor"
    )


@router.get("/healthz", summary="Liveness")
async def healthz() -> Alive:
    """Answer at all; nothing is looked at."""
    return Alive()


@router.get("/readyz", summary="Readiness", responses=responses(503))
async def readyz(held: Held, now: Now) -> Ready:
    """Look at the database and, through it, at loop and chain; without a database the answer is 503."""
    async with snapshot(held.engine) as connection:
        seen = await connection.run_sync(vitals.read, held.settings.log_origin)
    lacks = amiss(seen, now)
    return Ready(
        status="degraded" if lacks else "ok",
        degraded=lacks,
        log_size=seen.log_size,
        anchored_size=seen.anchored_size,
    )


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **responses(503)},
)
async def metrics(request: Request, held: Held, now: Now) -> Response:
    """Give the figures in Prometheus' text format; those of requests are this process's own."""
    async with snapshot(held.engine) as connection:
        seen = await connection.run_sync(vitals.read, held.settings.log_origin)
    text = "\n".join([*_store(seen, now), *_requests(request.app.state.tally)])
    return Response(text + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


def amiss(seen: Vitals, now: datetime) -> list[Lack]:
    """Name what is not as it should be."""
    lacks = []
    if not seen.led:
        lacks.append(Lack(what="LOOP_AWAY", detail="no loop leads this log at the moment"))
    if seen.tip is None:
        lacks.append(Lack(what="CHAIN_UNREAD", detail="the follower has not read the chain yet"))
    if seen.promise is not None and seen.promise < now.timestamp():
        late = int(now.timestamp() - seen.promise)
        lacks.append(Lack(what="ANCHOR_LATE", detail=f"a receipt promised an anchor {late} s ago"))
    lacks += [
        Lack(what=kind, detail=f"the reconciler found this, open: {count}")
        for kind, count in sorted(seen.findings.items())
    ]
    return lacks


def _store(seen: Vitals, now: datetime) -> list[str]:
    overdue = max(0.0, now.timestamp() - seen.promise) if seen.promise is not None else 0.0
    lines = [
        *_figure("suyuan_log_size", "Leaves in the log.", seen.log_size),
        *_figure("suyuan_anchored_size", "Leaves under a final anchor.", seen.anchored_size),
        *_figure("suyuan_anchor_number", "Number of the newest final anchor.", seen.anchor_number),
        *_figure("suyuan_anchor_overdue_seconds", "Age of the oldest lapsed promise.", overdue),
    ]
    if seen.tip is not None and seen.final is not None:
        lines += _figure("suyuan_chain_tip", "Newest block the follower has read.", seen.tip)
        lines += _figure("suyuan_chain_final", "Newest final block.", seen.final)
    lines += _head("suyuan_findings", "gauge", "Open findings of the reconciler.")
    lines += [f'suyuan_findings{{kind="{kind}"}} {n}' for kind, n in sorted(seen.findings.items())]
    return lines


def _requests(tally: Tally) -> list[str]:
    lines = _head("suyuan_http_requests_total", "counter", "Requests answered, by status.")
    lines += [
        f'suyuan_http_requests_total{{status="{status}"}} {count}'
        for status, count in sorted(tally.statuses.items())
    ]
    lines += _head("suyuan_http_seconds_total", "counter", "Time until answers began.")
    return [*lines, f"suyuan_http_seconds_total {tally.seconds:.6f}"]


def _figure(name: str, meaning: str, value: float) -> list[str]:
    return [*_head(name, "gauge", meaning), f"{name} {value}"]


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
