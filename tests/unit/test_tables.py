"""The tables of the flows, put together: every row once, every command with a line of usage."""

import pytest

from handlers.tables import Asked, Command, Flow, Tables, read_asked


async def _answer(asked: Asked) -> str:
    return f"{asked.user} asked {asked.words!r}"


class _Lamps(Flow):
    def commands(self):
        return {"lamp": Command(_answer, "lamp NAME (switch <it> & go)")}


class _More(_Lamps):
    pass


class _Clicking(Flow):
    def clicks(self):
        return {"open": _answer}


class _Controlling(Flow):
    def controls(self):
        return {"open": _answer}


BODY = {"user_id": "UANA", "channel_id": "C0CARE", "trigger_id": "1.2", "text": " Lamp  green   one "}


async def test_a_command_gets_who_asked_where_and_the_words_after_it():
    word, asked = read_asked(BODY)
    assert (word, asked.words, asked.user, asked.seen_in, asked.trigger_id) == (
        "Lamp",
        "green   one",
        "UANA",
        "C0CARE",
        "1.2",
    )
    assert await Tables.of(_Lamps()).answer(word, asked) == "UANA asked 'green   one'"


def test_one_command_has_one_name_however_often_it_comes():
    assert read_asked(BODY)[1].op == read_asked(dict(BODY))[1].op
    others = [{**BODY, "trigger_id": "1.3"}, {**BODY, "user_id": "UBEN"}, {**BODY, "text": "lamp red"}]
    assert len({read_asked(body)[1].op for body in [BODY, *others]}) == 4


async def test_what_is_in_no_row_is_answered_with_all_that_is():
    asked = read_asked({**BODY, "text": "moon"})[1]
    lines = ["Try one of these:", "• `/desk help` (this list)", "• `/desk lamp NAME` (switch &lt;it&gt; &amp; go)"]
    assert (await Tables.of(_Lamps()).answer("moon", asked)).splitlines() == lines


@pytest.mark.parametrize("flows", [(_Lamps(), _More()), (_Clicking(), _Controlling())])
def test_two_flows_cannot_claim_one_name(flows):
    with pytest.raises(ValueError, match="two flows claim"):
        Tables.of(*flows)


def test_a_flow_without_rows_is_no_trouble():
    assert Tables.of(Flow()) == Tables({}, {}, {}, {}, {})
