"""Card numbers go, other numbers stay."""

import pytest

from bot.domain.text.card_numbers import mask_card_numbers

GONE = "[card number removed, ends 1111]"


@pytest.mark.parametrize(
    "written",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111\u00a01111\u20131111 1111",
        "41111111\n11111111",
        "4111 1111\n1111 1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "٤١١١ ١١١١ ١١١١ ١١١١",
        "४१११ ११११ ११११ ११११",
        "".join(chr(0xFF10 + int(digit)) for digit in "4111111111111111"),
    ],
)
def test_a_card_number_is_found_however_it_is_written(written):
    assert mask_card_numbers(f"it is {written}, ok") == f"it is {GONE}, ok"


@pytest.mark.parametrize(
    "number",
    [
        ("5500 0000 0000 0004", "0004"),
        ("2223 0031 2200 3222", "3222"),
        ("3782 822463 10005", "0005"),
        ("6011 1111 1111 1117", "1117"),
        ("3056 930902 5904", "5904"),
        ("3530 1113 3330 0000", "0000"),
        ("6200 0000 0000 0005", "0005"),
    ],
)
def test_cards_of_every_large_issuer_are_known(number):
    written, last = number
    assert mask_card_numbers(written) == f"[card number removed, ends {last}]"


def test_expiry_and_code_behind_the_number_do_not_hide_it():
    assert mask_card_numbers("4111 1111 1111 1111 12/28 123") == f"{GONE} 12/28 123"


def test_two_numbers_in_one_text_both_go():
    assert mask_card_numbers("4111111111111111 or 4111 1111 1111 1111") == f"{GONE} or {GONE}"


@pytest.mark.parametrize(
    "text",
    [
        "order 1234567890123456",
        "post 1900000000000000000",
        "post 2044444444444444444",
        "https://x.com/someone/status/4111111111111111",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "GB82 WEST 1234 5698 7654 32",
        "BE68 5390 0754 7034",
        "+49 170 1234 567 890 12",
        "304-1234567-1234567",
        "2026-11-05 12:30, 2026-11-06 14:00",
        "4111 1111 1111 1112",
        "41111111111111113",
        "DE89 4111 1111 1111 1111 11",
        "0000 0000 0000 0000",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "41111111111111110000000",
    ],
)
def test_numbers_that_are_no_cards_stay(text):
    assert mask_card_numbers(text) == text


def test_a_card_number_behind_a_bank_account_is_still_found():
    assert mask_card_numbers("DE89 3704 0044 0532 0130 00 4111 1111 1111 1111") == f"DE89 3704 0044 0532 0130 00 {GONE}"


def test_a_masked_text_is_not_masked_again():
    once = mask_card_numbers("4111 1111 1111 1111")
    assert mask_card_numbers(once) == once
