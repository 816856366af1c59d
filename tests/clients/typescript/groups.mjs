// Each method of rule groups.
import { account_id, all, connect, given, refusal, show } from "./client.mjs";

const { groups } = connect().zeroTrust.access;
const made = await groups.create({ account_id, ...given.first });
const got = await groups.get(made.id, { account_id });
const put = await groups.update(made.id, { account_id, ...given.second });
const again = await groups.update(made.id, { account_id, ...given.second });
const got_again = await groups.get(made.id, { account_id });
const include = [{ group: { id: made.id } }];
for (const name of given.names) {
  await groups.create({ account_id, name, include });
}
const pages = {};
for (const per_page of [1, 2, 1000]) {
  pages[per_page] = (await all(groups.list({ account_id, per_page }))).map((each) => each.name);
}
const found = [];
for (const query of [{ name: given.names[0] }, { search: given.names[0].toUpperCase() }]) {
  found.push((await all(groups.list({ account_id, ...query }))).map((each) => each.name));
}
const in_use = await refusal(() => groups.delete(made.id, { account_id }));
const cycle = await refusal(() => groups.update(made.id, { account_id, name: "x", include }));
for (const each of await all(groups.list({ account_id }))) {
  if (each.id !== made.id) await groups.delete(each.id, { account_id });
}
const deleted = await groups.delete(made.id, { account_id });
const gone = await refusal(() => groups.get(made.id, { account_id }));
show({ made, got, put, again, got_again, pages, found, in_use, cycle, deleted, gone });
