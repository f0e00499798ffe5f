// Helps with a new password: its strength while one types, show and hide, and a word before the form is sent in vain.
// The server decides in any case; without this script, or before the judge has loaded, the form works all the same.
"use strict";

for (const box of document.querySelectorAll("[data-new-password]")) {
  const words = given("password-words");
  const inputs = box.querySelectorAll("input[type=password]");
  const [password, again] = inputs;
  const meter = meterIn(box, words);
  const judge = judgeWith(words.worker, given("password-settings"), (verdict) => meter.show(verdict));
  const hide = showAndHide(box.querySelector("button"), inputs, words);
  const complain = (input, codes) => showProblems(input, codes.map((code) => words.problems[code]));
  const unequal = () => (again.value && again.value !== password.value ? ["unequal"] : []);

  // Not sooner: the judge is a large file, and many who see this page only read it.
  box.addEventListener("focusin", judge.start);
  password.addEventListener("input", () => {
    complain(password, []);
    if (!unequal().length) complain(again, []);
    judge.ask(password.value);
    if (!password.value) meter.clear();
  });
  again.addEventListener("input", () => complain(again, []));

  // The button is never disabled: a disabled one cannot say what it waits for. Nor are there complaints as somebody leaves
  // a field: they would push the button from under the pointer that is just pressing it.
  password.form.addEventListener("submit", (event) => {
    hide(); // lest the browser remember the passwords as ordinary text
    const first = password.value ? judge.problemsOf(password.value) : ["required"];
    const second = again.value ? unequal() : ["required-again"];
    complain(password, first);
    complain(again, first.length ? [] : second);
    if (!first.length && !second.length) return;
    event.preventDefault();
    (first.length ? password : again).focus();
  });

  // Browsers keep whole pages for the back button; whoever sits here next must not find a password in one.
  addEventListener("pagehide", () => {
    hide();
    for (const input of inputs) input.value = "";
    judge.stop();
    meter.clear();
  });
}

function given(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

// The worker judges one password at a time; of those typed meanwhile, only the newest is judged next.
function judgeWith(script, settings, tell) {
  let worker = null;
  let tries = 3;
  let judging = null;
  let next = null;
  let judged = { password: null, problems: [] };

  function start() {
    if (worker || !tries) return;
    worker = new Worker(script);
    worker.onerror = () => { // it did not load, as on a train; after three times the server alone judges
      tries -= 1;
      const asked = next ?? judging;
      stop();
      if (asked) ask(asked);
    };
    worker.onmessage = ({ data }) => {
      judged = { password: judging, problems: data.problems };
      judging = null;
      if (next === null) tell(data);
      else ask(next);
    };
    worker.postMessage(settings);
  }
  function ask(password) {
    start();
    if (judging !== null) { next = password; return; }
    next = null;
    if (!password || !worker) return;
    judging = password;
    worker.postMessage(password);
  }
  function stop() {
    worker?.terminate();
    worker = judging = next = null;
    judged = { password: null, problems: [] };
  }
  // None, too, while a password is still being judged: then the server says it.
  const problemsOf = (password) => (judged.password === password ? judged.problems : []);
  return { start, ask, stop, problemsOf };
}

function meterIn(box, words) {
  const meter = box.querySelector(".meter");
  const status = box.querySelector("[role=status]");
  let pause;

  function render(score, level, lines) {
    if (score === null) delete meter.dataset.score;
    else meter.dataset.score = score;
    meter.querySelector("strong").textContent = level;
    meter.querySelector("span").textContent = lines.join(words.between);
  }
  // Spoken only when somebody stops typing, and only if it is news.
  function announce(text) {
    clearTimeout(pause);
    pause = setTimeout(() => { if (status.textContent !== text) status.textContent = text; }, 1000);
  }
  meter.hidden = false;
  return {
    show(verdict) {
      const level = words.levels[verdict.score] ?? "";
      const lines = linesOf(verdict, words).slice(0, 3); // more would push the next field down while one types
      render(verdict.score, level, lines);
      announce([level && `${words.strength} ${level}`, ...lines].filter(Boolean).join(" – "));
    },
    clear() {
      render(null, "", []);
      announce("");
    },
  };
}

function linesOf({ score, problems, advice }, words) {
  const hints = problems.includes("too-weak") && !advice.length ? [words.anotherWord] : advice;
  const said = hints.map((code) => words.advice[code] ?? "").filter(Boolean);
  if (!problems.length) return [words.enough, ...(score === 3 ? [words.better] : []), ...said];
  return [...problems.filter((code) => code !== "too-weak").map((code) => words.problems[code]), ...said];
}

// Returns what hides the passwords again.
function showAndHide(button, inputs, words) {
  function set(shown) {
    for (const input of inputs) input.type = shown ? "text" : "password";
    const [text, label] = shown ? words.hide : words.show;
    button.textContent = text;
    button.setAttribute("aria-label", label);
  }
  button.hidden = false;
  button.addEventListener("click", () => set(inputs[0].type === "password"));
  return () => set(false);
}

function showProblems(input, sentences) {
  const message = document.getElementById(`${input.id}_error`);
  message.replaceChildren(...sentences.map(paragraph));
  message.hidden = !sentences.length;
  input.closest(".field").classList.toggle("error", sentences.length > 0);
  if (sentences.length) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
