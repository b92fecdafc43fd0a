"""Cards and forms for the page's tests; invented people and words."""

import time

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> <!channel> *not bold* <@UPAT>'


def plain(text):
    return {"type": "plain_text", "text": text}


def option(value, text):
    return {"text": plain(text), "value": value}


def card(words="Nothing arrived."):
    due = int(time.time()) + 3_600
    return [
        {"type": "header", "text": plain("New complaint: delivery")},
        {"type": "context", "elements": [
            {"type": "image", "image_url": "http://127.0.0.1:1/avatars/mia_travels.svg", "alt_text": "Face of Mia"},
            {"type": "mrkdwn", "text": "*Mia Torres* @mia_travels"},
        ]},
        {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]}]},
        {"type": "section", "fields": [
            {"type": "mrkdwn", "text": "*Owner*\n<@UANA>"},
            {"type": "mrkdwn", "text": f"*Reply due*\n<!date^{due}^{{time}} ({{ago}})|later>"},
        ]},
        {"type": "actions", "block_id": "act", "elements": [
            {"type": "button", "text": plain("Claim"), "action_id": "open_form", "value": "C-1", "style": "primary"},
            {"type": "button", "text": plain("Send"), "action_id": "send", "value": "C-1", "confirm": {
                "title": plain("Send this reply?"), "text": plain("It goes out as @LumenShop."),
                "confirm": plain("Send reply"), "deny": plain("Not yet"),
            }},
            {"type": "overflow", "action_id": "more", "options": [option("assign:1", "Assign"), option("snooze:1", "Snooze")]},
            {"type": "static_select", "action_id": "topic", "placeholder": plain("Topic"),
             "options": [option("d", "Delivery"), option("b", "Billing")]},
        ]},
        {"type": "divider"},
    ]  # fmt: skip


def form():
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Draft a reply"),
        "submit": plain("Ask for approval"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            {"type": "section", "block_id": "who", "text": {"type": "mrkdwn", "text": "Reply to *Mia*"},
             "accessory": {"type": "button", "action_id": "push", "text": plain("Talking points")}},
            {"type": "input", "block_id": "template", "optional": True, "dispatch_action": True, "label": plain("Saved reply"),
             "element": {"type": "static_select", "action_id": "pick", "option_groups": [
                 {"label": plain("Delivery"), "options": [option("t1", "Not received")]},
                 {"label": plain("Any"), "options": [option("t9", "We look into it")]}]}},
            {"type": "input", "block_id": "reply", "label": plain("Reply"), "hint": plain("280 characters on X."),
             "element": {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 300,
                         "focus_on_load": True}},
            {"type": "input", "block_id": "route", "label": plain("How it goes out"),
             "element": {"type": "radio_buttons", "action_id": "pick", "initial_option": option("public", "Public"),
                         "options": [option("public", "Public"), option("dm", "Private")]}},
            {"type": "input", "block_id": "flags", "optional": True, "label": plain("It contains"),
             "element": {"type": "checkboxes", "action_id": "pick", "options": [option("refund", "A refund"), option("legal", "Law")]}},
            {"type": "input", "block_id": "approver", "optional": True, "label": plain("Who approves"),
             "element": {"type": "users_select", "action_id": "pick"}},
            {"type": "input", "block_id": "channel", "optional": True, "label": plain("Where"),
             "element": {"type": "conversations_select", "action_id": "pick"}},
            {"type": "input", "block_id": "day", "optional": True, "label": plain("Day"),
             "element": {"type": "datepicker", "action_id": "pick"}},
            {"type": "input", "block_id": "hour", "optional": True, "label": plain("Hour"),
             "element": {"type": "timepicker", "action_id": "pick"}},
            {"type": "input", "block_id": "amount", "optional": True, "label": plain("Amount"),
             "element": {"type": "number_input", "action_id": "pick", "is_decimal_allowed": True}},
        ],
    }  # fmt: skip


def pushed():
    return {"type": "modal", "title": plain("Talking points"), "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Parcels are late this week."}}]}  # fmt: skip
