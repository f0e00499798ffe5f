// Counts the link's time down, and puts the way to a new one in its place. Without this the page says the time of expiry.
"use strict";

const SPOKEN = new Map([
  [60, "連結還有一分鐘。 One minute left."],
  [30, "連結還有三十秒。 Thirty seconds left."],
  [0, "連結已過期，請重新點選選單。 The link has expired; click the menu item again."],
]);

const panel = document.getElementById("link");
const fresh = document.getElementById("fresh");
const stale = document.getElementById("stale");
const left = document.getElementById("left");
const bar = left.querySelector("progress");
const clock = left.querySelector("b");
// From this browser's own clock, which may be hours away from the server's.
const end = Date.now() + Number(panel.dataset.goodFor) * 1000;
let last = Number(panel.dataset.goodFor);

function tick() {
  const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  bar.value = seconds;
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  panel.classList.toggle("soon", seconds <= 30);
  for (const [moment, words] of SPOKEN) {
    if (last > moment && seconds <= moment) document.getElementById("said").textContent = words;
  }
  last = seconds;
  if (seconds > 0) setTimeout(tick, 250);
  else expire();
}

function expire() {
  const focused = fresh.contains(document.activeElement);
  fresh.hidden = true;
  stale.hidden = false;
  if (focused) stale.querySelector("a").focus();
}

// A page that comes back from the browser's memory holds a link that was used.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

left.hidden = false;
tick();
