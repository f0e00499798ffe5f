// Judges passwords as accounts/strength does on the server: the same bounds, the same order, the same codes.
// The first message holds the settings; every later one is a password, answered by one verdict.
"use strict";

const KINDS = { digit: /[0-9]/, upper: /[A-Z]/, lower: /[a-z]/ };
let settings;

onmessage = ({ data }) => {
  if (settings) postMessage(verdict(data));
  else begin(data);
};

function begin(given) {
  settings = given;
  // zxcvbn looks words up in plain objects, so it would take these two, which every object has, for words of a dictionary.
  delete Object.prototype.constructor;
  delete Object.prototype.__proto__;
  // It asks the clock for the year once, while it loads; the server's year makes dates weigh the same on both sides.
  const { getFullYear } = Date.prototype;
  Date.prototype.getFullYear = () => settings.year;
  importScripts(settings.library);
  Date.prototype.getFullYear = getFullYear;
}

// score: 0 to 4, null where the password is not judged; problems and advice: codes.
function verdict(password) {
  if (!/^[ -~]*$/.test(password)) return { score: null, problems: ["not-ascii"], advice: [] };
  if (password.length > settings.longest) return { score: null, problems: ["too-long"], advice: [] };
  const { rule } = settings;
  const problems = rule.kinds.filter((kind) => !KINDS[kind].test(password)).map((kind) => `missing-${kind}`);
  if (password.length < rule.least_length) problems.unshift("too-short");
  const result = zxcvbn(judgedPart(password), settings.inputs);
  if (result.score < rule.least_score) problems.push("too-weak");
  return { score: result.score, problems, advice: adviceOf(result) };
}

function adviceOf({ feedback, sequence }) {
  const said = [feedback.warning, ...feedback.suggestions].filter(Boolean);
  const codes = said.map((text) => text.replaceAll('"', "").replace(/\.$/, ""));
  const isAboutYou = sequence.some((match) => match.dictionary_name === "user_inputs");
  return codes.length && isAboutYou ? [settings.aboutYou, ...codes] : codes;
}

function judgedPart(password) {
  let part = password.slice(0, settings.longestJudged);
  while (work(part) > settings.mostWork) part = part.slice(0, -1);
  if (part.length < password.length) {
    const length = period(password);
    if (length < part.length) part = part.slice(0, part.length - (part.length % length));
  }
  return part;
}

function work(part) {
  const present = new Set(part);
  const kinds = settings.lookalikes.map((characters) => [...characters].filter((c) => present.has(c)).length);
  return kinds.reduce((product, count) => product * Math.max(1, count), 1) * part.length ** 2;
}

function period(password) {
  let step = 1;
  while (!password.startsWith(password.slice(step))) step += 1;
  return step;
}
