"""Two sites on 127.0.0.1 for the browser: a shop's page, and a regulator's with its node, each by its own name.

Both are reached by names that are no secure context, as a phone in a shop's network reaches them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from contracts.node import ROOT

DIST = ROOT / "indexer/page/dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src *;"
    " base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>产品溯源</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/verify.css">
<script src="/verify.js" defer></script></head>
<body><main data-suyuan-page {attributes}>
<noscript><p>核验需要 JavaScript；也可以用命令 suyuan-node verify。</p></noscript>{written}
</main></body></html>"""


@dataclass
class Site:
    """What the two hosts serve, by path; an answer is bytes with a type, or a function of the request's body."""

    port: int = 0
    served: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    node: Callable[[str, list[Any]], Any] | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def shop(self) -> str:
        return f"http://shop.example:{self.port}"

    @property
    def regulator(self) -> str:
        return f"http://regulator.example:{self.port}"

    def page(self, path: str, attributes: dict[str, str], written: str = "") -> None:
        """Serve a page whose main element has these data attributes, with what a server wrote into it."""
        spelt = " ".join(f'data-{name}="{value}"' for name, value in attributes.items())
        made = PAGE.format(attributes=spelt, written=written)
        self.served[path] = ("text/html; charset=utf-8", made.encode())

    def json(self, path: str, body: bytes) -> None:
        self.served[path] = ("application/json", body)

    def answer(self, body: bytes) -> bytes | None:
        """Answer a JSON-RPC batch by `node`; None where nobody answers."""
        if self.node is None:
            return None
        calls = json.loads(body)
        replies = [
            {"jsonrpc": "2.0", "id": one["id"], "result": self.node(one["method"], one["params"])}
            for one in calls
        ]
        return json.dumps(replies).encode()


@contextmanager
def open_site() -> Iterator[Site]:
    """Serve both names on one free port until the end."""
    site = Site()
    site.served["/favicon.ico"] = ("image/x-icon", b"")
    for name, kind in (("verify.js", "text/javascript"), ("verify.css", "text/css")):
        site.served["/" + name] = (kind + "; charset=utf-8", (DIST / name).read_bytes())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            site.asked.append(path)
            self._send(site.served.get(path))

        def do_POST(self) -> None:
            found = site.answer(self.rfile.read(int(self.headers["content-length"])))
            self._send(("application/json", found) if found else None, missing=503)

        def do_OPTIONS(self) -> None:
            self._send(("text/plain", b""))

        def _send(self, found: tuple[str, bytes] | None, missing: int = 404) -> None:
            kind, body = found or ("text/plain", b"")
            self.send_response(200 if found else missing)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("content-security-policy", POLICY)
            self.send_header("access-control-allow-origin", "*")
            self.send_header("access-control-allow-headers", "content-type")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
