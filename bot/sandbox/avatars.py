"""Faces for the invented people: initials on a colour of their own, drawn as SVG; no picture of anybody."""

import colorsys
import hashlib
from html import escape

from aiohttp import web


def svg(name: str) -> str:
    """The same handle always looks the same; dark enough for white letters."""
    hue = hashlib.sha256(name.casefold().encode("utf-8", "replace")).digest()[0] / 256
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, 0.36, 0.5))
    letters = escape(_initials(name))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img">'
        f'<rect width="64" height="64" rx="12" fill="#{red:02x}{green:02x}{blue:02x}"/>'
        '<text x="32" y="33" fill="#fff" font-family="system-ui, sans-serif" font-size="27" font-weight="600" '
        f'text-anchor="middle" dominant-baseline="central">{letters}</text></svg>'
    )


def _initials(name: str) -> str:
    words = [word for word in name.replace("_", " ").split() if word]
    if len(words) > 1:
        return (words[0][0] + words[1][0]).upper()
    capitals = [letter for letter in name if letter.isupper()]
    return "".join(capitals[:2]) if len(capitals) > 1 else name[:2].upper()


async def avatar(request: web.Request) -> web.Response:
    headers = {
        "Cache-Control": "max-age=3600",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return web.Response(text=svg(request.match_info["name"]), content_type="image/svg+xml", headers=headers)


def routes() -> list[web.RouteDef]:
    return [web.get("/avatars/{name}.svg", avatar)]
