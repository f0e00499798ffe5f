// Asks for every box of the mailbox page at once, and for one again. Without this script each box is a heading with a link
// to a page of its own.
"use strict";

const LIMIT = 15000; // milliseconds; the server itself gives up the mail server earlier, and says why
const status = document.querySelector("[data-boxes-status]");
const boxes = [...document.querySelectorAll(".box")];

async function ask(box) {
  const inside = box.querySelector("[data-inside]");
  inside.querySelector(".asked")?.remove();
  inside.append(copyOf("asking"));
  inside.setAttribute("aria-busy", "true");
  const [fine, ...fresh] = await answerFor(box.querySelector("[data-ask]").href);
  inside.replaceChildren(...fresh);
  inside.removeAttribute("aria-busy");
  return fine;
}

async function answerFor(address) {
  try {
    const answer = await fetch(address, {
      headers: { "X-Box": "alone" }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(LIMIT),
    });
    if (answer.type === "opaqueredirect") { location.reload(); return [true]; } // signed out, or the mailbox is gone
    if (!answer.ok) return [false, unanswered(`http-${answer.status}`)];
    const parts = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    return [!parts.querySelector(".notice.warn [data-code]"), ...parts.childNodes];
  } catch (error) {
    return [false, unanswered(error.name === "TimeoutError" ? "timed-out" : "not-reached")];
  }
}

function unanswered(code) {
  const made = copyOf("unanswered");
  made.querySelector("[data-code]").textContent = code;
  return made;
}

function copyOf(name) {
  return document.querySelector(`template[data-${name}]`).content.cloneNode(true);
}

async function askAll(which) {
  status.textContent = "";
  const fine = await Promise.all(which.map(ask));
  status.textContent = fine.every(Boolean) ? status.dataset.done : status.dataset.failed;
}

for (const box of boxes) {
  const link = box.querySelector("[data-ask]");
  link.querySelector("[data-ask-label]").textContent = status.dataset.again;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    askAll([box]);
  });
}
askAll(boxes.filter((box) => box.matches("[data-box]")));
