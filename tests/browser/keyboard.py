"""A visitor who has no mouse, and who must see at every step where the focus is."""

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 60
# Of what has the focus: whether it, or the card that it sits in, has an outline; and its place in the document.
FOCUS = """() => {
  const here = document.activeElement;
  const shown = [here, here.closest("label")].some((e) => e && getComputedStyle(e).outlineStyle !== "none");
  const place = [...document.querySelectorAll("*")].indexOf(here);
  return { tag: here.tagName, shown, place, html: here.outerHTML.slice(0, 120) };
}"""
# Radio buttons of one name are one stop.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.tabIndex >= 0 && !e.disabled && e.type !== "hidden")
  .filter((e, at, all) => e.type !== "radio" || all.findIndex((o) => o.name === e.name) === at).length"""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self._page = page

    def tab_to(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self._tab()
        raise AssertionError(f"no number of tabs leads to {target}")

    def press(self, target: Locator, key: str) -> None:
        self.tab_to(target)
        self._page.keyboard.press(key)

    def skip_to_main(self) -> None:
        """The first stop of a page is the link to its content; it shows itself, and it leads there."""
        self._tab()
        skip = self._page.locator("a.skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        self._page.keyboard.press("Enter")
        expect(self._page.locator("main")).to_be_focused()

    def go_round(self) -> None:
        """From the top by every stop to the end, in the order of the document."""
        places = []
        for _ in range(self._page.evaluate(STOPS)):
            places.append(self._tab())
        assert places == sorted(places) and len(set(places)) == len(places), f"{self._page.url}: {places}"
        self._page.keyboard.press("Tab")
        assert self._page.evaluate(FOCUS)["place"] not in places[1:], f"{self._page.url} has stops that were not counted"

    def _tab(self) -> int:
        self._page.keyboard.press("Tab")
        focus = self._page.evaluate(FOCUS)
        assert focus["shown"] or focus["tag"] == "BODY", f"{self._page.url}: nobody sees the focus on {focus['html']}"
        return int(focus["place"])
