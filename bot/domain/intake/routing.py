"""Where a case belongs: the policy's rules from the top, the first that holds decides, and there always is one."""

from bot.domain.cases.case import Route, Severity
from bot.domain.cases.post import Post
from bot.domain.policy import Policy, RoutingRule

DEFAULT_RULE = "default"
"""The name of the rule that takes what no other rule took."""


def route(post: Post, severity: Severity, policy: Policy, words: frozenset[str] | None = None) -> Route:
    """Return team, side, channel, market and topic of a post, and the rule that said so.

    A rule without a topic (a language, an author) leaves the topic to the first rule whose words are in the post.
    `words` are `policy.words_in` the post, where they were looked for already.
    """
    said = policy.words_in(post.text) if words is None else words
    market = market_of(post, policy)
    facts = _facts(post, severity, market)
    rule = next((rule for rule in policy.routing if _holds(rule, facts, said)), None)
    team = policy.teams[rule.team if rule else policy.default_team]
    return Route(
        rule=rule.name if rule else DEFAULT_RULE,
        team=team.name,
        side=team.side,
        channel=team.channel,
        market=market,
        topic=(rule.topic if rule else "") or _topic(said, policy),
        policy=policy.version,
    )


def market_of(post: Post, policy: Policy) -> str:
    """Return the market of the account that the post is about, "" where the policy does not know the account."""
    ours = (post.platform, post.account)
    return next((account.market for account in policy.accounts if (account.platform, account.id) == ours), "")


def _facts(post: Post, severity: Severity, market: str) -> tuple[str, ...]:
    """Return what is known of a post, in the order of `_conditions`."""
    return (
        post.platform,
        post.account,
        market,
        post.lang.partition("-")[0].lower(),
        severity.level,
        post.author.handle.removeprefix("@").casefold(),
        post.kind.value,
    )


def _conditions(rule: RoutingRule) -> tuple[frozenset[str], ...]:
    return rule.platforms, rule.accounts, rule.markets, rule.languages, rule.levels, rule.authors, rule.kinds


def _holds(rule: RoutingRule, facts: tuple[str, ...], said: frozenset[str]) -> bool:
    """Return whether every condition that the rule gives holds."""
    if rule.words and said.isdisjoint(rule.words):
        return False
    return all(not allowed or fact in allowed for allowed, fact in zip(_conditions(rule), facts, strict=True))


def _topic(said: frozenset[str], policy: Policy) -> str:
    by_words = (rule for rule in policy.routing if rule.topic and rule.words)
    return next((rule.topic for rule in by_words if not said.isdisjoint(rule.words)), "")
