"""Posts in lots: whatever ties two of them, they are in one, and in their order."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cases.post import Author, Post, PostKind
from bot.jobs.lots import lots_of


def said(number: int, author: str, words: str, conversation: int) -> Post:
    return Post(
        platform="x",
        account="1",
        id=str(number),
        author=Author(id=author, handle=author),
        text=words,
        created_at=number,
        kind=PostKind.MENTION,
        conversation_id=str(conversation),
    )


def test_posts_that_share_author_words_or_conversation_are_one_lot_in_their_order():
    posts = [
        said(1, "mia", "one", 1),
        said(2, "theo", "two", 2),
        said(3, "sue", "Three!", 3),
        said(4, "mia", "four", 4),
        said(5, "ann", "three", 2),
        said(6, "sue", "six", 4),
        said(7, "ben", "seven", 7),
    ]
    found = [[post.id for post in lot] for lot in lots_of(posts)]
    assert found == [["1", "2", "3", "4", "5", "6"], ["7"]], "the sixth ties the lot of Mia to that of Theo and Sue"
    assert [[post.id for post in lot] for lot in lots_of(posts[:5])] == [["1", "4"], ["2", "3", "5"]]


def test_posts_without_words_are_not_said_to_say_the_same():
    assert len(lots_of([said(1, "mia", "🔥", 1), said(2, "theo", "", 2)])) == 2


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), max_size=30))
def test_no_two_lots_have_anything_in_common_and_every_post_is_in_one(drawn):
    posts = [said(n, f"a{author}", f"w{word}", conversation) for n, (author, word, conversation) in enumerate(drawn)]
    lots = lots_of(posts)
    assert sorted(int(post.id) for lot in lots for post in lot) == list(range(len(posts)))
    for tie in (lambda post: post.author.id, lambda post: post.text, lambda post: post.conversation_id):
        ties = [tie_of for lot in lots for tie_of in {tie(post) for post in lot}]
        assert len(ties) == len(set(ties))
    for lot in lots:
        assert [int(post.id) for post in lot] == sorted(int(post.id) for post in lot)
