// Helps with a new password: its strength while one types, show and hide, and a word before the form is sent in vain.
// The server decides in any case; without this script, or before it has loaded, the form works all the same.
"use strict";

for (const box of document.querySelectorAll("[data-new-password]")) {
  const words = JSON.parse(document.getElementById(box.dataset.newPassword).textContent);
  const [password, again] = box.querySelectorAll("input");
  const form = password.form;
  const meter = meterIn(box, words);
  const judge = judgeWith(words, (verdict) => { if (password.value) meter.show(verdict); });
  const unequal = () => (again.value && again.value !== password.value ? ["unequal"] : []);
  const complain = (input, problems) => showProblems(input, problems.map((problem) => words.problems[problem]));

  toggleIn(box, [password, again], words);
  // Not before: the judge is a large file, and most pages that hold this form are only read.
  box.addEventListener("focusin", judge.start, { once: true });
  password.addEventListener("input", () => {
    complain(password, []);
    if (!unequal().length) complain(again, []);
    if (password.value) judge.ask(password.value);
    else meter.clear();
  });
  again.addEventListener("input", () => complain(again, []));
  again.addEventListener("change", () => complain(again, unequal()));

  form.addEventListener("submit", (event) => {
    hide([password, again]); // so that no browser keeps them as ordinary text
    if (event.submitter?.formNoValidate) return;
    const first = password.value ? judge.problemsOf(password.value) : ["required"];
    const second = again.value ? unequal() : ["required-again"];
    complain(password, first);
    complain(again, first.length ? [] : second);
    const wrong = first.length ? password : second.length ? again : null;
    if (!wrong) return;
    event.preventDefault();
    wrong.focus();
  });

  // Browsers keep whole pages for the back button; the next person at this computer must not find passwords in one.
  addEventListener("pagehide", () => {
    hide([password, again]);
    password.value = again.value = "";
    judge.stop();
    meter.clear();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) box.addEventListener("focusin", judge.start, { once: true });
  });
}

// The worker judges one password at a time; of those typed meanwhile only the newest is judged next.
function judgeWith(words, tell) {
  let worker = null;
  let busy = false;
  let next = null;
  let judged = { password: null, problems: [] };

  const send = (value) => {
    busy = true;
    judged = { password: value, problems: [] };
    worker.postMessage(value);
  };
  const stop = () => {
    worker?.terminate();
    worker = null;
    busy = false;
    next = null;
    judged = { password: null, problems: [] };
  };
  return {
    start() {
      worker = new Worker(words.worker);
      worker.onerror = stop; // it did not load: the server alone judges
      worker.onmessage = ({ data }) => {
        busy = false;
        judged.problems = data.problems;
        tell(data);
        const value = next;
        next = null;
        if (value !== null) send(value);
      };
      worker.postMessage(words.settings);
    },
    ask(value) {
      if (!worker) return;
      if (busy) next = value;
      else send(value);
    },
    // Empty, too, while the judgement is still to come: then the server says it.
    problemsOf: (value) => (judged.password === value ? judged.problems : []),
    stop,
  };
}
