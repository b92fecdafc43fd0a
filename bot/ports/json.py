"""A piece of JSON, as Slack and the journal take it."""

from collections.abc import Mapping

Json = Mapping[str, object]
