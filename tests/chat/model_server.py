"""A server on loopback that speaks the streaming formats of OpenAI and Anthropic, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Turn:
    """What one request gets. Without `end` the stream has no end mark; `cut` breaks off in the middle of a chunk.

    Of a stream with `most`, only so many characters come.
    """

    pieces: tuple[str, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    end: bool = True
    cut: bool = False
    stalls: bool = False
    most: int | None = None
    counts: tuple[int, int] | None = (120, 30)


def says(*pieces: str, **manners: Any) -> Turn:
    return Turn(pieces, **manners)


def fails(status: int, **headers: str) -> Turn:
    return Turn(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


class ModelServer:
    """`turns` are used up in order, the last one again and again; `requests` are the bodies that came."""

    def __init__(self) -> None:
        self.turns: list[Turn] = [says("Yes.")]
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def told(self) -> str:
        """Everything that was sent to the model, as one text."""
        return json.dumps(self.requests, ensure_ascii=False)

    def _next(self, body: dict[str, Any], path: str, key: str) -> Turn:
        with self._lock:
            self.requests.append(body)
            self.paths.append(path)
            self.keys.append(key)
            return self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]

    def _answer(self, asked: BaseHTTPRequestHandler) -> None:
        body = json.loads(asked.rfile.read(int(asked.headers["Content-Length"])))
        key = asked.headers.get("Authorization") or asked.headers.get("x-api-key") or ""
        turn = self._next(body, asked.path, key)
        asked.send_response(turn.status)
        for name, value in turn.headers.items():
            asked.send_header(name, value)
        if turn.status != 200:
            self._end_with(asked, b'{"error": {"message": "no"}}')
            return
        asked.send_header("Content-Type", "text/event-stream")
        asked.send_header("Transfer-Encoding", "chunked")
        asked.end_headers()
        for event in events_of(turn, asked.path):
            self._chunk(asked, event)
        if turn.stalls:
            self.over.wait(20)
        if turn.cut:
            asked.wfile.write(b"40\r\ndata: {")
        else:
            asked.wfile.write(b"0\r\n\r\n")
        asked.wfile.flush()
        asked.close_connection = True

    @staticmethod
    def _end_with(asked: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        asked.wfile.write(body)

    @staticmethod
    def _chunk(asked: BaseHTTPRequestHandler, event: str) -> None:
        data = event.encode()
        asked.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        asked.wfile.flush()


def events_of(turn: Turn, path: str) -> list[str]:
    """The events of a stream in the format of that path, as far as they come."""
    whole = list(_anthropic(turn) if path.endswith("/messages") else _openai(turn))
    if turn.most is None:
        return whole
    return [piece for piece in ("".join(whole)[: turn.most],) if piece]


def _openai(turn: Turn) -> Iterator[str]:
    def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> str:
        choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
        return _data(
            {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices} | more
        )

    yield chunk({"role": "assistant", "content": ""})
    for piece in turn.pieces:
        yield chunk({"content": piece})
    if turn.stalls or turn.cut or not turn.end:
        return
    yield chunk({}, "stop")
    if turn.counts:
        sent, said = turn.counts
        usage = {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}
        yield _data(
            {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": usage}
        )
    yield "data: [DONE]\n\n"


def _anthropic(turn: Turn) -> Iterator[str]:
    def event(kind: str, **fields: Any) -> str:
        return f"event: {kind}\n" + _data({"type": kind} | fields)

    sent, said = turn.counts or (0, 0)
    message = {
        "id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": sent, "output_tokens": 0},
    }  # fmt: skip
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in turn.pieces:
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if turn.stalls or turn.cut or not turn.end:
        return
    yield event("content_block_stop", index=0)
    yield event(
        "message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": said}
    )
    yield event("message_stop")


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"
