"""How python-telegram-bot's calls travel: over aiohttp, each under a timeout.

Two things decide what may be done after a failed call: whether it can have reached Telegram at
all, and whether its answer is Telegram's own. So the errors here say exactly that. None of them
carries the address of the call or a text of aiohttp's, because the address holds the bot's token.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

_CONNECT_S = 5.0
_READ_S = 20.0
# Servers close a connection that was idle for a while; a call written at that very moment is lost
# without a word. So idle connections are dropped before anybody else does it.
_KEEP_ALIVE_S = 15.0
_CONNECTIONS = 64
# A file of 20 MB over a middling line.
_FILE_S = 30.0
_PIECE_BYTES = 1 << 16
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NeverSent(NetworkError):
    """The call did not reach Telegram: no connection, no free place in the pool, a proxy's refusal."""


class AnswerLost(NetworkError):
    """The call may have been done; no answer of Telegram's own came back."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along with a call, in the field ``field``."""

    field: str
    name: str
    content_type: str
    content: bytes


class _Form:
    """The fields of one call, as far as ``Transport`` asks the library's own (final) class for them."""

    def __init__(self, fields: Mapping[str, object], file: File | None) -> None:
        self.file = file
        self.contains_files = file is not None
        # As Telegram takes them: JSON for what is no text.
        self.json_parameters = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()
        }


def form(fields: Mapping[str, object], *, file: File | None = None) -> RequestData:
    """Make the body of a call from its fields, and a file if there is one."""
    return cast("RequestData", _Form(fields, file))


class Transport(BaseRequest):
    """One aiohttp session for all calls of one bot."""

    def __init__(self, *, read_s: float = _READ_S) -> None:
        self._read_s = read_s
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def read_timeout(self) -> float:
        """The seconds a call waits for its answer if it does not say otherwise."""
        return self._read_s

    async def initialize(self) -> None:
        """Open the session; once is enough."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session and its connections, for good."""
        self._closed = True
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call. Raises: NeverSent, AnswerLost."""
        if self._closed:
            raise NeverSent("we are closing")
        await self.initialize()
        assert self._session is not None
        read_s = read_timeout if isinstance(read_timeout, int | float) else self._read_s
        timeout = aiohttp.ClientTimeout(total=_CONNECT_S + read_s, connect=_CONNECT_S)
        data, headers = _body(request_data)
        with _told_apart():
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                body = await answer.read()
        _refuse_foreign(answer.status, body)
        return answer.status, body

    async def fetch(self, url: str, *, most_bytes: int) -> bytes | None:
        """Fetch a file; None for one that has more bytes. Raises: NeverSent, AnswerLost."""
        if self._closed:
            raise NeverSent("we are closing")
        await self.initialize()
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(total=_FILE_S, connect=_CONNECT_S)
        content = bytearray()
        with _told_apart():
            async with self._session.get(url, timeout=timeout, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    raise AnswerLost(f"a file was answered with {answer.status}")
                # Piece by piece: what a server says of the length need not be so.
                async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                    content += piece
                    if len(content) > most_bytes:
                        return None
        return bytes(content)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises: AnswerLost, without the payload, which may hold anybody's words."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise AnswerLost("an answer that is not Telegram's") from None
        return answer


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None]:
    if request_data is None:
        return None, None
    file: File | None = getattr(request_data, "file", None)
    if file is None:
        # Encoded here: aiohttp's own forms cost three times as much.
        data = urlencode(request_data.json_parameters).encode()
        return data, _FORM if data else None
    parts = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        parts.add_field(name, value)
    parts.add_field(file.field, BytesIO(file.content), filename=file.name, content_type=file.content_type)
    return parts, None


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn aiohttp's errors into ours."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as failed:
        raise NeverSent(f"no connection ({type(failed).__name__})") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as failed:
        raise AnswerLost(f"no answer ({type(failed).__name__})") from None


def _refuse_foreign(status: int, body: bytes) -> None:
    # Telegram's own refusals are JSON. A page of a gateway or proxy says nothing about the person or
    # the message: its 403 must not mark anybody as having blocked us. A 4xx page was not handed on;
    # behind a 5xx page (or an answer cut short) the call may well have been done.
    if status == 200 or body.lstrip()[:1] == b"{":
        return
    if status >= 500:
        raise AnswerLost(f"a gateway answered {status}")
    raise NeverSent(f"a proxy answered {status}")
