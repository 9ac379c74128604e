"""Colours come from tokens, their contrasts are what the design promises, and nothing is inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEETS = sorted((ROOT / "static/css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "static/css/components").glob("*.css"))
TOKENS = (ROOT / "static/css/tokens.css").read_text("utf-8")

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|color-mix)\(")
DECLARED = re.compile(r"(--[a-z0-9-]+):\s*([^;]+);")
USED = re.compile(r"var\((--[a-z0-9-]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

SCALES = ("--series-", "--space-", "--text-")
TEXT, GRAPHIC = 4.5, 3.0
PLAIN = ("page", "surface", "sunken")
PAIRS = [
    *[("ink", ground, TEXT) for ground in PLAIN],
    *[("ink-soft", ground, TEXT) for ground in PLAIN],
    *[(word, ground, TEXT) for word in ("demand", "supply") for ground in PLAIN],
    *[(word, f"{word}-tint", TEXT) for word in ("demand", "supply", "proof", "caution")],
    *[(word, f"{word}-tint", TEXT) for word in ("refused", "note")],
    *[("ink", f"{word}-tint", TEXT) for word in ("caution", "refused", "note", "proof")],
    *[(word, ground, TEXT) for word in ("proof", "refused", "caution") for ground in PLAIN],
    ("on-demand", "demand", TEXT),
    ("on-demand", "demand-deep", TEXT),
    ("demand-deep", "page", TEXT),
    ("on-supply", "supply", TEXT),
    ("on-supply", "supply-deep", TEXT),
    ("on-refused", "refused", TEXT),
    *[("control", ground, GRAPHIC) for ground in PLAIN],
    *[("focus", ground, GRAPHIC) for ground in PLAIN],
    *[("ink", f"heat-{step}", TEXT) for step in range(1, 5)],
    *[(f"part-{step}", ground, GRAPHIC) for step in range(1, 6) for ground in ("surface",)],
    *[(f"series-{step}", ground, GRAPHIC) for step in range(1, 7) for ground in PLAIN],
]
PROMISED = {
    "light": {("ink", "sunken"): 13.0, ("ink-soft", "sunken"): 5.8, ("control", "sunken"): 3.1},
    "dark": {("ink", "surface"): 13.6, ("ink-soft", "surface"): 7.7, ("control", "surface"): 4.5},
}


def blocks_of(selector: str) -> list[dict[str, str]]:
    """The declarations of each rule with this selector in the tokens."""
    bodies = re.findall(re.escape(selector) + r"\s*\{(.*?)\}", TOKENS, re.DOTALL)
    return [dict(DECLARED.findall(body)) for body in bodies]


def theme(name: str) -> dict[str, str]:
    """Every token as one theme has it."""
    light = blocks_of(":root")[0]
    return light if name == "light" else light | blocks_of(':root[data-theme="dark"]')[0]


def luminance(colour: str) -> float:
    """Relative luminance of a hex colour. Source: WCAG 2.2, definition of relative luminance."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours. Source: WCAG 2.2, definition of contrast ratio."""
    bright, dim = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_has_the_largest_contrast_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_pair_of_colours_that_meets_on_a_page_is_readable(name):
    colours = theme(name)

    too_faint = {
        (front, back): round(contrast(colours[f"--{front}"], colours[f"--{back}"]), 2)
        for front, back, least in PAIRS
        if contrast(colours[f"--{front}"], colours[f"--{back}"]) < least
    }

    assert too_faint == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_lowest_contrasts_are_those_the_design_promises(name):
    colours = theme(name)

    measured = {
        pair: contrast(colours[f"--{pair[0]}"], colours[f"--{pair[1]}"]) for pair in PROMISED[name]
    }

    assert measured == pytest.approx(PROMISED[name], abs=0.06)


def test_the_dark_theme_is_the_same_by_system_and_by_choice():
    by_system = blocks_of(':root:not([data-theme="light"])')
    by_choice = blocks_of(':root[data-theme="dark"]')

    assert by_system == by_choice
    assert set(by_choice[0]) <= set(blocks_of(":root")[0])


def test_only_the_tokens_name_colours():
    naming = {
        sheet.name: COLOUR.findall(COMMENT.sub("", sheet.read_text("utf-8")))
        for sheet in SHEETS
        if sheet.name != "tokens.css"
    }

    assert {name: found for name, found in naming.items() if found} == {}


def test_every_token_that_is_used_exists_and_every_one_that_exists_is_used():
    used = {name for sheet in SHEETS for name in USED.findall(sheet.read_text("utf-8"))}
    declared = {name for name, _value in DECLARED.findall(TOKENS)}

    assert used - declared == set()
    assert {name for name in declared - used if not name.startswith(SCALES)} == set()


@pytest.mark.parametrize("sheet", COMPONENTS, ids=lambda sheet: sheet.stem)
def test_a_component_lies_in_its_layer_and_shouts_at_nobody(sheet):
    text = COMMENT.sub("", sheet.read_text("utf-8")).strip()

    assert text.startswith("@layer components {")
    assert "!important" not in text
    assert text.count("{") == text.count("}")


def test_no_template_holds_inline_style_or_script():
    inline = re.compile(
        r"\sstyle=|<style[\s>]|<script(?![^>]*\ssrc=)[^>]*>|javascript:"
        r"|\son(?:click|load|submit|change|input|error|focus|blur|toggle|key\w+|pointer\w+)=",
        re.IGNORECASE,
    )

    found = {
        str(page.relative_to(ROOT)): inline.findall(page.read_text("utf-8"))
        for page in TEMPLATES
        if "/mail/" not in str(page)
    }

    assert {page: hits for page, hits in found.items() if hits} == {}


def test_every_icon_that_templates_name_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static/icons.svg").read_text()))
    named = re.compile(r"(?:\bicon\(|\bpicture\(|\bicon=|error_icon = )[\"']([a-z0-9-]+)[\"']")

    used = {
        (str(page.relative_to(ROOT)), name)
        for page in TEMPLATES
        for name in named.findall(page.read_text("utf-8"))
    }

    assert {(page, name) for page, name in used if name not in there} == set()
