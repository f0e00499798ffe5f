// What allauth's script meets goes to the console only; whoever waits for their passkey has to read it.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key-failed").hidden = false;
});
