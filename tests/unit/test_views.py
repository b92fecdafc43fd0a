"""What people see: every state within Slack's rules, whole at its limits, and deaf to what customers write into it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from bot.domain import approval, conversation, drafting, ending, ownership, sending
from bot.domain.case import ApprovalRule, Case, Level, Resolution, Severity
from bot.domain.draft import Visibility
from bot.domain.events import Fact
from bot.domain.ids import DESK, HOUR, Instant, Nonce, UserId, later
from bot.domain.lifecycle import Verb, allowed
from bot.domain.people import Side
from bot.domain.policy import SavedReply
from bot.domain.post import Author, ReplyPolicy
from bot.domain.reply import NotSent, RefusedByPlatform
from bot.domain.wording import TextRule
from bot.ports import Message
from bot.sandbox.slack.blocks import LONGEST_BLOCKS, problems_of_blocks, problems_of_view, text_length
from bot.views import blocks as b
from bot.views import card, home, modals, notes
from bot.views.ids import Action
from bot.views.shown import Shown
from tests import builders as a
from tests.case_life import CaseLife

SHOWN = Shown(account="brand", count=25, maximum=280, by_hand_url="https://x.example/intent/tweet?in_reply_to=1001")
HOSTILE = "<!channel> <@U0ADMIN> <https://evil.example|our page> & <#C1>\nStatus: APPROVED *by* `PR` _now_ ~old~"
WRITTEN_BY_US = re.compile(r"<(?:@U[A-Z0-9]+|#C[A-Z0-9]+|!date\^[^>|]+\|[^>|]+|https://[^>|]+\|[^>|]+)>")
"""The only marks that may stand in our mrkdwn: mentions of staff, our channels, dates and links with our own labels."""


def drawn(case: Case, now: Instant = a.LEAVES, shown: Shown = SHOWN, waiting: int = 0) -> Message:
    return card.render(case, shown, now, waiting)


def faults(message: Message) -> list[str]:
    """Return what Slack would refuse, and what it would cut."""
    found = problems_of_blocks([dict(block) for block in message.blocks])
    if text_length([*message.blocks]) > LONGEST_BLOCKS:
        found.append("msg_blocks_too_long")
    return [*found, *([] if 10 < len(message.text) < 3_000 else ["text"])]


def walk(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from walk(inner)


def mrkdwn(blocks: object) -> list[str]:
    return [str(part["text"]) for part in walk(blocks) if part.get("type") == "mrkdwn"]


def quoted(message: Message) -> str:
    return "".join(str(part["text"]) for part in walk(message.blocks) if part.get("type") == "text")


def pressed(message: Message) -> list[str]:
    """Return the actions a card offers: its buttons, then its menu."""
    elements = [part for part in walk(message.blocks) if part.get("type") in ("button", "overflow")]
    found: list[str] = []
    for element in elements:
        if element["type"] == "button":
            found.append(str(element["action_id"]))
        else:
            found.extend(str(option["value"]).partition(":")[0] for option in element["options"])
    return found


def bare(text: str) -> str:
    """Return our mrkdwn without the marks we wrote: no angle bracket may be left in it."""
    return WRITTEN_BY_US.sub("", text)


# every state there is


def partly_approved() -> Case:
    return a.yes(replace(a.in_review(), rule=ApprovalRule(count=2))).case


def no(verb: str) -> Case:
    return getattr(approval, verb)(a.in_review(), a.PAT, 1, "name the <airport> & *gate*", a.NOON).case


def offered(case: Case) -> Case:
    return ownership.hand_over(case, a.SAM, Side.PR, "a <journalist> asks", a.NOON).case


def asked_to_dismiss(case: Case) -> Case:
    return ending.dismiss(case, a.SAM, Resolution.SPAM, "an <advert>", a.NOON).case


def snoozed(case: Case) -> Case:
    return ownership.snooze(case, a.SAM, a.after(HOUR), a.NOON).case


def deleted(case: Case) -> Case:
    return conversation.post_deleted(case, case.posts[0], "deleted", a.NOON).case


def resend_cleared() -> Case:
    once = sending.looked(a.unconfirmed(), 1, None, later(a.LEAVES, a.TIMING.look_grace)).case
    return sending.looked(once, 1, None, later(a.LEAVES, a.TIMING.look_grace + a.TIMING.look_gap)).case


def platform_said_no() -> Case:
    return sending.record(
        a.sending_now(), 1, Nonce("n1"), RefusedByPlatform(reason="the author <limits> replies"), a.LEAVES
    ).case


def locked() -> Case:
    return a.a_case(a.a_post(reply_policy=ReplyPolicy.NONE, reply_policy_reason="they <blocked> us"))


def many_posts() -> Case:
    return a.claimed(a.a_case(*(a.a_post(number) for number in range(1, 8))))


def handled_by_hand() -> Case:
    return a.approved(a.in_review(a.claimed(a.a_case(a.by_hand()))))


STATES: dict[str, Callable[[], Case]] = {
    **{str(status): make for status, make in a.IN_STATUS.items()},
    "not posted yet": lambda: a.a_case(card=None),
    "in review, by hand": lambda: a.in_review(a.claimed(a.a_case(a.by_hand()))),
    "partly approved": partly_approved,
    "approved, by hand": handled_by_hand,
    "posted by hand": lambda: ending.answered_by_hand(handled_by_hand(), a.SAM, a.NOON).case,
    "sending": a.sending_now,
    "unconfirmed": a.unconfirmed,
    "cleared again": resend_cleared,
    "changes asked": lambda: no("ask_changes"),
    "rejected": lambda: no("reject"),
    "recalled": lambda: conversation.post_edited(a.in_review(), a.a_post(text="Never mind"), a.NOON).case,
    "withdrawn": lambda: deleted(a.in_review()),
    "refused by the platform": platform_said_no,
    "handed over": lambda: offered(a.claimed()),
    "handed over, unclaimed": lambda: offered(a.a_case()),
    "handed over and accepted": lambda: ownership.accept(offered(a.claimed()), a.PAT, a.NOON).case,
    "dismissal asked": lambda: asked_to_dismiss(a.claimed()),
    "dismissal asked, unclaimed": lambda: asked_to_dismiss(a.a_case()),
    "dismissed": a.dismissed,
    "snoozed": lambda: snoozed(a.claimed()),
    "snoozed, unclaimed": lambda: snoozed(a.a_case()),
    "post deleted": lambda: deleted(a.claimed()),
    "post deleted, resolved": lambda: deleted(a.resolved()),
    "no reply possible": locked,
    "many posts": many_posts,
    "praise": lambda: a.a_case(severity=a.PRAISE, route=replace(a.a_case().route, topic="")),
    "emergency": lambda: a.a_case(severity=Severity(level=Level.EMERGENCY, reasons=("smoke", "fire & <heat>"))),
    "follow-up": lambda: a.a_case(follows=a.a_case().id),
    "thanks after the answer": lambda: conversation.customer_wrote(a.answered(), a.a_post(2), a.PRAISE, a.NOON).case,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("after", [0, a.TIMING.ask_after, 30 * 24 * HOUR])
def test_slack_takes_the_card_in_every_state(state: str, after: int):
    assert faults(drawn(STATES[state](), later(a.LEAVES, after), waiting=3)) == []


@pytest.mark.parametrize("state", STATES)
def test_every_card_is_a_sentence_for_those_who_cannot_see_it(state: str):
    case = STATES[state]()
    text = drawn(case).text
    assert text.startswith("C-1042: ")
    assert text.endswith(".")
    assert "@maria" in text


@pytest.mark.parametrize("state", STATES)
def test_no_mark_that_is_not_ours_stands_in_mrkdwn(state: str):
    message = drawn(STATES[state]())
    for text in (message.text, *mrkdwn(message.blocks)):
        assert not set(bare(text)) & set("<>"), text


@pytest.mark.parametrize("state", STATES)
def test_at_most_one_button_is_primary_and_the_menu_has_one_to_five_entries(state: str):
    parts = [*walk(drawn(STATES[state](), later(a.LEAVES, a.TIMING.ask_after)).blocks)]
    assert sum(part.get("style") == "primary" for part in parts) <= 1
    assert all(1 <= len(part["options"]) <= 5 for part in parts if part.get("type") == "overflow")


NO_VERB = {Action.WHY, Action.OPEN_LINK, Action.PICK_SAVED, Action.MORE}
VERB_OF = {
    Action.AGREE: Verb.DISMISS,
    Action.POSTED_BY_HAND: Verb.SENT,
    Action.IT_IS_THERE: Verb.SENT,
    Action.SEND_AGAIN: Verb.SETTLE,
}


@pytest.mark.parametrize("state", STATES)
def test_no_button_offers_what_the_table_forbids(state: str):
    case = STATES[state]()
    for now in (a.LEAVES, later(a.LEAVES, a.TIMING.ask_after)):
        for name in pressed(drawn(case, now)):
            action = Action(name)
            if action not in NO_VERB:
                assert allowed(case.status, VERB_OF.get(action) or Verb(action)), (case.status, action)


@pytest.mark.parametrize("state", STATES)
def test_buttons_carry_ids_and_never_words(state: str):
    for part in walk(drawn(STATES[state]()).blocks):
        value = str(part.get("value", ""))
        assert re.fullmatch(r"|(?:[a-z_]+:)?C-1042(?:\|1(?:\|[0-9a-f]{16})?)?", value), value


def test_the_approve_button_carries_what_is_shown():
    case = a.in_review()
    values = [part.get("value") for part in walk(drawn(case).blocks) if part.get("action_id") == Action.APPROVE]
    assert values == [f"C-1042|1|{a.shown(case)}"]


def test_a_finished_case_shrinks_to_three_blocks():
    for state in ("resolved", "closed", "dismissed"):
        assert len(drawn(STATES[state]()).blocks) == 3


def test_a_closed_case_has_nothing_to_press():
    assert pressed(drawn(a.closed())) == []


def test_a_reply_that_is_leaving_cannot_be_undone_on_the_card():
    assert Action.RECALL in pressed(drawn(a.approved()))
    assert Action.RECALL not in pressed(drawn(a.sending_now()))


def test_people_are_asked_about_a_doubt_only_when_the_desk_cannot_tell():
    asked = {Action.IT_IS_THERE, Action.SEND_AGAIN}
    assert not asked & set(pressed(drawn(a.unconfirmed())))
    assert asked <= set(pressed(drawn(a.unconfirmed(), later(a.LEAVES, a.TIMING.ask_after))))


def test_an_offer_can_be_accepted_and_a_dismissal_decided_on_the_card():
    assert pressed(drawn(STATES["handed over"]()))[0] == Action.ACCEPT
    assert pressed(drawn(STATES["dismissal asked"]()))[:2] == [Action.AGREE, Action.KEEP]


def test_the_card_shows_exactly_what_would_be_published_and_its_length():
    message = drawn(a.in_review(body="We are <looking> & *sorry*."))
    assert "We are <looking> & *sorry*. – Sam" in quoted(message)
    assert any("25 of 280" in text for text in mrkdwn(message.blocks))


def test_deleted_words_are_nowhere_on_the_card():
    message = drawn(STATES["post deleted"]())
    assert "three weeks" not in str(message)


# hostile words


def hostile_post(number: int = 1, **other: object) -> Any:
    return a.a_post(number, HOSTILE, author=Author(id="7", handle=HOSTILE, name=HOSTILE), **other)


HOSTILE_STATES: dict[str, Callable[[], Case]] = {
    "new": lambda: a.a_case(hostile_post()),
    "claimed, wrote twice": lambda: a.claimed(a.a_case(hostile_post(1), hostile_post(2))),
    "in review": lambda: a.in_review(a.claimed(a.a_case(hostile_post())), body=HOSTILE),
    "approved": lambda: a.approved(a.in_review(a.claimed(a.a_case(hostile_post())), body=HOSTILE)),
    "answered": lambda: a.answered(a.sending_now(a.approved(a.in_review(a.claimed(a.a_case(hostile_post())))))),
    "resolved": lambda: a.resolved(
        a.answered(a.sending_now(a.approved(a.in_review(a.claimed(a.a_case(hostile_post()))))))
    ),
    "dismissed": lambda: a.dismissed(a.a_case(hostile_post())),
}


@pytest.mark.parametrize("state", HOSTILE_STATES)
def test_customers_words_mean_nothing_to_slack(state: str):
    message = drawn(HOSTILE_STATES[state]())
    assert faults(message) == []
    for text in (message.text, *mrkdwn(message.blocks)):
        assert not set(bare(text)) & set("<>"), text
        assert "<!channel>" not in text
        assert "\nStatus: APPROVED" not in text
    line = home.line(HOSTILE_STATES[state](), "https://slack.example/p1")
    assert not set(bare(line)) & set("<>")


@given(words=st.text(max_size=300), name=st.text(max_size=80), handle=st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_words_or_names_break_a_card(words: str, name: str, handle: str):
    post = a.a_post(1, words, author=Author(id="7", handle=handle, name=name))
    for case in (a.a_case(post), a.claimed(a.a_case(post)), a.dismissed(a.a_case(post))):
        message = drawn(case)
        assert faults(message) == []
        assert not any(set(bare(text)) & set("<>") for text in (message.text, *mrkdwn(message.blocks)))


# at the limits


@pytest.mark.parametrize("letter", ["x", "&", "😀", "👨‍👩‍👧‍👦", "م"])
def test_the_longest_of_everything_still_fits(letter: str):
    long = letter * 25_000
    posts = [
        replace(hostile_post(number), text=long, marks=("shortened", "hidden characters removed")) for number in (1, 2)
    ]
    case = a.claimed(a.a_case(*posts, severity=Severity(reasons=tuple(f"{letter * 60} {n}" for n in range(5)))))
    body = letter * (280 // len(letter) - 10)
    case = a.in_review(case, body=body)
    assert case.draft is not None
    case = case.with_draft(replace(case.draft, note=letter * (500 // len(letter))))
    assert faults(drawn(case)) == []
    asked = offered(a.claimed(a.a_case(*posts)))
    assert asked.handover is not None
    asked = replace(asked, handover=replace(asked.handover, reason=letter * (500 // len(letter))))
    assert faults(drawn(asked)) == []


def test_a_reply_of_the_longest_platform_fits_together_with_two_long_posts():
    posts = [a.a_post(number, "&" * 10_000) for number in (1, 2)]
    case = a.in_review(a.claimed(a.a_case(*posts)))
    assert case.draft is not None
    assert faults(drawn(case.with_draft(replace(case.draft, text="&" * 2_000)))) == []


@pytest.mark.parametrize("words", ["x" * 5_000, "&" * 5_000, "a\n" * 2_000, "\ud83d"])
def test_long_reasons_of_people_and_platforms_fit(words: str):
    refused = RefusedByPlatform(reason=words)
    cases = [
        approval.ask_changes(a.in_review(), a.PAT, 1, words, a.NOON).case,
        approval.reject(a.in_review(), a.PAT, 1, words, a.NOON).case,
        sending.record(a.sending_now(), 1, Nonce("n1"), refused, a.LEAVES).case,
        sending.record(a.sending_now(), 1, Nonce("n1"), NotSent(reason=words), a.LEAVES).case,
        ownership.hand_over(a.claimed(), a.SAM, Side.PR, words, a.NOON).case,
        ending.dismiss(a.claimed(), a.SAM, Resolution.SPAM, words, a.NOON).case,
        ending.agree(ending.dismiss(a.claimed(), a.SAM, Resolution.SPAM, words, a.NOON).case, a.SUE, a.NOON).case,
        drafting.submit(a.claimed(), a.SAM, a.written(note=words), a.RULE, a.NOON).case,
    ]
    for case in cases:
        assert faults(drawn(case)) == []
        assert len(notes.story(case)) < 12_000
        assert problems_of_view(modals.draft(case, RULE, (), "")) == []


@pytest.mark.xfail(strict=True, reason="buttons draw `Open on X` without an address; Slack refuses the whole card")
def test_the_way_by_hand_needs_an_address_only_where_there_is_one():
    assert faults(drawn(handled_by_hand(), shown=Shown(account="900"))) == []


# the forms


RULE = TextRule(maximum=280, count=len)
SAVED = tuple(
    SavedReply(id=f"r{n}", title=f"Reply {n} " + "x" * 90, text="Hello {name}", group=f"Group {n % 7}")
    for n in range(99)
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("turn", [0, 1])
def test_slack_takes_the_draft_form_in_every_state(state: str, turn: int):
    view = modals.draft(STATES[state](), RULE, SAVED, "– Sam", text="x" * 9_000 if turn else "", turn=turn)
    assert problems_of_view(view) == []


@pytest.mark.parametrize("saved", [(), SAVED])
@pytest.mark.parametrize("signature", ["", "– Sam"])
def test_slack_takes_the_draft_form_with_and_without_its_parts(saved: tuple[SavedReply, ...], signature: str):
    assert problems_of_view(modals.draft(a.claimed(a.a_case(hostile_post())), RULE, saved, signature)) == []


def test_the_draft_form_starts_with_the_words_of_the_last_revision():
    view = modals.draft(STATES["changes asked"](), RULE, (), "– Sam")
    assert [part["initial_value"] for part in walk(view) if "initial_value" in part] == ["We are looking."]
    assert any("name the &lt;airport&gt; &amp; *gate*" in text for text in mrkdwn(view))


def test_the_draft_form_remembers_how_it_was_to_go_out():
    case = a.in_review()
    assert case.draft is not None
    private = case.with_draft(replace(case.draft, visibility=Visibility.PUBLIC_DM))
    chosen = [
        part["initial_option"]["value"]
        for part in walk(modals.draft(private, RULE, (), ""))
        if "initial_option" in part
    ]
    assert chosen == ["public_dm"]


def test_slack_takes_the_other_forms():
    views = [
        modals.words("C-1042", 1, Action.ASK_CHANGES),
        modals.words("C-1042", 1, Action.REJECT),
        *(modals.hand_over("C-1042", side) for side in Side),
        modals.reassign("C-1042"),
        modals.snooze("C-1042"),
        modals.dismiss(a.a_case()),
        modals.dismiss(a.a_case(severity=a.PRAISE)),
        modals.told("You already have this case."),
    ]
    assert [problems_of_view(view) for view in views] == [[] for _ in views]


def test_customers_words_mean_nothing_to_slack_in_a_form():
    view = modals.draft(a.claimed(a.a_case(hostile_post())), RULE, SAVED, "– Sam")
    assert not any(set(bare(text)) & set("<>") for text in mrkdwn(view))


def test_a_form_carries_ids_and_never_words():
    for view in (modals.draft(STATES["changes asked"](), RULE, (), ""), modals.dismiss(a.a_case(hostile_post()))):
        assert re.fullmatch(r'\{"case": "C-1042"(?:, "turn": 0)?\}', str(view["private_metadata"]))


# the thread


def a_note(fact: Fact, detail: str = "", by: UserId = a.SAM.id) -> dict[str, str]:
    return {"fact": fact, "by": by, "detail": detail, "at": str(a.NOON), "rev": "1", "to": Side.PR}


@pytest.mark.parametrize("fact", Fact)
@pytest.mark.parametrize("by", [a.SAM.id, DESK])
def test_every_fact_has_a_line_in_plain_words(fact: Fact, by: UserId):
    text = notes.line(a_note(fact, "spam: <!here> {by} & more", by), a.claimed())
    assert len(text) > 8
    assert "{" not in text.replace("{by} &amp; more", "")
    assert not set(bare(text)) & set("<>")
    assert f"<@{DESK}>" not in text


def test_mentions_that_we_wrote_stay_mentions():
    assert notes.sentence(Fact.TAKEN_OVER, a.SUE.id, "from <@U0SAM>") == "<@U0SUE> took it over from <@U0SAM>."


@pytest.mark.parametrize("typed", ["<!channel>", "<!here|x>", "<#C123>", "<https://evil.example|safe>", "<@U1|admin>"])
def test_marks_that_staff_typed_mean_nothing(typed: str):
    assert typed not in notes.sentence(Fact.REJECTED, a.PAT.id, typed)


def test_the_owner_is_told_when_the_customer_writes_again():
    assert notes.line(a_note(Fact.CUSTOMER_WROTE, by=DESK), a.claimed()).endswith("<@U0SAM>")
    assert "<@" not in notes.line(a_note(Fact.CUSTOMER_WROTE, by=DESK), a.a_case())


@pytest.mark.parametrize(
    ("state", "fact"),
    [("handed over", Fact.HANDED_OVER), ("in_review", Fact.SUBMITTED), ("in_review", Fact.APPROVAL_VOIDED)],
)
def test_the_side_that_has_to_act_is_told_with_a_way_there(state: str, fact: Fact):
    case = STATES[state]()
    assert notes.still_waits(a_note(fact), case)
    text = notes.announcement(a_note(fact), case, "https://slack.example/p1").text
    assert "C-1042" in text
    assert "PR" in text
    assert text.endswith("<https://slack.example/p1|Open the card>")
    assert not set(bare(text)) & set("<>")


@pytest.mark.parametrize("fact", [Fact.HANDED_OVER, Fact.SUBMITTED, Fact.APPROVAL_VOIDED])
def test_nobody_is_told_of_what_is_over(fact: Fact):
    assert not notes.still_waits(a_note(fact), a.answered())


def test_the_story_of_a_case_is_told_in_order():
    told = notes.story(a.resolved())
    facts = [notes.WORDS[line.fact].split("{")[0].strip() for line in a.resolved().history]
    assert [told.index(words) for words in facts if words] == sorted(told.index(words) for words in facts if words)
    assert not set(bare(told)) & set("<>")


# the home tab


@pytest.mark.parametrize("many", [0, 1, home.SHOWN, home.SHOWN + 1, 200])
@pytest.mark.parametrize("name", ["Sam", "", "x" * 300])
def test_slack_takes_the_home_tab(many: int, name: str):
    listed = [(HOSTILE_STATES["in review"](), "https://slack.example/p1")] * many
    view = home.render(name, listed, listed, 12)
    assert problems_of_view(view) == []
    assert not any(set(bare(text)) & set("<>") for text in mrkdwn(view))


def test_the_home_tab_says_how_many_more_there_are():
    view = home.render("Sam", [(a.claimed(), "")] * (home.SHOWN + 4), [], 0)
    assert any(text.startswith("4 more") for text in mrkdwn(view))


def test_strangers_see_a_sentence_at_home():
    assert problems_of_view(home.nothing_here("Only people at the desk see cases here.")) == []


# small pieces


def test_a_time_is_shown_in_the_readers_zone_with_utc_for_the_others():
    assert b.clock(Instant(1_763_550_000_000)) == "<!date^1763550000^{time}|11:00 UTC>"


def test_nothing_plain_is_empty_because_slack_refuses_that():
    assert b.plain("")["text"] == " "
    assert "(no text)" in str(b.quote(""))


class SeenLife(CaseLife):
    """Whatever happens to a case, its card can be drawn, and offers nothing that the table forbids."""

    @invariant()
    def slack_takes_the_card(self) -> None:
        message = drawn(self.case, self.now)
        assert faults(message) == []
        assert not any(set(bare(text)) & set("<>") for text in (message.text, *mrkdwn(message.blocks)))
        for name in pressed(message):
            action = Action(name)
            assert action in NO_VERB or allowed(self.case.status, VERB_OF.get(action) or Verb(action))

    @invariant()
    def slack_takes_the_form(self) -> None:
        assert problems_of_view(modals.draft(self.case, RULE, SAVED[:2], "– Sam")) == []


TestSeenLife = SeenLife.TestCase
TestSeenLife.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
