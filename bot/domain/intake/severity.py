"""How urgent a post is, with the reasons that people see, and whether it is a complaint (in doubt: yes)."""

from bot.domain.cases.case import Level, Severity
from bot.domain.cases.post import Post
from bot.domain.policy import Policy, SeverityRule
from bot.domain.text.matching import Lexicon, plain

REPEATS = 3
"""Earlier cases of the same author from which on the matter is of high urgency."""

DOUBTS = (
    *("not", "no", "never", "nothing", "don't", "doesn't", "didn't", "isn't", "can't", "couldn't", "won't", "wasn't"),
    *("but", "still", "again", "wait*", "late", "broken", "wrong", "worst", "bad", "fail*", "miss*", "refund*", "why"),
    *("nicht", "kein*", "nie", "nichts", "aber", "noch", "wieder", "wart*", "kaputt", "falsch", "schlecht*", "warum"),
    *("pas", "jamais", "rien", "mais", "encore", "toujours", "attend*", "casse*", "mauvais*", "pourquoi"),
    *("nunca", "nada", "pero", "todavía", "aún", "otra vez", "esper*", "roto", "rota", "mal", "malo", "mala"),
    *("/s", "🙄", "😡", "🤬", "😠", "👎", "🤡", "😤", "💩", "🙃", "😒", "sarcas*", "lol"),
)
"""Words after which praise is no longer clear: a wrong guess here only asks for a second person."""
_DOUBTS = Lexicon(DOUBTS)


def assess(post: Post, policy: Policy, earlier_cases: int = 0, words: frozenset[str] | None = None) -> Severity:
    """Return the highest level that a rule asks for, the reasons of all that hold, and whether praise is in doubt.

    `words` are `policy.words_in` the post, where they were looked for already.
    """
    said = policy.words_in(post.text) if words is None else words
    held = [rule for rule in policy.severity if _holds(rule, post, said)]
    levels = [Level.NORMAL, *(rule.level for rule in held)]
    reasons = [rule.reason for rule in sorted(held, key=lambda rule: -rule.level.urgency)]
    if earlier_cases:
        reasons.append("1 earlier case" if earlier_cases == 1 else f"{earlier_cases} earlier cases")
        levels.append(Level.HIGH if earlier_cases >= REPEATS else Level.NORMAL)
    level = max(levels, key=lambda level: level.urgency)
    praise = not any(rule.words for rule in held) and _is_praise(post, policy, said)
    if praise and level is Level.NORMAL:
        level, reasons = Level.LOW, [*reasons, "sounds like praise"]
    return Severity(level=level, reasons=tuple(dict.fromkeys(reasons)), negative=not praise)


def _holds(rule: SeverityRule, post: Post, said: frozenset[str]) -> bool:
    """Return whether all that the rule asks for is there: its words, its reach."""
    enough = rule.followers is None or post.author.followers >= rule.followers
    return enough and (not rule.words or not said.isdisjoint(rule.words))


def _is_praise(post: Post, policy: Policy, said: frozenset[str]) -> bool:
    """Return whether the words are clearly positive. A picture can say the opposite, so it leaves doubt."""
    if post.media or said.isdisjoint(policy.positive_words):
        return False
    folded = plain(post.text)
    return "?" not in folded and not _DOUBTS.found_in(folded)
