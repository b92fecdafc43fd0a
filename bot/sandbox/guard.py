"""Who may talk to the sandbox: programs and pages on this machine, never another website through a browser."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NAMES = ("127.0.0.1", "localhost")


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for a foreign Host (DNS rebinding) or Origin (another site's page)."""
    sockname = request.transport.get_extra_info("sockname") if request.transport else None
    if sockname is None:
        return _refused("The connection is gone.")
    ours = {f"{name}:{sockname[1]}" for name in NAMES}
    if request.headers.getall("Host", []) not in [[name] for name in ours]:
        return _refused(f"The sandbox answers as {' or '.join(sorted(ours))} only.")
    origins = request.headers.getall("Origin", [])
    if any(origin not in {f"http://{name}" for name in ours} for origin in origins):
        return _refused("Other websites may not talk to the sandbox.")
    if request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
        return _refused("Other websites may not talk to the sandbox.")
    return await handler(request)


def _refused(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=403)
