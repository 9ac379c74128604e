"""The check digit of Taiwan's business number, worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.business_number import is_valid, normalise

digits = st.text("0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("number", "sum_by_hand"),
    [
        # 0·1 4·2=8 5·1=5 9·2=18→9 5·1=5 2·2=4 5·4=20→2 7·1=7
        ("04595257", 0 + 8 + 5 + 9 + 5 + 4 + 2 + 7),
        # 2 2·2=4 0 9·2=18→9 9 1·2=2 3·4=12→3 1·1
        ("22099131", 2 + 4 + 0 + 9 + 9 + 2 + 3 + 1),
        # 1 0 0 0 0 0 0 4: divisible by 5 and not by 10, as issued since 2023
        ("10000004", 1 + 4),
    ],
)
def test_a_sum_divisible_by_five_passes(number, sum_by_hand):
    assert (sum_by_hand % 5, is_valid(number)) == (0, True)


def test_a_seven_in_seventh_place_counts_ten_or_one():
    # 7·4 = 28 → 2 + 8 = 10, which counts as 1 or as 0
    # 1 0 0 0 0 0 7 x: 1 + 10 + x, or one more
    assert [is_valid(f"1000007{x}") for x in range(10)] == [
        (1 + 10 + x) % 5 == 0 or (1 + 10 + x + 1) % 5 == 0 for x in range(10)
    ]
    assert [x for x in range(10) if is_valid(f"1000007{x}")] == [3, 4, 8, 9]


@pytest.mark.parametrize(
    "number", ["", "1234567", "123456789", "1234567a", "０４５９５２５７", "²²²²²²²²"]
)
def test_what_is_not_eight_plain_digits_fails(number):
    assert is_valid(number) is False


@given(st.text("012345689", min_size=7, max_size=7))
def test_of_ten_last_digits_exactly_two_fit(head):
    assert sum(is_valid(f"{head}{last}") for last in range(10)) == 2


@given(digits)
def test_a_slow_obvious_check_agrees(number):
    def crosssum(value):
        return sum(int(digit) for digit in str(value))

    products = [int(d) * w for d, w in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)]
    options = [[crosssum(product)] for product in products]
    if number[6] == "7":
        options[6] = [0, 1]  # 2 + 8 = 10, whose digits count one by one
    totals = {sum(option[0] for option in options[:6] + options[7:]) + last for last in options[6]}
    assert is_valid(number) == any(total % 5 == 0 for total in totals)


@given(st.text())
def test_reading_a_number_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


def test_full_width_digits_blanks_and_hyphens_are_understood():
    assert normalise(" ０４５９－５２５７ ") == "04595257"
