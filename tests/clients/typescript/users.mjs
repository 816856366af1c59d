// Each method of users, and of what is asked about one.
import { account_id, all, connect, given, refusal, show } from "./client.mjs";

const client = connect();
const { users } = client.zeroTrust.access;
const made = await users.create({ account_id, ...given.first });
const got = await users.get(made.id, { account_id });
const put = await users.update(made.id, { account_id, ...given.second });
const again = await users.update(made.id, { account_id, ...given.second });
const taken = await refusal(() => users.create({ account_id, ...given.second }));
const unseen = await refusal(() => users.lastSeenIdentity.get(made.id, { account_id }));
const path = `/accounts/${account_id}/access/users/${made.id}/last_seen_identity`;
await client.put(path, { body: given.identity });
const seen = await users.lastSeenIdentity.get(made.id, { account_id });
const sessions = await all(users.activeSessions.list(made.id, { account_id }));
const session = await refusal(() => users.activeSessions.get("n", { account_id, user_id: made.id }));
const failed_logins = await all(users.failedLogins.list(made.id, { account_id }));
for (const email of given.emails) {
  await users.create({ account_id, email });
}
const pages = {};
for (const per_page of [1, 2, 1000]) {
  pages[per_page] = (await all(users.list({ account_id, per_page }))).map((each) => each.email);
}
const found = {};
for (const [name, query] of Object.entries(given.queries)) {
  found[name] = (await all(users.list({ account_id, ...query }))).map((each) => each.email);
}
const deleted = await users.delete(made.id, { account_id });
const gone = await refusal(() => users.get(made.id, { account_id }));
show({ made, got, put, again, taken, unseen, seen, sessions, session, failed_logins, pages, found, deleted, gone });
