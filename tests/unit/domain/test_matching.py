"""Words looked for all at once are found exactly where they are found one by one."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.approving.demand import Demand
from bot.domain.approving.rules import ApprovalRule, Rulebook
from bot.domain.text.matching import Lexicon, has_word, plain
from tests import builders as a

PIECES = ("law", "lawyer", "é", "e\u0301", "ß", "返金", "เสีย", "a返", "❤️", "#", "'", "’", "_", "5", "$5", "(", "+", "*")
SPACES = ("", "", " ", "  ", "\n", "\u00a0", "-", ".")
glued = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(SPACES)), max_size=5).map(
    lambda parts: "".join(piece + space for piece, space in parts)
)
words = st.lists(st.builds(str.__add__, glued | st.text(max_size=6), st.sampled_from(("", "*", " *"))), max_size=8)
texts = st.lists(glued | st.text(max_size=12), max_size=4).map(" ".join)


@settings(deadline=None)
@given(texts, words)
@example("my lawyers wrote", ["lawyer*", "lawyer", "law*", "lawyers  wrote", "my law*"])
@example("a返金です", ["返金", "a返", "返 金"])
def test_words_looked_for_together_are_the_words_found_one_by_one(text, words):
    folded = plain(text)
    one_by_one = {word for word in words if has_word(folded, (word,))}
    assert Lexicon(words).found_in(folded) == one_by_one


@settings(deadline=None)
@given(texts, st.lists(words, max_size=6), st.lists(words, max_size=6))
def test_the_rule_that_decides_is_the_first_whose_words_are_found_one_by_one(text, theirs, ours):
    rules = tuple(
        ApprovalRule(name=f"{kind}{number}", why="words", demand=Demand.of({"pr": 2}), **{kind: tuple(listed)})
        for kind, lists in (("words", theirs), ("reply_words", ours))
        for number, listed in enumerate(lists)
    )
    last = ApprovalRule(name="last", why="always", demand=Demand.of({"pr": 1}))
    case = a.in_review(a.claimed(a.a_case(a.a_post(text=text))))
    assert case.draft
    draft = replace(case.draft, text=text)
    folded = plain(text)
    fits = (rule.name for rule in rules if _fits_plainly(rule, folded))
    assert Rulebook(rules=(*rules, last)).judge(case.with_draft(draft), draft, a.NOON).rule == next(fits, "last")


def _fits_plainly(rule: ApprovalRule, folded: str) -> bool:
    return all(not listed or has_word(folded, listed) for listed in (rule.words, rule.reply_words))
