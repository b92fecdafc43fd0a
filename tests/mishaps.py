"""What goes wrong in more than one story: an answer of Slack's that is lost, a desk that dies with its reply just out."""

from tests.chairs import Shown
from tests.world import World


async def answers_lost(desk: World) -> None:
    """Wait until the answers that Slack was to lose are lost, and the desk has done what it then does."""
    await desk.until(lambda: desk.weather.slack_lose_answers == 0, "the answers to get lost")
    await desk.settled()


async def carded_unheard(desk: World) -> Shown:
    """Let a customer write, and Slack take the card without the desk hearing of it; return the case once it has a card."""
    post = desk.customer().writes("@LumenShop hello?")
    await desk.sweep()
    await answers_lost(desk)
    await desk.pass_time(seconds=3)
    return await desk.carded(post)


async def dies_with_the_reply_out(desk: World) -> Shown:
    """Let the desk die after X has published the approved reply and before it has said so; it is not started again."""
    case = await desk.approved()
    desk.weather.set(x_late="late", x_late_seconds=3_600.0)
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.crash()
    desk.weather.clear()
    return case
