"""The pretend X: posts, people and the part of the v2 API that a reply desk uses."""
