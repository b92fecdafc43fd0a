"""Yes and no to a reply: only by the right side, never by a hand that wrote it, only to the words that are shown."""

import asyncio

from bot.adapters.redis_scripts import Shard
from tests.world import OUT


async def test_service_cannot_approve(desk):
    case = await desk.in_review()
    said = await desk.seat("ben").approves(case)
    assert "Only PR can decide on this reply" in said
    assert await desk.status(case) == "in_review"
    assert "<@UPAT>" not in said


async def test_a_writer_who_is_in_pr_as_well_cannot_approve_their_own_words(desk):
    desk.sandbox.slack.set_group("S0PR", ["UPAT", "UKIM", "UANA"])
    case = await desk.in_review()
    assert "You wrote part of this reply" in await desk.seat("ana").approves(case)
    assert await desk.status(case) == "in_review"


async def test_whoever_wrote_an_earlier_revision_cannot_approve_the_next(desk):
    desk.sandbox.slack.set_group("S0PR", ["UPAT", "UKIM", "UANA"])
    case = await desk.in_review()
    await desk.seat("ben").clicks("Take over…", case)
    await desk.shows(case, "<@UBEN>")
    assert await desk.seat("ben").drafts("Ben's words.", case, label="Edit draft") == {}
    await desk.shows(case, "Reply 2 by <@UBEN>")
    assert "You wrote part of this reply" in await desk.seat("ana").approves(case)
    assert await desk.seat("pat").approves(case) == ""


async def test_an_approval_on_a_card_drawn_before_the_customer_wrote_again_is_refused(desk):
    case = await desk.in_review()
    stale = desk.card(case)
    await desk.customer().writes_again(case)
    said = await desk.seat("pat").approves(case, on=stale)
    assert said == "Something changed since this card was drawn. Read it again, then decide."
    await desk.shows(case, "still waiting. Hello?")
    assert await desk.seat("pat").approves(case) == ""


async def test_an_approval_of_an_older_revision_is_refused(desk):
    case = await desk.in_review()
    stale = desk.card(case)
    await desk.seat("ana").drafts("Other words.", case, label="Edit draft")
    said = await desk.seat("pat").approves(case, on=stale)
    assert said == "There is a newer version of this reply. Look at the card again."
    assert await desk.status(case) == "in_review"


async def test_somebody_who_left_pr_a_moment_ago_cannot_approve(desk):
    case = await desk.in_review()
    await desk.seat("pat").home("Waiting for your side")
    desk.sandbox.slack.set_group("S0PR", ["UKIM"])
    told = await desk.seat("pat").approves(case)
    assert "Only PR can decide" in told or "not in customer service or PR" in told
    assert await desk.status(case) == "in_review"
    assert await desk.seat("kim").approves(case) == ""


async def test_nobody_approves_while_slack_cannot_say_who_is_in_pr(desk):
    case = await desk.in_review()
    await desk.seat("pat").home("Waiting for your side")
    desk.weather.slack_down = True
    answer = await desk.seat("pat").seat.click(case.channel, case.ts, "approve")
    assert not answer.acknowledged, "Slack itself tells the person that there was trouble"
    desk.weather.slack_down = False
    await desk.pass_time(minutes=1)
    await desk.settled()
    assert await desk.status(case) == "in_review"
    assert await desk.seat("pat").approves(case) == ""


async def test_an_empty_group_of_approvers_lets_nobody_approve(desk):
    case = await desk.in_review()
    desk.sandbox.slack.set_group("S0PR", [])
    for name in ("pat", "kim", "ben", "ana"):
        assert await desk.seat(name).approves(case) != ""
    assert await desk.status(case) == "in_review"


async def test_of_two_approvers_at_once_both_are_answered_and_one_reply_goes_out(desk):
    case = await desk.in_review()
    said = await asyncio.gather(*(desk.seat(name).approves(case) for name in ("pat", "kim")))
    assert sorted(map(bool, said)) == [False, True]
    assert "its reply is approved and on its way out" in max(said)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.settled()
    assert desk.published() == [OUT]


async def test_an_approval_clicked_twice_counts_once(desk):
    case = await desk.in_review()
    shown = desk.card(case)
    assert await desk.seat("pat").approves(case) == ""
    assert "approved and on its way out" in await desk.seat("pat").approves(case, on=shown)
    await desk.pass_time(seconds=31)
    await desk.shows(case, "Answered")
    await desk.settled()
    assert desk.published() == [OUT]


async def test_the_approver_sends_it_back_with_words_and_the_next_revision_is_approved(desk):
    case = await desk.in_review()
    pat = desk.seat("pat")
    await pat.opens("Ask for changes", case)
    assert await pat.submits({"words": "   "}) == {
        "words": "Say it in a few words: the writer has nothing else to go by."
    }
    assert await pat.submits({"words": "Name the <day>, <!channel>."}) == {}
    await desk.shows(case, "<@UPAT> asks for changes: Name the &lt;day&gt;, &lt;!channel&gt;.")
    await desk.notes(case, "<@UPAT> sent it back")
    assert await desk.status(case) == "claimed"

    form = await desk.seat("ana").opens("Draft a reply", case)
    assert "Last time: Name the &lt;day&gt;" in desk.seat("ana").form
    assert form["state"]["values"]["reply"]["value"]["value"].startswith("Hi Mia, I'm sorry.")
    assert await desk.seat("ana").submits({"reply": "Your lamp comes on Friday."}) == {}
    await desk.shows(case, "Reply 2 by <@UANA>")
    assert await pat.approves(case) == ""
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    assert desk.published() == ["@mia_travels Your lamp comes on Friday. ^AD"]


async def test_a_rejected_reply_does_not_go_out(desk):
    case = await desk.in_review()
    assert await desk.seat("kim").fills("Reject…", case, words="We do not answer this one.") == ""
    await desk.shows(case, "<@UKIM> rejected reply 1: We do not answer this one.")
    await desk.pass_time(hours=1)
    await desk.settled()
    assert desk.published() == []


async def test_service_cannot_send_back_or_reject(desk):
    case = await desk.in_review()
    assert "Only PR can decide" in await desk.seat("ben").fills("Ask for changes", case, words="Nicer.")
    await desk.seat("ben").seat.close(desk.seat("ben").seat.modals[-1]["id"])
    assert "Only PR can decide" in await desk.seat("ben").fills("Reject…", case, words="No.")
    assert await desk.status(case) == "in_review"


async def test_pr_is_told_that_a_reply_waits(desk):
    case = await desk.in_review()
    await desk.announced(f"A reply on {case.id} waits for PR: every reply is looked at by PR. <https://")


async def test_what_an_approver_was_refused_is_in_the_record(desk):
    case = await desk.in_review()
    await desk.seat("ben").approves(case)
    lines = await desk.desk.outside.redis.journal.lines(case.id)
    refused = [line for line in lines if line["by"] == "UBEN"]
    assert len(refused) == 1
    assert "Only PR can decide" in str(refused[0])


async def test_what_may_be_wrong_in_a_reply_is_ticked_before_it_is_approved(desk):
    case = await desk.in_review("Mia, please call 020 7946 0999.")
    await desk.shows(case, "Look twice before approving")
    await desk.shows(case, "a phone number that the customer did not write: 020 7946 0999.")
    pat = desk.seat("pat")
    await pat.opens("Approve and send", case)
    assert "Mia, please call 020 7946 0999." in pat.form
    assert await pat.submits() == {"concerns": "Tick that you have checked each of these, or ask for changes."}
    assert await desk.status(case) == "in_review"
    assert await pat.submits({"concerns": ["checked"]}) == {}
    await desk.offers(case, "Undo")
    await desk.pass_time(seconds=31)
    await desk.reply_out()


async def test_a_form_about_words_that_have_changed_since_approves_nothing(desk):
    case = await desk.in_review("Mia, please call 020 7946 0999.")
    pat = desk.seat("pat")
    await pat.opens("Approve and send", case)
    assert await desk.seat("ana").drafts("Mia, please call 020 7946 0111.", case, label="Edit draft") == {}
    assert await pat.submits({"concerns": ["checked"]}) == {}
    assert "There is a newer version of this reply" in pat.form
    assert await desk.status(case) == "in_review"


async def test_an_approval_costs_no_more_trips_to_the_store_than_a_claim(desk, monkeypatch):
    waiting, fresh = await desk.in_review(), await desk.customer("priya_codes").posts("@LumenShop my lamp flickers.")
    await desk.offers(fresh, "Claim")
    await desk.stop_relay()
    trips: list[str] = []
    run = Shard.run

    async def counting(self, name, *rest):
        # What goes on beside it asks for the time and for what is remembered.
        trips.extend([name] if name != "memory" else [])
        return await run(self, name, *rest)

    monkeypatch.setattr(Shard, "run", counting)
    assert await desk.seat("pat").approves(waiting) == ""
    of_approval, trips[:] = list(trips), []
    assert await desk.seat("ana").clicks("Claim", fresh) == ""
    assert of_approval == trips == ["load", "commit"]
