// Presses the hand-off page's button. A page that is only rendered ahead (speculation rules) waits until it is really shown.
const form = document.getElementById("handoff");
const send = () => form.requestSubmit();
if (document.prerendering) document.addEventListener("prerenderingchange", send, { once: true });
else send();
