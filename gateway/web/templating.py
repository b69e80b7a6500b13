"""Pages out of templates: every value is escaped, every page knows its language and who to call."""

from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gateway.web.languages import Language, speak

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(
    request: Request,
    template: str,
    language: Language,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **facts: object,
) -> HTMLResponse:
    """Fill a template in; pages depend on the reader's language and are not kept."""
    settings = request.app.state.gateway.settings
    page = _environment.get_template(template).render(
        t=speak(language),
        language=language,
        other=_other(request, language),
        operator=settings.operator_name,
        phone=settings.service_phone,
        second_opinion=settings.second_opinion_url.rstrip("/"),
        **facts,
    )
    kept = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
    return HTMLResponse(page, status, kept | (headers or {}))


def _other(request: Request, language: Language) -> str:
    """Link to this very page in the other language."""
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    asked.append(("lang", "en" if language == "zh" else "zh"))
    return f"?{urlencode(asked)}"
