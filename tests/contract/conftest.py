"""The servers that the contracts of the store are tried on."""

from tests.server_groups import cluster, watched  # noqa: F401 -- fixtures
