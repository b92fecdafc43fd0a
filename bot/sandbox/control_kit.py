"""What the control endpoints share: reading a checked body, and answering mistakes with one sentence."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from aiohttp import web

from bot.sandbox.control_forms import Json
from bot.sandbox.errors import NotThere, SandboxError

LONGEST_NUMBER = 19
"""Digits of an id on X."""

Answer = Callable[[web.Request], Awaitable[Json]]
Form = TypeVar("Form")


async def form(request: web.Request, kind: type[Form]) -> Form:
    """The body as a checked structure; an empty body counts as {}. Raises SandboxError in a sentence."""
    raw = await request.read()
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as wrong:
        raise SandboxError(f"The body does not fit: {wrong}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise SandboxError(f"The body is not JSON: {broken}.") from None


def answered(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turns a mistake into {"error": sentence} with 400, or 404 for something that is not there."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await answer(request))
        except NotThere as missing:
            return web.json_response({"error": str(missing)}, status=404)
        except (SandboxError, ValueError) as mistake:
            return web.json_response({"error": str(mistake)}, status=400)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"error": "The body is too large: send it in several calls."}, status=413)

    return handle


def whole_number(request: web.Request, name: str, default: int) -> int:
    """A number in the query; SandboxError when it is not one."""
    given = request.query.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER):
        raise SandboxError(f"{name} is a whole number, not {given!r}.")
    return int(given)
