"""What can go wrong, as the people at the desk see it.

DeskError
├── Refused          a person asked for something that is not possible now; says why and what to do
│   ├── RefusedField     because of one field of a form
│   └── NoSuchCase       no case has this number
│       └── Archived         the case has left for the archive, where nothing changes any more
├── AlreadyHeld      another case already holds this post or conversation
├── Moved            a shared document is not what this was decided on any more
├── LeaseLost        this piece of work is no longer ours
├── Unavailable      a part we need did not answer in time (Redis, Slack, the platform)
│   ├── Full         the store has no room for more posts
│   └── Paced        it answered "later", and said when
└── Broken           an answer or a stored item that we cannot read; will not get better by trying again
    ├── Unreadable       a payload that nothing of ours can have sent
    └── NotAdmitted      the platform does not accept our credentials
"""


class DeskError(Exception):
    """Root of all errors that the desk raises itself."""


class Refused(DeskError):  # noqa: N818 -- reads as the fact it is
    """No, in a sentence written for the person who clicked: why not, and what to do instead."""

    @property
    def sentence(self) -> str:
        return str(self)


class RefusedField(Refused):
    """No, because of one field of a form: the sentence is shown at that field."""

    def __init__(self, field: str, sentence: str) -> None:
        """Name the field by its block id."""
        super().__init__(sentence)
        self.field = field


class Unavailable(DeskError):  # noqa: N818 -- reads as the fact it is
    """A part we need did not answer in time; nothing is known to have changed."""


class Paced(Unavailable):
    """The other side asked us to wait."""

    def __init__(self, reason: str, retry_after: float) -> None:
        """Remember how many seconds to wait."""
        super().__init__(reason)
        self.retry_after = retry_after


class Full(Unavailable):
    """The store has no room for more posts: they stay at the platform until there is."""


class Broken(DeskError):  # noqa: N818 -- reads as the fact it is
    """Something we cannot read or that was refused for good; trying again will not help."""


class Unreadable(Broken):
    """A payload that nothing of ours can have sent: nobody is answered."""


class NotAdmitted(Broken):
    """The platform does not accept our credentials: people have to give us new ones."""


class AlreadyHeld(DeskError):  # noqa: N818 -- reads as the fact it is
    """Another case already holds this post or conversation."""

    def __init__(self, case_id: str) -> None:
        """Name the case that holds it."""
        super().__init__(f"held by {case_id}")
        self.case_id = case_id


class Moved(DeskError):  # noqa: N818 -- reads as the fact it is
    """A shared document is not what this was decided on any more: nothing was written, look again."""


class NoSuchCase(Refused):
    """No case has this number."""


class Archived(NoSuchCase):
    """The case is in the archive: it can be read there, and nothing about it changes any more."""


class LeaseLost(DeskError):  # noqa: N818 -- reads as the fact it is
    """The piece of work is no longer ours: whoever holds it now goes on."""
