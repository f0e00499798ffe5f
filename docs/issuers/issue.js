// Prints a hand-off token: node issue.js KEY.json AUDIENCE < person.json
// jose: npm install jose. It knows EdDSA, ES256 and HS256.

const { randomUUID } = require("node:crypto");
const { readFileSync } = require("node:fs");

const LIFETIME = 120; // seconds; the portal takes no longer one

// person: the claims about the person and the browser's address, as docs/handoff.md names them.
async function handoffToken(person, key, audience) {
  const { SignJWT, importJWK } = await import("jose"); // an ES module, which require() does not load on older Nodes
  const now = Math.floor(Date.now() / 1000); // whole seconds
  return new SignJWT(person)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "handoff+jwt" })
    .setIssuer(key.portal_iss)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFETIME)
    .setJti(randomUUID())
    .sign(await importJWK(key, key.alg));
}

async function main([keyFile, audience]) {
  const key = JSON.parse(readFileSync(keyFile, "utf8"));
  const person = JSON.parse(readFileSync(0, "utf8")); // 0: standard input
  console.log(await handoffToken(person, key, audience));
}

main(process.argv.slice(2));
