"""Looking at the page that is open: what is wrong with it, in one language, theme and width."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.site import TAGS
from tests.browser.words import untranslated

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ZOOMED = {"width": 640, "height": 450}  # 1280 at 200 %


@dataclass(frozen=True)
class Look:
    """How one visit looks at a page."""

    lang: str
    theme: str
    viewport: dict[str, int]

    def __str__(self) -> str:
        return f"{self.lang} {self.theme} {self.viewport['width']}"


_ALL = [
    Look(lang, theme, viewport)
    for theme, viewport, lang in product(("light", "dark"), (DESKTOP, PHONE), ("zh", "en"))
]
LOOKS = [_ALL[n] for n in (0, 7, 2, 5, 4, 3, 6, 1)]  # each with the one that differs in everything


def look_for(page: str, number: int) -> Look:
    """The look of the visit with this number; pages begin with different ones."""
    return LOOKS[(2 * sum(map(ord, page)) + number) % len(LOOKS)]


def faults_of(page: Page, look: Look) -> list[str]:
    """What is wrong with the page that is open."""
    found = page.evaluate(LOOK_AT_PAGE, RULES)
    faults = [f"axe {each}" for each in found["axe"]]
    if found["headings"] != 1:
        faults.append(f"{found['headings']} headings of the first level")
    redirected = "lang=" not in page.url  # to a page in the walker's own language
    if not redirected and found["lang"] != TAGS[look.lang]:
        faults.append(f"is in {found['lang']}")
    if not redirected and look.lang == "zh":
        faults += [f"says in English: {text}" for text in untranslated(found["texts"])]
    for viewport in (PHONE, ZOOMED):
        page.set_viewport_size(viewport)
        over = page.evaluate(OVERFLOW)
        if over:
            faults.append(f"is wider than {viewport['width']}: {over}")
    return faults


OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return "";
  const scrolls = (e) =>
    e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  const isWide = (e) => e.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = [...document.body.querySelectorAll("*")]
    .filter((e) => isWide(e) && !scrolls(e.parentElement));
  return `${root.scrollWidth} by ${wide.slice(0, 3).map((e) => e.cloneNode().outerHTML).join(" ")}`;
}"""
LOOK_AT_PAGE = """async (rules) => {
  const report = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const tell = (node) => `${node.html.slice(0, 160)} (${node.failureSummary.split("\\n")[1]})`;
  const texts = new Set();
  const nodes = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const place = node.parentElement;
    if (place.closest("script, style, code, kbd, textarea, option, ins, del")) continue;
    if (place.closest("[lang]").lang.startsWith("zh")) texts.add(node.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-confirm"]) {
    for (const place of document.querySelectorAll(`[${name}]`)) {
      if (place.closest("[lang]").lang.startsWith("zh")) texts.add(place.getAttribute(name));
    }
  }
  return {
    axe: report.violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id}: ${tell(n)}`)),
    headings: document.querySelectorAll("h1").length,
    lang: document.documentElement.lang,
    texts: [...texts].map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean),
  };
}"""
