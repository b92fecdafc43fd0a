"""The live feed breaks and is opened again: what customers write meanwhile has a card without waiting for the next look."""


def looks(desk):
    return len([call for call in desk.sandbox.traffic.calls(side="x") if call.method.endswith("/mentions")])


async def test_what_is_written_after_the_look_and_before_the_feed_is_open_again_has_a_card_at_once(desk):
    desk.more_settings["REPLYDESK_STREAM"] = "true"
    await desk.restart()
    await desk.sweep()
    await desk.x.until(lambda: desk.sandbox.streams.connected() == 1, "an open stream")
    await desk.settled()
    before = looks(desk)
    desk.sandbox.streams.drop()
    await desk.until(lambda: looks(desk) > before, "the look after the break")
    desk.x.post("mia_travels", "@LumenShop my lamp smokes")
    await desk.until(lambda: any("my lamp smokes" in str(card["blocks"]) for card in desk.cards()), "her card")
