"""Looking things up: the home tab and `/desk`; only people of the desk see anything."""

from tests.world import all_text


async def test_the_home_tab_shows_what_is_mine_and_what_waits_for_me(desk):
    case = await desk.in_review()
    free = await desk.customer("priya_codes").posts("@LumenShop where is my refund?")
    mine = await desk.seat("ana").home("Your desk, Ana")
    assert f"|{case.id}>" in mine.split("Yours", 2)[2]
    assert "Nothing waits for your decision." in mine

    waiting = await desk.seat("pat").home("Your desk, Pat")
    assert f"|{case.id}>" in waiting.split("Waiting for your side")[1]
    assert "You have no open case." in waiting
    assert free.id not in waiting


async def test_the_home_tab_does_not_ask_the_writer_to_approve(desk):
    desk.sandbox.slack.set_group("S0PR", ["UPAT", "UKIM", "UANA"])
    await desk.in_review()
    assert "Nothing waits for your decision." in await desk.seat("ana").home("Your desk")


async def test_a_hand_over_waits_on_the_home_tab_of_the_other_side(desk):
    case = await desk.claimed()
    await desk.seat("ana").fills("Hand to PR…", case, reason="press")
    assert case.id in (await desk.seat("kim").home("Your desk")).split("Waiting for your side")[1]


async def test_the_home_tab_of_a_guest_is_empty(desk):
    await desk.claimed()
    home = await desk.seat("gus").home()
    assert home.endswith("Guests cannot work at this desk.")
    assert "C-" not in home


async def test_desk_mine_lists_my_open_cases_with_links(desk):
    assert await desk.seat("ana").asks("mine") == "You have no open case."
    case = await desk.claimed()
    said = await desk.seat("ana").asks("mine")
    assert f"|{case.id}>* · @mia_travels" in said
    assert "it is being worked on" in said
    assert await desk.seat("ben").asks("mine") == "You have no open case."


async def test_desk_find_knows_numbers_handles_and_words(desk):
    case = await desk.customer().posts()
    for words in (case.id, case.id.lower(), "@mia_travels", "mia_travels", "ARRIVED broken"):
        assert case.id in await desk.seat("ben").asks(f"find {words}"), words
    assert "Nothing found" in await desk.seat("ben").asks("find giraffes")
    assert "Find what?" in await desk.seat("ben").asks("find")


async def test_desk_why_tells_the_story_and_the_rule_that_routed_it(desk):
    case = await desk.answered()
    story = await desk.seat("ben").asks(f"why {case.id}")
    for words in ("by rule “delivery”", "<@UANA> claimed it.", "<@UPAT> approved reply 1", "The reply is out"):
        assert words in story
    assert await desk.seat("ben").clicks("Show the story", case) == story


async def test_nonsense_is_answered_with_what_there_is(desk):
    for words in ("nonsense", "", "   ", "mine mine mine" * 200, "why", "why C-1", "why <!channel>"):
        assert await desk.seat("ana").asks(words) != ""
    for words in ("nonsense", "help", "HELP me", ""):
        told = await desk.seat("ana").asks(words)
        assert "• `/desk mine` (your cases)" in told
        assert "• `/desk why C-1042` (the story of a case)" in told
    assert "There is no case C-1." in await desk.seat("ana").asks("why C-1")
    assert "not the number of a case" in await desk.seat("ana").asks("why")


async def test_a_guest_learns_nothing_by_asking(desk):
    case = await desk.claimed()
    for words in ("mine", "find mia_travels", f"why {case.id}"):
        assert await desk.seat("gus").asks(words) == "Guests cannot work at this desk."
    assert all_text(desk.seat("gus").seat.ephemerals).count("C-") == 0
