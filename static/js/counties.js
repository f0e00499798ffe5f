// Shows the counties that have the typed text in their names. Without this script the list is simply whole.
const list = document.querySelector("[data-counties]");
const field = document.querySelector("[data-county-search]");
const input = field?.querySelector("input");
const none = document.querySelector("[data-county-none]");
const plain = (text) => text.normalize("NFKC").toLowerCase().replaceAll("台", "臺").replaceAll(/\s+/g, "");

function narrow() {
  const wanted = plain(input.value);
  for (const item of list.children) item.hidden = !plain(item.dataset.words).includes(wanted);
  none.hidden = [...list.children].some((item) => !item.hidden);
}

if (list) {
  field.hidden = false;
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    list.querySelector("li:not([hidden]) :is(a, button)")?.focus();
  });
  narrow(); // the browser may have kept the text of an earlier visit
}
