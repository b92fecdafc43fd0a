"""Which posts on our own account are a case's replies, and which stand beside them."""

from bot.domain.cases.case import Case
from bot.domain.replies.draft import Draft
from bot.domain.replies.reply import OwnPost, same_words


def same_reply(case: Case, draft: Draft, post: OwnPost) -> bool:
    """Say whether a post on our timeline is this draft, published: the same words under the same post."""
    known = {other.sent_id for other in case.drafts if other.rev != draft.rev}
    return under_its_post(case, draft, post) and same_words(post.text, draft.text) and post.id not in known


def strange_reply(case: Case, draft: Draft, post: OwnPost) -> bool:
    """Say whether a post of ours stands under the same post and the desk knows nothing of it: perhaps ours, changed."""
    return under_its_post(case, draft, post) and post.id not in {other.sent_id for other in case.drafts}


def under_its_post(case: Case, draft: Draft, post: OwnPost) -> bool:
    target = case.post(draft.target)
    return post.in_reply_to in (target.ids if target else (draft.target,))
