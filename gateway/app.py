"""The gateway's web side, put together: routes, errors, the guard at the door, and what all of them share.

Nothing happens on import and little in `create_app`: keys are opened and the pool is made when the application starts,
and given back when it stops.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from gateway.catalogue import routes as catalogue
from gateway.catalogue import topics
from gateway.coding import routes as labels
from gateway.exchange import routes as epcis
from gateway.exchange.problems import EpcisProblem
from gateway.intake import Intake
from gateway.oversight import routes as quality
from gateway.returns import routes as returns
from gateway.settings import Settings
from gateway.verifier import Verifier
from gateway.web import (
    about,
    docs,
    errors,
    health,
    keys,
    lineage,
    log,
    pages,
    records,
    submissions,
    trace,
)
from gateway.web.deps import Gateway
from gateway.web.guard import Guard, Tally
from indexer.chain.deployment import Deployment
from indexer.store.engine import async_engine

STATIC = Path(__file__).parent / "web" / "static"
VERIFIER = Path(__file__).parents[1] / "indexer" / "page" / "dist"
CONNECTIONS = 10


def create_app(settings: Settings) -> FastAPI:
    """Make the application; it opens its keys and its database when it is started."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        intake = Intake.load(settings)
        engine = async_engine(
            settings.database_url, application="suyuan gateway", connections=CONNECTIONS
        )
        app.state.gateway = Gateway(
            settings=settings,
            deployment=Deployment.load(settings.deployment),
            engine=engine,
            intake=intake,
            verifier=Verifier(settings.log_origin, intake.vault),
        )
        yield
        await engine.dispose()

    app = _Guarded(
        title="Suyuan gateway",
        version="0.1.0",
        summary="Product records in, answers with their evidence out",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.tally = Tally()
    app.state.secure = settings.public_url.startswith("https://")
    errors.install(app)
    for module in (
        submissions,
        returns,
        catalogue,
        topics,
        quality,
        epcis,
        keys,
        records,
        trace,
        about,
        labels,
        log,
        health,
        docs,
        lineage,
        pages,
    ):
        app.include_router(module.router)
    # The verifier is the same file that the regulator's node serves.
    app.mount("/static/page", StaticFiles(directory=VERIFIER, check_dir=False))
    app.mount("/static", StaticFiles(directory=STATIC))
    _describe(app)
    return app


class _Guarded(FastAPI):
    """An application with the guard outside everything, so that even a fault leaves with its number and headers."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), secure=self.state.secure)


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    # Plain lines of JSON: a traceback that shows locals would show keys.
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.get_logger("gateway.app").info(
        "gateway_started", url=settings.public_url, host=settings.host, port=settings.port
    )
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def _describe(app: FastAPI) -> None:
    """Make OpenAPI know what routes read and write past FastAPI: raw bodies and problem documents."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                routes=app.routes,
                openapi_version=app.openapi_version,
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            for model in (errors.Problem, submissions.Sent, EpcisProblem):
                schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(schema.pop("$defs", {}))
                schemas[model.__name__] = schema
            _without_theirs(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _without_theirs(made: dict[str, Any]) -> None:
    """Take out the answers that FastAPI would give to wrong parameters: each route tells of its own."""
    for methods in made["paths"].values():
        for operation in methods.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
