// What programs written for HubSpot do first, by HubSpot's own client. Prints what came back as one line of JSON.
//   WINNOW_TOKEN=… node hubspot-client.mjs http://127.0.0.1:PORT
import { Client } from "@hubspot/api-client";

const [basePath] = process.argv.slice(2);
const token = process.env.WINNOW_TOKEN;
const client = new Client({ accessToken: token, basePath });
const refused = async call => { try { await call(); return null; } catch (e) { return { code: e.code, category: e.body?.category, message: e.body?.message, correlationId: e.body?.correlationId }; } };

const details = await (await client.apiRequest({ method: "GET", path: "/account-info/v3/details" })).json();
const info = await (await new Client({ basePath }).apiRequest({ method: "POST", path: "/oauth/v2/private-apps/get/access-token-info", body: { tokenKey: token } })).json();
const first = await client.crm.owners.ownersApi.getPage(undefined, undefined, 1);
const second = await client.crm.owners.ownersApi.getPage(undefined, first.paging.next.after, 1);
const one = await client.crm.owners.ownersApi.getById(Number(first.results[0].id));

console.log(JSON.stringify({
  details, info, owners: [...first.results, ...second.results], more: second.paging?.next?.after ?? null, one,
  noOwner: await refused(() => client.crm.owners.ownersApi.getById(999999)),
  noToken: await refused(() => new Client({ accessToken: token + "x", basePath }).crm.owners.ownersApi.getPage()),
}));
