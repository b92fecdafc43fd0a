"""Names that travel to Slack and back: actions, forms and fields. A button carries ids only, never words."""

from enum import StrEnum


class Action(StrEnum):
    """What a button, a menu entry or a select says when it is used."""

    CLAIM = "claim"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    REASSIGN = "reassign"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    SNOOZE = "snooze"
    DRAFT = "draft"
    APPROVE = "approve"
    ASK_CHANGES = "ask_changes"
    REJECT = "reject"
    RECALL = "recall"
    DISMISS = "dismiss"
    AGREE = "agree"
    KEEP = "keep"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    POSTED_BY_HAND = "posted_by_hand"
    IT_IS_THERE = "it_is_there"
    SEND_AGAIN = "send_again"
    MORE = "more"
    WHY = "why"
    HOLD = "hold"
    PICK_SAVED = "pick_saved"
    OPEN_LINK = "open_link"
    TRY_AGAIN = "try_again"
    GIVE_UP = "give_up"


class Form(StrEnum):
    """The modals."""

    DRAFT = "draft_form"
    WORDS = "words_form"
    APPROVE = "approve_form"
    HAND_OVER = "hand_over_form"
    REASSIGN = "reassign_form"
    SNOOZE = "snooze_form"
    DISMISS = "dismiss_form"
    HOLD = "hold_form"


class Field(StrEnum):
    """Block ids of inputs; an error is shown at the field it names."""

    REPLY = "reply"
    SAVED = "saved"
    VISIBILITY = "visibility"
    SIGN = "sign"
    NOTE = "note"
    WORDS = "words"
    CONCERNS = "concerns"
    REASON = "reason"
    RESOLUTION = "resolution"
    PERSON = "person"
    HOW_LONG = "how_long"
    SCOPE = "scope"


VALUE = "value"
"""The action id of every input element: the block id says which field it is."""
