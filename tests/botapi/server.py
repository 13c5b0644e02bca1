"""The wire: a call comes in as HTTP, goes wrong if it was told to, and is answered as Telegram answers."""

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from tests.botapi.faults import Fault, How
from tests.botapi.world import ApiError, Call, Json

if TYPE_CHECKING:
    from tests.botapi.api import BotApi

_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
_NEVER_WRITTEN_DOWN = ("getupdates",)


async def serve_method(api: "BotApi", request: web.Request) -> web.StreamResponse:
    """Answer one call."""
    method, token = request.match_info["method"], request.match_info["token"]
    if token != api.token:
        return _refusal(ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found"))
    params = await _params(request)
    chat = _chat_of(params)
    fault = api.faults.choose(method.lower(), chat)
    if fault is not None and not fault.how.done:
        _write_down(api, method, chat, params, _code(fault), fault.how)
        return await _failed(request, fault)
    if fault is not None and fault.how is How.SLOW:
        await api.clock.wait(asyncio.Event(), timeout_s=fault.seconds)
    try:
        result = await _done(api, method.lower(), params)
    except ApiError as refused:
        _write_down(api, method, chat, params, refused.code, refused.description)
        return _refusal(refused)
    if fault is not None and fault.how is not How.SLOW:
        _write_down(api, method, chat, params, 0, fault.how)
        return await _failed(request, fault)
    _write_down(api, method, chat, params, 200, "")
    return web.json_response({"ok": True, "result": result})


async def serve_file(api: "BotApi", request: web.Request) -> web.StreamResponse:
    """Give a file that somebody sent."""
    if request.match_info["token"] != api.token:
        return _refusal(ApiError(401, "Unauthorized"))
    content = api.world.files.get(request.match_info["name"].rpartition(".")[0])
    fault = api.faults.choose("file", None)
    _write_down(api, "file", None, {}, _code(fault) if fault else 200, "")
    if fault is not None:
        return await _failed(request, fault)
    return web.Response(body=content) if content is not None else _refusal(ApiError(404, "Not Found"))


def call_in_an_answer(api: "BotApi", method: str, params: Json) -> None:
    """Do a call that came as the answer to an update: like any other, but nobody is told how it went."""
    try:
        api.methods.call(method.lower(), params)
        code, description = 200, ""
    except ApiError as refused:
        code, description = refused.code, refused.description
    _write_down(api, method, _chat_of(params), params, code, description)


async def _done(api: "BotApi", method: str, params: Json) -> object:
    match method:
        case "getupdates":
            return await api.get_updates(params)
        case "setwebhook":
            return _set_webhook(api, params)
        case "deletewebhook":
            api.webhook.url = ""
            return True
        case "getwebhookinfo":
            waiting = len(api.updates.waiting)
            return {"url": api.webhook.url, "has_custom_certificate": False, "pending_update_count": waiting}
        case _:
            return api.methods.call(method, params)


def _set_webhook(api: "BotApi", params: Json) -> bool:
    secret = str(params.get("secret_token", ""))
    if len(secret) > 256 or not secret.replace("-", "").replace("_", "").isalnum():
        raise ApiError(400, "Bad Request: secret token contains unallowed characters")
    if allowed := params.get("allowed_updates"):
        api.updates.allowed = frozenset(json.loads(allowed))
    # Telegram wants https; on loopback the double delivers in the clear.
    api.webhook.url, api.webhook.secret = str(params.get("url", "")), secret
    api.updates.changed.ring()
    return True


async def _failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    match fault.how:
        case How.DROPPED | How.DONE_BUT_DROPPED:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case How.SERVER_ERROR:
            return _refusal(ApiError(500, "Internal Server Error"))
        case How.GATEWAY_ERROR:
            return web.Response(status=502, text=_PAGE.format("502 Bad Gateway"), content_type="text/html")
        case How.FORBIDDEN_PAGE:
            return web.Response(status=403, text=_PAGE.format("403 Forbidden"), content_type="text/html")
        case How.DONE_BUT_GARBLED:
            return web.Response(text='{"ok":true,"resu')
        case How.THROTTLED | How.SLOW:
            wait = max(1, round(fault.seconds))
            return _refusal(ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait}))


def _code(fault: Fault) -> int:
    codes = {How.SERVER_ERROR: 500, How.GATEWAY_ERROR: 502, How.FORBIDDEN_PAGE: 403, How.THROTTLED: 429}
    return codes.get(fault.how, 0)


def _refusal(refused: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=HTTPStatus(refused.code))


def _write_down(api: "BotApi", method: str, chat: int | None, params: Json, code: int, description: str) -> None:
    if method.lower() in _NEVER_WRITTEN_DOWN:
        return
    told = {name: f"{len(value)} bytes" if isinstance(value, bytes) else value for name, value in params.items()}
    api.calls.append(Call(method, chat, api.clock.now(), code, description, told))
    api.world.changed.ring()


async def _params(request: web.Request) -> Json:
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        params |= await request.json()
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            params[name] = value.file.read() if isinstance(value, web.FileField) else value
    return params


def _chat_of(params: Json) -> int | None:
    number = str(params.get("chat_id", ""))
    return int(number) if number.lstrip("-").isdigit() else None
