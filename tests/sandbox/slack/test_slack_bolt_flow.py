"""The real slack-bolt over Socket Mode: click, ack, modal, errors, submit, update."""

from tests.sandbox.slack.samples import CARD, modal


async def test_a_click_opens_a_modal_whose_submission_changes_the_card(bolt):
    workspace, app = bolt.workspace, bolt.app

    @app.action("case_claim")
    async def claim(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata=body["message"]["ts"]))

    @app.view("draft")
    async def submitted(ack, body, view, client):
        words = view["state"]["values"]["reply"]["text"]["value"]
        if "refund" in words:
            await ack(response_action="errors", errors={"reply": "Do not promise a refund."})
            return
        await ack()
        await client.chat_update(
            channel="C0CARE", ts=view["private_metadata"], text=f"Draft of {body['user']['id']}: {words}"
        )

    await bolt.connect()
    posted = await app.client.chat_postMessage(channel="C0CARE", **CARD)
    ana = workspace.seat("UANA")

    clicked = await ana.click("C0CARE", posted["ts"], "case_claim")
    assert clicked.acknowledged, clicked
    form = await ana.until_modal()
    refused = await ana.submit(form["id"], {"reply": "Here is your refund"})
    assert refused.errors == {"reply": "Do not promise a refund."}
    assert ana.modals
    sent = await ana.submit(form["id"], {"text": "We are on it."})

    assert sent.acknowledged
    assert not sent.errors
    assert ana.modals == []
    message = await workspace.until(
        lambda: (m := workspace.message("C0CARE", posted["ts"])).get("edited") and m, "the updated card"
    )
    assert message["text"] == "Draft of UANA: We are on it."
    assert message["blocks"] == []
    assert workspace.complaints == []
