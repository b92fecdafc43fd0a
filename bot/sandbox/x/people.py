"""The accounts of the pretend X, found by id or by handle, and what can happen to an account."""

import re
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.x.posts import Account

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
FIRST_NEW_ID = 800_000_001


class People:
    """All accounts; handles are compared without regard to case, as on X. Each change is published as x_user."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._by_id: dict[str, Account] = {}
        self._by_handle: dict[str, Account] = {}
        self._next_id = FIRST_NEW_ID

    def join(self, handle: str, *, name: str = "", **about: Any) -> Account:
        """A new account under the next free id."""
        new = Account(id=str(self._next_id), handle=handle, name=name or handle, **about)
        self.add(new)
        self._next_id += 1
        return self._tell(new)

    def add(self, account: Account) -> Account:
        """Raises SandboxError when the handle is not one X allows, or when id or handle is taken."""
        check_handle(account.handle)
        if account.id in self._by_id or account.handle.casefold() in self._by_handle:
            raise SandboxError(f"@{account.handle} ({account.id}) is on the pretend X already.")
        self._by_id[account.id] = account
        self._by_handle[account.handle.casefold()] = account
        return account

    def find(self, handle: str) -> Account | None:
        return self._by_handle.get(handle.removeprefix("@").casefold())

    def by_id(self, account_id: str) -> Account | None:
        return self._by_id.get(account_id)

    def get(self, handle: str) -> Account:
        """Raises NotThere for a handle that nobody has."""
        account = self.find(handle)
        if account is None:
            raise NotThere(f"Nobody on the pretend X is called @{handle.removeprefix('@')}.")
        return account

    def all(self) -> list[Account]:
        return list(self._by_id.values())

    def protect(self, handle: str, *, protected: bool = True) -> Account:
        """Posts of a protected account cannot be read by others any more."""
        account = self.get(handle)
        account.protected = protected
        return self._tell(account)

    def suspend(self, handle: str, *, suspended: bool = True) -> Account:
        """A suspended account and its posts are gone for everybody."""
        account = self.get(handle)
        account.suspended = suspended
        return self._tell(account)

    def reach(self, handle: str, followers: int) -> Account:
        """Set how many people follow an account."""
        if followers < 0:
            raise SandboxError("Nobody has fewer than 0 followers.")
        account = self.get(handle)
        account.followers = followers
        return self._tell(account)

    def snapshot(self) -> dict[str, Any]:
        return {"accounts": [dict(vars(account)) for account in self._by_id.values()], "next_id": self._next_id}

    def restore(self, stored: dict[str, Any]) -> None:
        self._by_id.clear()
        self._by_handle.clear()
        self._next_id = stored["next_id"]
        for row in stored["accounts"]:
            self.add(Account(**row))

    def _tell(self, account: Account) -> Account:
        self._changes.publish("x_user", dict(vars(account)))
        return account


def check_handle(handle: str) -> None:
    """Raises SandboxError for a handle that X would not allow."""
    if not HANDLE.fullmatch(handle):
        raise SandboxError(f"@{handle} is not a handle: 1 to 15 letters, digits or underscores.")
