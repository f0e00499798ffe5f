// A certified OpenID provider that is not ours, with the people of one county: node county-provider.mjs '{"port": …}'
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const { port, callback, people } = JSON.parse(process.argv[2]);
const { privateKey } = await generateKeyPair("ES256", { extractable: true });
const client = {
  client_secret: "a secret with spaces, a : and a % for form-encoding",
  redirect_uris: [callback],
  id_token_signed_response_alg: "ES256",
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...client, client_id: "by basic:1", token_endpoint_auth_method: "client_secret_basic" },
    { ...client, client_id: "by-post", token_endpoint_auth_method: "client_secret_post", subject_type: "pairwise" },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "ES256", use: "sig" }] },
  subjectTypes: ["public", "pairwise"],
  pairwiseIdentifier: (_ctx, account) => createHash("sha256").update(`salt ${account}`).digest("hex"),
  scopes: ["openid", "openid2", "eduinfo", "educloudroles"],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ["for the tests only"] },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id].claims }) },
});

// What a page would send: who signs in, and whether they agree; ?account=… or ?error=…
async function interaction(request, response, query) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  let result;
  if (query.get("error")) result = { error: query.get("error") };
  else if (prompt.name === "login") result = { login: { accountId: query.get("account") } };
  else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result);
}

async function eduinfo(request, response) {
  const token = await provider.AccessToken.find((request.headers.authorization ?? "").replace("Bearer ", ""));
  const info = token?.scope.split(" ").includes("eduinfo") && people[token.accountId]?.eduinfo;
  response.writeHead(info ? 200 : 403, { "Content-Type": "application/json" });
  response.end(JSON.stringify(info || { error: "insufficient_scope" }));
}

const standard = provider.callback();
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  if (pathname === "/cncresource/api/v1/eduinfo") return eduinfo(request, response);
  if (pathname.startsWith("/interaction/")) return interaction(request, response, searchParams);
  return standard(request, response);
}).listen(port, "127.0.0.1");
