// Each method of lists.
import { account_id, all, connect, given, refusal, show } from "./client.mjs";

const { lists } = connect().zeroTrust.gateway;
const values = async (id, query = {}) =>
  (await all(lists.items.list(id, { account_id, ...query }))).map((each) => each.value);

const made = await lists.create({ account_id, ...given.first });
const got = await lists.get(made.id, { account_id });
const put = await lists.update(made.id, { account_id, ...given.second });
const again = await lists.update(made.id, { account_id, ...given.second });
const got_again = await lists.get(made.id, { account_id });
const edited = await lists.edit(made.id, { account_id, append: given.append, remove: given.remove });
const pages = {};
for (const per_page of [1, 2, 1000]) {
  pages[per_page] = await values(made.id, { per_page });
}
for (const name of given.names) {
  await lists.create({ account_id, name, type: "IP" });
}
const found = {};
for (const [name, query] of Object.entries(given.queries)) {
  found[name] = (await all(lists.list({ account_id, ...query }))).map((each) => each.name);
}
const refused = await refusal(() => lists.edit(made.id, { account_id, append: [{ value: "x" }] }));
const deleted = await lists.delete(made.id, { account_id });
const gone = await refusal(() => lists.get(made.id, { account_id }));
show({ made, got, put, again, got_again, edited, pages, found, refused, deleted, gone });
