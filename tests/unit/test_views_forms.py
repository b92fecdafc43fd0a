"""The forms, the lines in the thread and the home tab: what Slack takes, and what people read."""

import re
from dataclasses import replace

import pytest

from bot.domain.cases.events import Fact
from bot.domain.ids import DESK, UserId
from bot.domain.people import Side
from bot.domain.policy import SavedReply
from bot.domain.replies.draft import Visibility
from bot.sandbox.slack.blocks import problems_of_view
from bot.views import home, modals, notes, ops
from bot.views.ids import Action
from tests import builders as a
from tests.unit.drawn import HOSTILE_STATES, RULE, SAVED, STATES, bare, faults, hostile_post, mrkdwn, walk

# the forms


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("turn", [0, 1])
def test_slack_takes_the_draft_form_in_every_state(state: str, turn: int):
    view = modals.draft(STATES[state](), RULE, SAVED, "– Sam", text="x" * 9_000 if turn else "", turn=turn)
    assert problems_of_view(view) == []


@pytest.mark.parametrize("saved", [(), SAVED])
@pytest.mark.parametrize("signature", ["", "– Sam"])
def test_slack_takes_the_draft_form_with_and_without_its_parts(saved: tuple[SavedReply, ...], signature: str):
    assert problems_of_view(modals.draft(a.claimed(a.a_case(hostile_post())), RULE, saved, signature)) == []


def test_slack_takes_more_saved_replies_than_it_shows():
    many = tuple(replace(SAVED[0], id=f"r{number}", group="One group") for number in range(250))
    assert problems_of_view(modals.draft(a.claimed(), RULE, many, "")) == []


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


# the word to those who run the desk


def news(reason: str) -> dict[str, str]:
    return {"work": "note:C-1042:3:Claimed", "job": "note", "reason": reason, "channel": "C0SERVICE"}


@pytest.mark.parametrize("reason", ["Broken", "channel_not_found", "not_in_channel", "<!channel> & more"])
def test_those_who_run_the_desk_read_what_failed_and_what_they_can_do(reason: str):
    messages = [
        ops.set_aside("C-1042", news(reason)),
        ops.channel_gone("C-1042", news(reason)),
        *(ops.settled("C-1042", a.SAM.id, again=again) for again in (True, False)),
    ]
    for message in messages:
        assert faults(message) == []
        assert not any(set(bare(text).replace("<#C0SERVICE>", "")) & set("<>") for text in mrkdwn(message.blocks))
        assert "<!channel>" not in str(mrkdwn(message.blocks))


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
