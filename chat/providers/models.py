"""Asking a language model: any endpoint that speaks OpenAI's format, or Anthropic. Streams, with time limits.

The packages are an extra (requirements/assistant.in) and loaded when a model is first asked. Every request goes through
`learning.outbound`. A model has no tools here and is given nothing but the context.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from chat.kinds import Role
from chat.providers.context import Context
from learning import outbound

log = logging.getLogger(__name__)

READ_SECONDS = 15.0
WHOLE_SECONDS = 55.0
MOST_BYTES = 4_000_000
TRIES = 2
LONGEST_PAUSE_SECONDS = 2.0
CHARACTERS_A_TOKEN = 3
ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}


@dataclass(frozen=True)
class Setup:
    """Which model is asked, and where."""

    provider: str
    base_url: str
    model: str
    key: str
    allow_private: bool
    most_tokens: int

    @property
    def way(self) -> outbound.Way:
        return outbound.Way(
            hosts=frozenset({outbound.host_of(self.base_url)}),
            allow_private=self.allow_private,
            read_seconds=READ_SECONDS,
            most_bytes=MOST_BYTES,
        )


@dataclass(frozen=True)
class End:
    """What an answer used, in tokens; `is_whole` when the model said that it had finished."""

    input_tokens: int
    output_tokens: int
    is_whole: bool


class Away(Exception):
    """The model did not begin to answer: refused, failed, too slow, or resting after many faults."""


class _Cut(Exception):
    """The stream ended before the first word, without an end mark."""


def setup_from_settings() -> Setup | None:
    """The model that the settings name; None for answers in the course's own words."""
    provider = settings.ASSISTANT_PROVIDER
    if provider == "extractive":
        return None
    return Setup(
        provider=provider,
        base_url=settings.ASSISTANT_BASE_URL or ADDRESSES[provider],
        model=settings.ASSISTANT_MODEL,
        key=settings.ASSISTANT_API_KEY,
        allow_private=settings.ASSISTANT_ALLOW_PRIVATE,
        most_tokens=settings.ASSISTANT_MAX_OUTPUT_TOKENS,
    )


def most_tokens(context: Context, setup: Setup) -> int:
    """What an answer may use at most: reckoned on the safe side before anybody has counted."""
    return context.characters // CHARACTERS_A_TOKEN + setup.most_tokens


async def ask(context: Context, setup: Setup) -> AsyncGenerator[str | End, None]:
    """The model's text as it comes, and its end.

    Raises Away when no text came; it is asked once more first when that may help. After the first text a fault ends the
    answer with `is_whole=False`: what was said stays said, and nothing is asked twice.
    """
    deadline = time.monotonic() + WHOLE_SECONDS
    for attempt in range(1, TRIES + 1):
        if not resting.may_ask(setup.base_url, now=time.monotonic()):
            raise Away("resting after several faults")
        said = ""
        try:
            async with aclosing(_one_answer(context, setup, deadline)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, End):
                        if not said and not piece.is_whole:
                            raise _Cut
                        resting.went_well(setup.base_url)
                        yield counted(piece, context, said)
                    else:
                        said += piece
                        yield piece
            return
        except Exception as fault:
            log.warning("%s, try %d: %s", setup.provider, attempt, _in_short(fault))
            resting.failed(setup.base_url, now=time.monotonic())
            if said:
                yield counted(End(0, 0, is_whole=False), context, said)
                return
            pause = _pause_before_retry(fault)
            if pause is None or attempt == TRIES or time.monotonic() + pause > deadline:
                raise Away(_in_short(fault)) from fault
            await asyncio.sleep(pause)


async def _one_answer(context: Context, setup: Setup, deadline: float) -> AsyncGenerator[str | End, None]:
    from pydantic_ai.direct import model_request_stream
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
    from pydantic_ai.settings import ModelSettings

    how = ModelSettings(max_tokens=setup.most_tokens, timeout=READ_SECONDS)
    async with (
        _model(setup) as model,
        model_request_stream(model, _messages(context), model_settings=how) as answer,
    ):
        events = aiter(answer)
        while True:
            try:
                async with asyncio.timeout(max(0.1, deadline - time.monotonic())):
                    event = await anext(events)
            except StopAsyncIteration:
                break
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                text = event.part.content
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                text = event.delta.content_delta
            else:
                continue
            if text:
                yield text
        # A stream that is cut cleanly raises nothing: only the reason that the model itself gives ends an answer.
        is_whole = bool((answer.provider_details or {}).get("finish_reason"))
        yield End(answer.usage.input_tokens, answer.usage.output_tokens, is_whole)


@asynccontextmanager
async def _model(setup: Setup) -> AsyncIterator[Any]:
    async with outbound.async_client(setup.way) as http:
        common: dict[str, Any] = {
            "api_key": setup.key or "none",
            "base_url": setup.base_url,
            "max_retries": 0,
            "timeout": http.timeout,
            "http_client": http,
        }
        if setup.provider == "anthropic":
            from anthropic import AsyncAnthropic
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            yield AnthropicModel(setup.model, provider=AnthropicProvider(anthropic_client=AsyncAnthropic(**common)))
        else:
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai import OpenAIProvider

            yield OpenAIChatModel(setup.model, provider=OpenAIProvider(openai_client=AsyncOpenAI(**common)))


def _messages(context: Context) -> list[Any]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart

    messages: list[Any] = [ModelRequest(parts=[SystemPromptPart(context.instructions)])]
    for turn in context.turns:
        if turn.role == Role.USER:
            messages.append(ModelRequest(parts=[UserPromptPart(turn.content)]))
        else:
            messages.append(ModelResponse(parts=[TextPart(turn.content)]))
    return [*messages, ModelRequest(parts=[UserPromptPart(context.question)])]


def counted(end: End, context: Context, said: str) -> End:
    """What the model did not count is reckoned from the characters, on the safe side."""
    return End(
        end.input_tokens or context.characters // CHARACTERS_A_TOKEN,
        end.output_tokens or len(said) // CHARACTERS_A_TOKEN + 1,
        end.is_whole,
    )


def _pause_before_retry(fault: Exception) -> float | None:
    """Seconds to wait before asking once more; None when it cannot help or would take too long."""
    status = getattr(fault, "status_code", None)
    if isinstance(fault, outbound.Refused) or isinstance(_root(fault), outbound.Refused):
        return None
    if status is None or status >= 500 or status == 408:
        return 0.2
    if status != 429:
        return None
    wait = _retry_after(fault)
    return wait if wait <= LONGEST_PAUSE_SECONDS else None


def _retry_after(fault: Exception) -> float:
    headers = getattr(getattr(_cause(fault), "response", None), "headers", {})
    try:
        return max(0.0, float(headers.get("retry-after", 0.5)))
    except ValueError:
        return 0.5


def _cause(fault: BaseException) -> BaseException:
    return fault.__cause__ or fault


def _root(fault: BaseException) -> BaseException:
    while fault.__cause__ is not None:
        fault = fault.__cause__
    return fault


def _in_short(fault: BaseException) -> str:
    """The kind of fault; never its text, which may hold what was asked."""
    status = getattr(fault, "status_code", None)
    return f"{type(fault).__name__} {status}" if status else type(fault).__name__


class Resting:
    """After `FAULTS` faults in a row a server is not asked for `SECONDS`: learners wait for nobody who is away."""

    FAULTS = 5
    SECONDS = 30.0

    def __init__(self) -> None:
        self._faults: dict[str, tuple[int, float]] = {}

    def may_ask(self, server: str, *, now: float) -> bool:
        count, since = self._faults.get(server, (0, 0.0))
        return count < self.FAULTS or now - since >= self.SECONDS

    def failed(self, server: str, *, now: float) -> None:
        self._faults[server] = (self._faults.get(server, (0, 0.0))[0] + 1, now)

    def went_well(self, server: str) -> None:
        self._faults.pop(server, None)


resting = Resting()
