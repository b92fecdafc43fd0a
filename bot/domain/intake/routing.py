"""Where a case belongs: the policy's rules from the top, the first that holds decides, and there always is one."""

from bot.domain.cases.case import Route, Severity
from bot.domain.cases.post import Post
from bot.domain.policy import Policy, RoutingRule
from bot.domain.text.matching import found_word

DEFAULT_RULE = "default"
"""The name of the rule that takes what no other rule took."""


def route(post: Post, severity: Severity, policy: Policy) -> Route:
    """Return team, side, channel, market and topic of a post, and the rule that said so.

    A rule without a topic (a language, an author) leaves the topic to the first rule whose words are in the post.
    """
    market = market_of(post, policy)
    rule = next((rule for rule in policy.routing if _holds(rule, post, severity, market)), None)
    team = policy.teams[rule.team if rule else policy.default_team]
    return Route(
        rule=rule.name if rule else DEFAULT_RULE,
        team=team.name,
        side=team.side,
        channel=team.channel,
        market=market,
        topic=(rule.topic if rule else "") or _topic(post, policy),
        policy=policy.version,
    )


def market_of(post: Post, policy: Policy) -> str:
    """Return the market of the account that the post is about, "" where the policy does not know the account."""
    ours = (post.platform, post.account)
    return next((account.market for account in policy.accounts if (account.platform, account.id) == ours), "")


def _holds(rule: RoutingRule, post: Post, severity: Severity, market: str) -> bool:
    """Return whether every condition that the rule gives holds."""
    conditions = (
        (rule.platforms, post.platform),
        (rule.accounts, post.account),
        (rule.markets, market),
        (rule.languages, post.lang.partition("-")[0].lower()),
        (rule.levels, severity.level),
        (rule.authors, post.author.handle.removeprefix("@").casefold()),
        (rule.kinds, post.kind.value),
    )
    if any(allowed and value not in allowed for allowed, value in conditions):
        return False
    return not rule.words or found_word(post.text, rule.words) is not None


def _topic(post: Post, policy: Policy) -> str:
    by_words = (rule for rule in policy.routing if rule.topic and rule.words)
    return next((rule.topic for rule in by_words if found_word(post.text, rule.words)), "")
