"""Who may ask what of us: cookies, signatures, origins, and the headers of every answer.

A form is taken only if it comes from one of our own pages: the browser says so (``Sec-Fetch-Site``,
``Origin``), and the form carries a signature over the cookie it was made for. Host is compared with
nothing but ``Origin``, and no link is ever built from it.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.parts import PARTS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cache-Control": "no-store",
}
_TWO_YEARS_S = 63_072_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Cookie(StrEnum):
    """Our cookies. ``FORM`` lives until a visit begins; ``WORD`` carries one sentence over a redirect."""

    VISIT = "yousaid"
    DESK = "yousaid-desk"
    FORM = "yousaid-form"
    LANGUAGE = "yousaid-language"
    WORD = "yousaid-word"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers of safety on an answer, whatever made it; static files may be cached."""
    if request.path.startswith("/static/") and response.status < 400:
        # Our pages name a file with the digest of what is in it.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app[PARTS].settings.secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS_S}; includeSubDomains"
    response.headers.popall("Server", None)


def read_cookie(request: web.Request, cookie: Cookie) -> str:
    """Give the value of one of our cookies, or an empty text."""
    return request.cookies.get(_name(request, cookie), "")


def set_cookie(
    request: web.Request, response: web.StreamResponse, cookie: Cookie, value: str, *, lasts: timedelta
) -> None:
    """Hand the browser a cookie that only we can read."""
    response.set_cookie(
        _name(request, cookie),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=request.app[PARTS].settings.secure,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, cookie: Cookie) -> None:
    """Take a cookie back."""
    set_cookie(request, response, cookie, "", lasts=timedelta())


def new_token() -> str:
    """Make a token that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def sign(request: web.Request, purpose: str, text: str) -> str:
    """Sign a text for one purpose with the installation's key."""
    key = request.app[PARTS].signing_key
    return urlsafe_b64encode(hmac.digest(key, f"{purpose}\0{text}".encode(), sha256)[:18]).decode()


def signed(request: web.Request, purpose: str, text: str, signature: str) -> bool:
    """Tell, in constant time, whether ``sign`` made this signature."""
    expected = sign(request, purpose, text)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def seal(request: web.Request, word: str) -> str:
    """Write a sentence and its signature so that a cookie can carry them."""
    packed = urlsafe_b64encode(word.encode()).decode()
    return f"{packed}.{sign(request, 'word', packed)}"


def unseal(request: web.Request, sealed: str) -> str:
    """Read what ``seal`` wrote; empty for anything else."""
    packed, _, signature = sealed.partition(".")
    if not packed or not signed(request, "word", packed, signature):
        return ""
    return urlsafe_b64decode(packed).decode()


def from_our_pages(request: web.Request) -> bool:
    """Tell whether a page of ours made this request, as far as the browser says.

    A form on a page without referrer has the origin ``null`` (Fetch standard, 2026), which says
    nothing; ``Sec-Fetch-Site`` and the form's signature then decide.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or origin == _our_origin(request)


def client_of(request: web.Request) -> str:
    """Name the client for counting its attempts: the last hop that we have reason to believe.

    Behind a server of ours the address is in what that server appended. A forged one evades the
    limit per client, and still meets the limit for all.
    """
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if request.app[PARTS].settings.public_url and remote in _LOOPBACK and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]
    return remote


def _our_origin(request: web.Request) -> str:
    public_url = request.app[PARTS].settings.public_url
    if public_url:
        parts = urlsplit(public_url)
        return f"{parts.scheme}://{parts.netloc}"
    # Without a public address we are on this machine only; a name that merely resolves to it
    # (DNS rebinding) is not ours.
    host = urlsplit(f"//{request.host}").hostname
    return f"http://{request.host}" if host in _LOOPBACK else "refused"


def _name(request: web.Request, cookie: Cookie) -> str:
    # Browsers take the prefix only with Secure, which plain http on this machine cannot have.
    return f"__Host-{cookie}" if request.app[PARTS].settings.secure else str(cookie)
