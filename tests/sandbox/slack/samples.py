"""Small correct payloads to start from in the tests."""


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def button(action_id="case_claim", **more):
    return {"type": "button", "action_id": action_id, "text": plain("Claim"), "value": "C-1", **more}


def option(value="a", text="An option", **more):
    return {"text": plain(text), "value": value, **more}


def overflow(*values, **more):
    options = [option(value, f"Option {value}") for value in values or ("assign", "history")]
    return {"type": "overflow", "action_id": "case_more", "options": options, **more}


def section(text="Hello", **more):
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements), **more}


def text_input(action_id="text", **more):
    return {"type": "plain_text_input", "action_id": action_id, **more}


def field(element=None, block_id="reply", **more):
    return {"type": "input", "block_id": block_id, "label": plain("Reply"), "element": element or text_input(), **more}


def modal(*blocks, **more):
    return {
        "type": "modal",
        "callback_id": "draft",
        "title": plain("Draft a reply"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [field()],
        **more,
    }


def home(*blocks):
    return {"type": "home", "blocks": list(blocks) or [section()]}


CARD = {
    "text": "New complaint from @mia_travels.",
    "blocks": [
        {"type": "header", "text": plain("New complaint")},
        actions(button(), overflow(), block_id="act"),
    ],
}
