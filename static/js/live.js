// Keeps the part of the page marked data-live up to date, and follows when the page itself has moved on.
const part = () => document.querySelector("[data-live]");
const wait = Number(part()?.dataset.live);
const here = location.pathname;
let failures = 0;

async function look() {
  try {
    const answer = await fetch(here, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (new URL(answer.url).pathname !== here) { location.replace(answer.url); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (!fresh) { location.reload(); return; }
    announce(fresh);
    part().replaceWith(fresh);
    failures = 0;
  } catch {
    failures += 1; // no network just now: ask less often, and go on
  }
  setTimeout(look, Math.min(wait * 2 ** failures, 30000));
}

function announce(fresh) {
  const step = (root) => root.querySelector(".now strong")?.textContent ?? root.querySelector(".notice")?.textContent ?? "";
  if (step(fresh) !== step(part())) document.querySelector("[data-live-status]").textContent = step(fresh);
}

if (wait) setTimeout(look, 300);
