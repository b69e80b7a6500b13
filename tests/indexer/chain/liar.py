"""A node's fake face: passes JSON-RPC on to a real one and falsifies what comes back.

It stands for somebody else's system, never for a part of ours.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import httpx
import msgspec


class Liar:
    """Listens on 127.0.0.1. `lie` names the falsification; "" passes everything on."""

    def __init__(self, upstream: str, lie: str = "") -> None:
        self.lie = lie
        self.asked: list[str] = []
        self.http = httpx.Client(trust_env=False)
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                liar.asked += [one["method"] for one in msgspec.json.decode(body)]
                status, answer = liar.answer(upstream, body)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.http.close()

    def answer(self, upstream: str, body: bytes) -> tuple[int, bytes]:
        if self.lie == "status":
            return 502, b"<html>bad gateway</html>"
        if self.lie == "html":
            return 200, b"<html>welcome</html>"
        if self.lie == "long":
            return 200, b"[" + b" " * 2**20 + b"]"
        asked = msgspec.json.decode(body)
        headers = {"content-type": "application/json"}
        answers = self.http.post(upstream, content=body, headers=headers).json()
        by_id = {one["id"]: one for one in answers}
        falsify = getattr(self, f"_{self.lie}", lambda *_: None)
        for one in asked:
            answer = by_id[one["id"]]
            if self.lie == "narrow" and one["method"] == "eth_getLogs":
                self._refuse_wide(one["params"][0], answer)
            if one["method"] == "eth_getLogs" and "result" in answer:
                answer["result"] = falsify("logs", answer["result"]) or answer["result"]
                if self.lie == "omit_all":
                    answer["result"] = []
            if one["method"] == "eth_getBlockByNumber" and answer.get("result"):
                answer["result"] = falsify("block", answer["result"]) or answer["result"]
                if self.lie == "drop_header" and one["params"][0] not in ("0x0", "latest"):
                    answer["result"] = self._dropped(answer["result"])
        if self.lie == "shuffle":
            answers = list(reversed(answers))
        if self.lie == "forget":
            answers = answers[:-1]
        if self.lie == "single":
            answers = answers[0]
        return 200, msgspec.json.encode(answers)

    def _refuse_wide(self, wanted, answer) -> None:
        """Refuse more than sixteen blocks at once, as public nodes do beyond some thousands."""
        if int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) >= 16:
            answer.pop("result", None)
            answer["error"] = {"code": -32005, "message": "range too wide"}

    def _omit_anchor(self, what, found):
        return found[1:] if what == "logs" else None

    def _repeat_log(self, what, found):
        return [*found, found[0]] if what == "logs" and found else None

    def _foreign_block(self, what, found):
        if what != "logs":
            return None
        return [{**log, "blockHash": "0x" + "77" * 32} for log in found]

    def _unlink_header(self, what, found):
        return {**found, "parentHash": "0x" + "77" * 32} if what == "block" else None

    _last = ""

    def _dropped(self, block):
        """Have no block but the first that is asked for: the tip, known already."""
        if self._last in ("", block["number"]):
            self._last = block["number"]
            return block
        return None
