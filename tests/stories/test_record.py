"""Every act on a reply, accepted or refused, stands in the record once: who, about which words, under which rule."""

from bot.domain.approving import approval
from tests.stories.test_holds import lifted
from tests.stories.test_talking_points import POINT, nothing, written_from_the_point
from tests.world import REPLY, Shown, World

RULE = "ordinary"
ACTS = {
    "Submitted",
    "LimitUsed",
    "Approved",
    "ReplyCleared",
    "ChangesAsked",
    "Rejected",
    "Recalled",
    "SendHurried",
    "SendStarted",
    "ApprovalVoided",
    "Refused",
}
"""What people do to a reply, and what the desk does because of it."""


async def acts(desk: World, case: Shown) -> list[tuple[str, str, str, str]]:
    """Return the lines about replies: what, who, the beginning of the digest, the rule."""
    lines = await desk.desk.outside.redis.journal.lines(case.id)
    found = [line for line in lines if line["fact"] in ACTS]
    return [(line["fact"], line["by"], line.get("words", ""), line.get("rule", "")) for line in found]


async def words(desk: World, case: Shown) -> str:
    """Return the beginning of the digest of what would leave now."""
    stored = await desk.case(case)
    assert stored.draft
    return approval.digest(stored, stored.draft)[: approval.SHOWN_DIGEST]


async def test_the_way_of_a_reply_to_its_second_approval_stands_in_the_record_act_by_act(desk):
    ana, ben, pat, kim = (desk.seat(name) for name in ("ana", "ben", "pat", "kim"))
    case = await desk.in_review()
    first = await words(desk, case)
    assert "Only PR can decide" in await ben.approves(case)
    assert await pat.fills("Ask for changes", case, words="Name the day.") == ""
    assert await ana.drafts(f"{REPLY} It is there on Friday.", case) == {}
    await desk.offers(case, "Approve and send")
    second = await words(desk, case)
    assert await pat.approves(case) == ""
    assert "can take it back" in await kim.clicks("Undo", case)
    assert await ana.clicks("Undo", case) == ""
    assert await ana.drafts(REPLY, case) == {}
    await desk.offers(case, "Approve and send")
    third = await words(desk, case)
    assert await pat.fills("Reject…", case, words="Not today.") == ""
    assert await ana.drafts(f"{REPLY} Sorry again.", case) == {}
    await desk.offers(case, "Approve and send")
    fourth = await words(desk, case)
    assert await kim.approves(case) == ""
    assert "Only somebody who approved it" in await pat.clicks("Send now", case)
    assert await kim.clicks("Send now", case) == ""
    await desk.reply_out()

    assert await acts(desk, case) == [
        ("Submitted", "UANA", first, RULE),
        ("Refused", "UBEN", first, RULE),
        ("ChangesAsked", "UPAT", first, RULE),
        ("Submitted", "UANA", second, RULE),
        ("Approved", "UPAT", second, RULE),
        ("ReplyCleared", "desk", second, RULE),
        ("Refused", "UKIM", second, RULE),
        ("Recalled", "UANA", second, RULE),
        ("Submitted", "UANA", third, RULE),
        ("Rejected", "UPAT", third, RULE),
        ("Submitted", "UANA", fourth, RULE),
        ("Approved", "UKIM", fourth, RULE),
        ("ReplyCleared", "desk", fourth, RULE),
        ("Refused", "UPAT", fourth, RULE),
        ("SendHurried", "UKIM", fourth, RULE),
        ("SendStarted", "desk", fourth, RULE),
    ]
    assert len({first, second, third, fourth}) == 4
    told = await ana.asks(f"why {case.id}")
    no = "Only PR can decide on this reply. They have been told that it waits."
    assert f"<@UBEN> wanted to approve and was told: {no} (words `{first[:8]}`, rule “{RULE}”)" in told
    assert f"<@UKIM> approved reply 4. (words `{fourth[:8]}`, rule “{RULE}”)" in told
    assert told.index("<@UBEN> wanted to approve") < told.index("sent it back: Name the day.")


async def test_what_changed_after_a_yes_and_the_next_yes_stand_in_the_record_with_other_words(desk):
    case = await desk.approved()
    before = await words(desk, case)
    desk.x.edit(case.post, "@LumenShop my lamp arrived broken, and now it smokes")
    await desk.look_at_open_cases()
    await desk.offers(case, "Approve and send")
    after = await words(desk, case)
    assert after != before
    assert await desk.seat("kim").approves(case) == ""
    found = await acts(desk, case)
    assert [one for one in found if one[0] == "ApprovalVoided"] == [("ApprovalVoided", "desk", after, RULE)]
    assert [one for one in found if one[0] == "Approved"] == [
        ("Approved", "UPAT", before, RULE),
        ("Approved", "UKIM", after, RULE),
    ]


async def test_what_leaves_inside_a_limit_and_what_a_limit_and_a_hold_were_refused_stand_in_the_record(desk):
    case = await desk.claimed("@LumenShop where is my parcel? It is late.")
    ana, ben, pat = desk.seat("ana"), desk.seat("ben"), desk.seat("pat")
    assert await ana.drafts("It is on its way to you.", case, alone=["alone"]) == {}
    about, rule = await words(desk, case), (await desk.case(case)).draft.ruling.rule
    assert (await acts(desk, case))[-2:] == [("LimitUsed", "UANA", about, rule), ("ReplyCleared", "desk", about, rule)]
    assert "Only PR can switch" in await ben.asks("limit off late parcel")
    assert "is off" in await pat.asks("limit off late parcel")
    assert " is on: " in await ben.asks("hold all a recall is coming")
    assert "is no hold that stands" in await pat.asks("lift H-9")
    await lifted(desk)
    entries = await desk.desk.outside.redis.shard._client.xrange(desk.desk.outside.redis.shard.key("journal"))
    told = [(line[b"fact"].decode(), line[b"by"].decode(), line[b"detail"].decode()) for _, line in entries]
    for fact, by, detail in [
        ("Refused", "UBEN", "limit_off: Only PR can switch a limit on or off. Ask in their channel."),
        ("LimitSwitchedOff", "UPAT", "late parcel"),
        ("HoldPlaced", "UBEN", "H-1 on everything: a recall is coming"),
        ("Refused", "UPAT", "lift_hold: H-9 is no hold that stands. `/desk hold` lists them."),
        ("HoldLiftAsked", "UANA", "H-1 on everything: a recall is coming"),
        ("HoldLifted", "UPAT", "H-1 on everything: a recall is coming"),
    ]:
        assert told.count((fact, by, detail)) == 1, (fact, by, detail, told)


async def test_a_no_to_a_stranger_and_to_a_withdrawn_point_stands_in_the_record(desk):
    case = await written_from_the_point(desk)
    about = await words(desk, case)
    desk.desk.relay._jobs["take_back_drafts"] = nothing
    assert "Guests" in await desk.seat("gus").approves(case)
    await desk.seat("pat").asks(f"points withdraw {POINT} the fair is cancelled")
    assert "must not be used" in await desk.seat("pat").approves(case)
    assert await acts(desk, case) == [
        ("Submitted", "UANA", about, RULE),
        ("Refused", "UGUS", "", ""),
        ("Refused", "UPAT", about, RULE),
    ]
