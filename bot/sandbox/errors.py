"""What goes wrong when somebody uses the sandbox wrongly, always as a sentence."""


class SandboxError(Exception):
    """The sandbox was asked for something that cannot be, or waited in vain; the message says what it saw instead."""


class PortBusy(SandboxError):  # noqa: N818 -- the name is what happened
    """Another program listens on the wanted port."""


class NotThere(SandboxError):  # noqa: N818 -- the name is what happened
    """Nothing has the id or name that was asked for."""
