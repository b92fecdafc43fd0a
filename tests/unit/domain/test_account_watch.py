"""Where a post on the brand's account comes from: what the desk published or may have published is never strange."""

from dataclasses import replace

import pytest

from bot.domain.cases.case import Case
from bot.domain.ids import MINUTE, Instant, PostId, later
from bot.domain.replies.draft import DraftState
from bot.domain.replies.reply import OwnPost
from bot.domain.running import account_watch as watch
from bot.domain.running.account_watch import Found, Known, Origin, Tell
from tests import builders as a

OURS = PostId("9001")


def own(text: str = "Please see your inbox.", post_id: str = "9001", under: str | None = None) -> OwnPost:
    url = f"https://x.com/LumenShop/status/{post_id}"
    return OwnPost(id=PostId(post_id), text=text, created_at=a.NOON, in_reply_to=under and PostId(under), url=url)


def answer(case: Case, text: str | None = None, post_id: str = "9001") -> OwnPost:
    """Return a post of ours under the post that the case's reply is for: the reply itself, or other words."""
    assert case.draft
    return own(case.draft.text if text is None else text, post_id, under=case.draft.target)


def judged(case: Case | None, post: OwnPost, now: Instant = a.NOON) -> Origin:
    return watch.origin(case, post, now)


def in_state(state: DraftState, sent_id: PostId | None = None) -> Case:
    case = a.in_review(a.claimed(a.a_case()))
    assert case.draft
    attempts = (a.an_attempt(),) if state in (DraftState.SENDING, DraftState.UNCONFIRMED) else ()
    return case.with_draft(replace(case.draft, state=state, sent_id=sent_id, attempts=attempts))


def test_a_post_that_answers_nothing_the_desk_knows_is_strange():
    assert judged(None, own()) is Origin.STRANGE


def test_what_the_desk_published_is_ours_by_its_id_whatever_its_words():
    case = in_state(DraftState.SENT, OURS)
    assert judged(case, answer(case)) is Origin.OURS
    assert judged(case, answer(case, "cut off by the plat")) is Origin.OURS


@pytest.mark.parametrize("state", [DraftState.APPROVED, DraftState.SENDING, DraftState.UNCONFIRMED])
def test_a_reply_that_may_just_have_left_is_open_until_it_is_settled(state):
    case = in_state(state)
    assert judged(case, answer(case), later(a.NOON, 60 * MINUTE)) is Origin.OPEN


@pytest.mark.parametrize("state", [DraftState.SENDING, DraftState.UNCONFIRMED])
def test_other_words_under_a_reply_in_doubt_are_open_only_until_a_person_is_asked(state):
    case = in_state(state)
    assert judged(case, answer(case, "something else")) is Origin.OPEN
    asked = later(a.NOON, case.timing.ask_after)
    after = Origin.ANSWER if state is DraftState.UNCONFIRMED else Origin.OPEN
    assert judged(case, answer(case, "something else"), asked) is after


@pytest.mark.parametrize(
    "state", [state for state in DraftState if state not in (DraftState.SENT, *watch._OPEN)], ids=str
)
def test_the_words_of_a_reply_that_nobody_let_go_are_an_answer_past_the_desk(state):
    case = in_state(state)
    assert judged(case, answer(case)) is Origin.ANSWER


def test_a_reply_that_a_person_posted_or_saw_is_ours_though_the_desk_has_no_id_of_it():
    case = in_state(DraftState.SENT)
    assert judged(case, answer(case)) is Origin.OURS
    assert judged(case, answer(case, "in words of their own")) is Origin.ANSWER


def test_the_same_reply_once_more_under_another_id_is_told_as_twice():
    case = in_state(DraftState.SENT, OURS)
    assert judged(case, answer(case, post_id="9002")) is Origin.TWICE


def test_a_post_under_another_post_of_the_case_is_an_answer():
    case = in_state(DraftState.UNCONFIRMED)
    assert case.draft
    assert judged(case, own(case.draft.text, under="777")) is Origin.ANSWER
    assert judged(a.a_case(), own(under="1")) is Origin.ANSWER


@pytest.mark.parametrize("case", [a.resolved(), a.closed(), a.dismissed()], ids=["resolved", "closed", "dismissed"])
def test_a_case_that_is_over_can_still_be_answered_past_the_desk(case):
    assert judged(case, own(under=case.first_post.id)) is Origin.ANSWER


def test_each_post_is_judged_once_and_what_may_still_prove_to_be_ours_again():
    old, new = own(post_id="5"), own(post_id="7")
    found = [Found(post=old, origin=Origin.OPEN), Found(post=new, origin=Origin.STRANGE)]
    known = watch.after(Known(since=PostId("4")), [new, old], found, a.NOON)
    assert known == Known(since=PostId("4"), seen=(new.id, old.id), waiting=(old,))
    assert watch.to_judge(known, [new, old]) == (old,)


def test_a_post_that_shows_itself_late_below_a_newer_one_is_judged_too():
    new, late = own(post_id="7"), own(post_id="5")
    known = watch.after(Known(since=PostId("4")), [new], [], a.after(MINUTE))
    assert watch.to_judge(known, [new, late]) == (late,)


def test_after_two_minutes_a_post_is_not_read_again():
    new = own(post_id="7")
    assert watch.after(Known(), [new], [], a.after(2 * MINUTE)) == Known(since=PostId("7"))
    assert watch.after(Known(since=PostId("7")), [], [], a.NOON) == Known(since=PostId("7"))


def test_the_house_says_which_are_told():
    strange, reply = Found(post=own(), origin=Origin.STRANGE), Found(post=own(under="1"), origin=Origin.ANSWER)
    quiet = [Found(post=own(under="1"), origin=origin) for origin in (Origin.OURS, Origin.OPEN)]
    assert watch.told([strange, reply, *quiet], Tell.ALL) == (strange, reply)
    assert watch.told([strange, reply, *quiet], Tell.ANSWERS) == (reply,)
    assert watch.told([strange, reply, *quiet], Tell.NOTHING) == ()


def test_of_many_posts_five_are_named_and_the_rest_is_counted_and_all_are_one_alarm():
    found = [Found(post=own(post_id=str(number)), origin=Origin.STRANGE) for number in range(1, 101)]
    *news, alarm = watch.news("x:900", found)
    assert [effect.args["post"] for effect in news] == ["1", "2", "3", "4", "5", "100"]
    assert [effect.args["more"] for effect in news] == ["", "", "", "", "", "94"]
    assert (alarm.job, alarm.args["post"]) == ("warn_past_slack", "1")


def test_an_answer_in_a_case_is_no_alarm_past_slack_and_no_news_holds_words():
    case = in_state(DraftState.SENT)
    found = Found(post=answer(case, "secret words"), origin=Origin.ANSWER, case_id=case.id)
    (news,) = watch.news("x:900", [found])
    assert (news.job, news.case_id) == ("tell_ops", case.id)
    assert "secret" not in str(news)
