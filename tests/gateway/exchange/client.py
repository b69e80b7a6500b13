"""An EPCIS client: documents go out, jobs and events come back."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from indexer.core import canonical
from tests.gateway.making import event
from tests.gateway.web.serving import Member, Site

PROCEED = {"GS1-Capture-Error-Behaviour": "proceed"}


def document(*events: dict[str, Any], **members: Any) -> dict[str, Any]:
    own = [{name: value for name, value in one.items() if name != "@context"} for one in events]
    return {
        "@context": event()["@context"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-21T11:00:00Z",
        "epcisBody": {"eventList": own},
        **members,
    }


@dataclass
class Client:
    """One participant's programs."""

    site: Site
    member: Member

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.site.http.get(f"/epcis{path}", headers={**self.member.headers, **headers})

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        data = body if isinstance(body, bytes) else canonical.encode(body)
        sent = {**self.member.headers, "Content-Type": "application/json", **headers}
        return self.site.http.post(f"/epcis{path}", content=data, headers=sent)

    def delete(self, path: str) -> httpx.Response:
        return self.site.http.delete(f"/epcis{path}", headers=self.member.headers)

    def capture(self, *events: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Capture a document and give its job."""
        answer = self.post("/capture", document(*events), **headers)
        assert answer.status_code == 202, answer.text
        return self.job(answer.headers["location"])

    def job(self, location: str) -> dict[str, Any]:
        said: dict[str, Any] = self.get(location.removeprefix("/epcis")).raise_for_status().json()
        return said

    def events(self, path: str = "/events") -> list[dict[str, Any]]:
        """Query, and give the events of the page."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return listed(answer)

    def all(self, path: str) -> list[list[dict[str, Any]]]:
        """Follow a query to its end, page by page."""
        pages = []
        address: str | None = f"{self.site.url}/epcis{path}"
        while address:
            answer = self.site.http.get(address, headers=self.member.headers).raise_for_status()
            pages.append(listed(answer))
            address = following(self.site, answer)
        return pages


def listed(answer: httpx.Response) -> list[dict[str, Any]]:
    """Take the events out of a query document."""
    said = answer.json()
    assert said["type"] == "EPCISQueryDocument"
    found: list[dict[str, Any]] = said["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def following(site: Site, answer: httpx.Response) -> str | None:
    """Read where the next page is."""
    link = answer.links.get("next")
    if link is None:
        return None
    return link["url"].replace(site.settings.public_url.rstrip("/"), site.url)


def escaped(text: str) -> str:
    return quote(text, safe="")


def problem(answer: httpx.Response, status: int, code: str, name: str, place: Any = ...) -> Any:
    """Expect a problem in the standard's words."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code)
    assert said["type"] == f"epcisException:{name}"
    assert place is ... or said.get("place") == place
    assert said["detail"]
    return said
