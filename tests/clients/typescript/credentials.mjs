// Every way in which the client says who it is.
import { account_id, all, connect, given, refusal, show } from "./client.mjs";

const apiToken = process.env.TOKEN;
const outcomes = {};
for (const [name, options] of Object.entries(given.options)) {
  const { policies } = connect(options).zeroTrust.access;
  outcomes[name] = await refusal(() => policies.list({ account_id }));
}
const { groups } = connect({ apiToken: null, apiEmail: given.email, apiKey: apiToken }).zeroTrust.access;
await groups.create({ account_id, name: "g", include: [{ everyone: {} }] });
const by_key = (await all(groups.list({ account_id }))).map((each) => each.name);

process.env.CLOUDFLARE_EMAIL = given.email;
const stray_email = await refusal(() => connect().zeroTrust.access.policies.list({ account_id }));
show({ outcomes, by_key, stray_email });
