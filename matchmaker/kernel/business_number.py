"""Taiwan's eight-digit business number (統一編號) and its check digit."""

import unicodedata

WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def normalise(text: str) -> str:
    """The digits as they are stored: full-width digits folded, spaces and hyphens dropped."""
    bare = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
    return unicodedata.normalize("NFKC", bare)  # what stood apart may join


def is_valid(number: str) -> bool:
    """Whether eight digits pass the check of 2023 (sum divisible by 5).

    Each digit is multiplied by its weight and the digits of the products are added; where the
    seventh digit is 7 its product 28 may count as 1 or 0 (10 → 1 + 0 taken either way). Numbers
    issued under the older rule (sum divisible by 10) pass as well.

    Source: Ministry of Finance, rule of business number checking as revised in April 2023.
    """
    if len(number) != 8 or not (number.isascii() and number.isdigit()):
        return False
    total = sum(sum(divmod(int(d) * w, 10)) for d, w in zip(number, WEIGHTS, strict=True))
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)
