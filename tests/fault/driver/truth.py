"""The truth after a round, from the books of the pretend X and Slack, against what people were told by the desk."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.cases.case import Case
from bot.domain.cases.lifecycle import Status
from bot.domain.ids import CaseId
from bot.domain.replies.draft import DraftState
from tests.fault.driver.holders import Held
from tests.fault.driver.people import CHANNEL, DRAFT, FACTS, PR, SERVICE, Act, People, actions, marked, two_sided
from tests.fault.driver.stage import BASE, Stage
from tests.fault.driver.under_hold import Revision, sent_under
from tests.world import all_text

WAITS_FOR_A_PERSON = frozenset({"approve", "draft", "claim", "it_is_there", "send_again"})
"""Buttons of which a card with an unpublished reply must show one."""
PUBLISH = "POST /2/tweets"


@dataclass
class Truth:
    """What was found, each item a sentence; all empty is what we want."""

    doubled: list[str] = field(default_factory=list)
    unapproved: list[str] = field(default_factory=list)
    under_hold: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    lost_clicks: list[str] = field(default_factory=list)
    doubled_cards: list[str] = field(default_factory=list)
    lost_posts: list[str] = field(default_factory=list)
    stale_cards: list[str] = field(default_factory=list)
    doubled_acts: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    published: int = 0
    agreed: int = 0
    approved: int = 0
    doubled_notes: int = 0

    def faults(self) -> dict[str, list[str]]:
        return {name: found for name, found in vars(self).items() if isinstance(found, list) and found}


async def find(stage: Stage, people: People, held: Sequence[Held] = ()) -> Truth:
    """Compare the books, also with what was `held` when; nothing may be under way any more."""
    await people.look()
    truth = Truth()
    timeline = [post for post in await stage.control.timeline() if post["source"] == "app"]
    truth.published = len(timeline)
    truth.agreed = sum(two_sided(number_in(post["text"])) for post in timeline)
    _published(truth, timeline, people)
    messages = await stage.control.messages(CHANNEL)
    _cards(truth, messages)
    truth.complaints = [str(one) for one in (await stage.control.state())["slack"]["complaints"]]
    async with stage.store() as (client, ports):
        cases = await _cases(client, ports)
        facts = {
            case.id: [
                (str(o["fact"]), str(o["by"]), int(str(o["rev"]))) for o in await ports.journal.lines(case.id, 200)
            ]
            for case in cases
        }
        holders = {post: await ports.store.holder(f"post:x:{post}") for post in people.posts}
        journal = [line for _, line in await client.xrange(f"{BASE}:journal")]
    _posts(truth, cases, holders)
    _missing(truth, cases, timeline, people)
    _clicks(truth, facts, cases, people)
    _stale(truth, cases, people)
    revisions = {number_in(draft.text): Revision(str(case.id), draft.rev) for case in cases for draft in case.drafts}
    calls = [(call, number_in(str(call["request"]))) for call in read_traffic(stage) if call["method"] == PUBLISH]
    truth.under_hold = sent_under(held, [(call, revisions.get(number)) for call, number in calls], journal)
    return truth


async def _cases(client, ports) -> list[Case]:
    prefix = f"{BASE}:case:"
    names = [key.decode().removeprefix(prefix) async for key in client.scan_iter(match=f"{prefix}*", count=1000)]
    found = [await ports.store.load(CaseId(name)) for name in sorted(names)]
    return [case for case in found if case]


def number_in(text: str) -> int:
    found = DRAFT.search(text)
    return int(found[1]) if found else 0


def _published(truth: Truth, timeline: list[dict], people: People) -> None:
    allowed = {act.draft for act in people.acts if act.verb == "approve" and act.user in PR}
    for number, times in Counter(number_in(post["text"]) for post in timeline).items():
        if times > 1:
            truth.doubled.append(f"draft {number} was published {times} times")
    for post in timeline:
        number = number_in(post["text"])
        author = people.posts.get(str(post["in_reply_to"]), "?")
        if number not in allowed or post["text"] != f"@{author} {people.drafts[number]}":
            truth.unapproved.append(f"draft {number} under {post['in_reply_to']}: {post['text']!r}")
        if two_sided(number) and not _of_both_sides(number, people):
            truth.unapproved.append(f"draft {number} was published with the yes of one side only")
        if _taken_back(number, people.acts):
            truth.unapproved.append(f"draft {number} was published although it was taken back")


def _of_both_sides(number: int, people: People, *, counted: bool = False) -> bool:
    """Say whether one of PR and one of customer service who did not write it have clicked Approve.

    With `counted`, only clicks that were acknowledged and not refused.
    """
    clicks = [act for act in people.acts if (act.verb, act.draft) == ("approve", number)]
    said = {act.user for act in clicks if act.counted or not counted}
    return bool(said & set(PR)) and bool(said & set(SERVICE) - {people.writers[number]})


def _taken_back(number: int, acts: list[Act]) -> bool:
    """Say whether somebody took it back, was not refused, and nobody approved it after that."""
    recalls = [act.at for act in acts if (act.verb, act.draft) == ("recall", number) and act.counted]
    approvals = [act.at for act in acts if (act.verb, act.draft) == ("approve", number)]
    return bool(recalls) and max(recalls) > max(approvals, default=0.0)


def _cards(truth: Truth, messages: list[dict]) -> None:
    marks = Counter(marked(message) for message in messages)
    truth.doubled_cards = [
        f"{mark} stands {n} times" for mark, n in marks.items() if mark.startswith("card:") and n > 1
    ]
    truth.doubled_notes = sum(n - 1 for mark, n in marks.items() if mark.startswith("note:"))


def _posts(truth: Truth, cases: list[Case], holders: Mapping[str, CaseId | None]) -> None:
    """Each post is held by one case, which shows it or has counted it, once."""
    truth.lost_posts = [f"post {post} has no case" for post, holder in holders.items() if holder is None]
    known = Counter(str(post.id) for case in cases for post in case.posts)
    truth.lost_posts += [f"post {post} has {times} cases" for post, times in known.items() if times > 1]
    held = Counter(holders.values())
    for case in cases:
        if held[case.id] != len(case.posts) + case.echoed:
            told = f"shows {len(case.posts)} and counts {case.echoed}"
            truth.lost_posts.append(f"{case.id} holds {held[case.id]} posts, {told}")


def _missing(truth: Truth, cases: list[Case], timeline: list[dict], people: People) -> None:
    out = {number_in(post["text"]) for post in timeline}
    by_draft = {number_in(draft.text): case for case in cases for draft in case.drafts}
    clicked = {act.draft for act in people.acts if act.verb == "approve" and act.counted}
    approved = {number for number in clicked if not two_sided(number) or _of_both_sides(number, people, counted=True)}
    recalled = {act.draft for act in people.acts if act.verb == "recall"}
    truth.approved = len(approved)
    for number in sorted(approved - out - recalled):
        case = by_draft.get(number)
        card = people.cards.get(case.id) if case else None
        if case is None or card is None or not actions(card) & WAITS_FOR_A_PERSON:
            state = case and case.draft and f"{case.id} {case.status} {case.draft.state}"
            truth.missing.append(f"draft {number} ({state}) is neither published nor does its card ask anybody")


def _clicks(truth: Truth, facts: dict[str, list[tuple[str, str, int]]], cases: list[Case], people: People) -> None:
    """Each act that was acknowledged without a refusal stands in the record; none stands there more often than asked for."""
    revisions = {number_in(draft.text): draft.rev for case in cases for draft in case.drafts}

    def name(act: Act) -> tuple[str, str, str, int]:
        return act.case, FACTS[act.verb], act.user, revisions.get(act.draft, -1) if act.draft else 0

    tried = Counter(name(act) for act in people.acts)
    done = Counter(
        (case, fact, by, rev) for case, lines in facts.items() for fact, by, rev in lines if fact in FACTS.values()
    )
    truth.lost_clicks = [
        f"{act} left nothing in the record" for act in people.acts if act.counted and not done[name(act)]
    ]
    truth.doubled_acts = [f"{n} times for {tried[one]} clicks: {one}" for one, n in done.items() if n > tried[one]]


TITLES = {
    Status.NEW: "New",
    Status.CLAIMED: "In work",
    Status.IN_REVIEW: "Reply waits for approval",
    Status.ANSWERED: "Answered",
    Status.RESOLVED: "Resolved",
}


def _stale(truth: Truth, cases: list[Case], people: People) -> None:
    """Each case has a card, and the card says what the store says."""
    for case in cases:
        card = people.cards.get(case.id)
        if card is None:
            truth.stale_cards.append(f"{case.id} has no card")
        elif (title := TITLES.get(case.status)) and title not in all_text(card):
            truth.stale_cards.append(f"{case.id} is {case.status}, its card says {all_text(card)[:60]!r}")
        elif case.draft and case.draft.state is DraftState.SENDING:
            truth.stale_cards.append(f"{case.id} is being sent for ever")


def read_traffic(stage: Stage) -> list[dict]:
    """Return every call that the pretend Slack and X have recorded."""
    return [json.loads(line) for line in stage.traffic.read_text(encoding="utf-8").splitlines()]
