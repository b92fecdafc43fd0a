"""Seals approvals with a key that is not in the store, so that write access to the store approves nothing."""

import hashlib
import hmac


class HmacSigner:
    """Keeps the port `Signer` by HMAC-SHA-256."""

    def __init__(self, key: bytes) -> None:
        """Take a key of at least 32 bytes."""
        self._key = key

    def seal(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def holds(self, text: str, seal: str) -> bool:
        return hmac.compare_digest(self.seal(text).encode(), seal.encode(errors="replace"))
