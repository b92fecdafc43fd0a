"""X's ways of saying no, as its v2 API writes them."""

from typing import Any

Json = dict[str, Any]

_TYPES = "https://api.twitter.com/2/problems/"


class Problem(Exception):  # noqa: N818 -- X's own word for it (RFC 7807)
    """An answer other than 2xx: its status and its JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body.get("detail", ""))
        self.status = status
        self.body = body


def about_blank(status: int, title: str, detail: str) -> Problem:
    return Problem(status, {"title": title, "type": "about:blank", "status": status, "detail": detail})


def unauthorized() -> Problem:
    return about_blank(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str) -> Problem:
    return about_blank(403, "Forbidden", detail)


def not_found_page() -> Problem:
    return about_blank(404, "Not Found", "Not Found")


def too_many() -> Problem:
    return about_blank(429, "Too Many Requests", "Too Many Requests")


def unavailable() -> Problem:
    return about_blank(503, "Service Unavailable", "Service Unavailable")


def wrong_auth(given: str, supported: str) -> Problem:
    """The kind of token does not open this endpoint."""
    detail = (
        f"Authenticating with {given} is forbidden for this endpoint.  "
        f"Supported authentication types are [{supported}]."
    )
    body = {
        "title": "Unsupported Authentication",
        "detail": detail,
        "type": _TYPES + "unsupported-authentication",
        "status": 403,
    }
    return Problem(403, body)


def invalid(message: str, **parameters: str) -> Problem:
    """400 for a parameter that X does not take; `parameters` are the names and values it complains about."""
    error = {"parameters": {name: [value] for name, value in parameters.items()}, "message": message}
    body = {
        "errors": [error],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": _TYPES + "invalid-request",
    }
    return Problem(400, body)


def gone(resource: str, parameter: str, value: str) -> Json:
    """The errors[] row for something that was deleted or never was."""
    detail = f"Could not find {resource} with {parameter}: [{value}]."
    return _row("Not Found Error", "resource-not-found", detail, resource=resource, parameter=parameter, value=value)


def hidden(resource: str, parameter: str, value: str) -> Json:
    """The errors[] row for a protected account's post."""
    name = {"tweet": "Tweet", "user": "User"}[resource]
    detail = f"Sorry, you are not authorized to see the {name} with {parameter}: [{value}]."
    return _row(
        "Authorization Error",
        "not-authorized-for-resource",
        detail,
        resource=resource,
        parameter=parameter,
        value=value,
    )


def _row(title: str, kind: str, detail: str, *, resource: str, parameter: str, value: str) -> Json:
    return {
        "value": value,
        "detail": detail,
        "title": title,
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": _TYPES + kind,
    }
