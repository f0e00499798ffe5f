// Says of a name, while one types it, whether it can be had. The server decides in any case when the form is sent; without
// this script, or without a network, the form works all the same.
"use strict";

const PAUSE = 300; // milliseconds without a key before the server is asked
const form = document.querySelector("[data-name-check]");
const input = form.elements.name;
const field = input.closest(".field");
const message = document.getElementById("id_name_error");
const near = form.querySelector("[data-near]");
const status = form.querySelector("[role=status]");
let pause;
let asking = new AbortController();

input.addEventListener("input", () => {
  clearTimeout(pause);
  asking.abort();
  show({ codes: [], sentences: [], alternatives: [] });
  if (input.value.trim()) pause = setTimeout(check, PAUSE);
});

async function check() {
  asking = new AbortController();
  try {
    const query = new URLSearchParams({ name: input.value });
    const answer = await fetch(`${form.dataset.nameCheck}?${query}`, { signal: asking.signal, redirect: "error" });
    const verdict = await answer.json();
    show(verdict);
    status.textContent = [...verdict.sentences, ...verdict.alternatives].join(" ");
  } catch {
    // Asked anew meanwhile, no network, or no session any more: sending the form tells.
  }
}

function show({ codes, sentences, alternatives }) {
  const free = codes[0] === "free";
  const wrong = codes.length > 0 && !free;
  message.replaceChildren(...sentences.map(paragraph));
  message.classList.toggle("good", free);
  field.classList.toggle("error", wrong);
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  near.hidden = !alternatives.length;
  near.querySelector(".actions").replaceChildren(...alternatives.map(button));
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

// As the page itself has it: one click takes the name.
function button(name) {
  const made = document.createElement("button");
  made.className = "button quiet address";
  made.setAttribute("form", "take");
  made.name = "name";
  made.value = name;
  made.textContent = name;
  made.translate = false;
  return made;
}
