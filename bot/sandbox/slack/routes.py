"""Where the pretend Slack is found on a server: `/api/<method>`, `/socket`, `/response/<token>`."""

from aiohttp import web

from bot.sandbox.slack.web_api import ResponseUrls, WebApi
from bot.sandbox.slack.workspace import Workspace


def routes(workspace: Workspace) -> list[web.RouteDef]:
    """The routes to mount at the root of one server; call `workspace.close()` when it shuts down."""
    api = WebApi(workspace)
    return [
        web.get("/api/{method}", api.serve),
        web.post("/api/{method}", api.serve),
        web.get("/socket", workspace.socket.serve),
        web.post("/response/{token}", ResponseUrls(workspace).serve),
    ]
