// Each method of reusable policies.
import { account_id, all, connect, given, refusal, show } from "./client.mjs";

const { policies } = connect().zeroTrust.access;
const made = await policies.create({ account_id, ...given.first });
const got = await policies.get(made.id, { account_id });
const put = await policies.update(made.id, { account_id, ...given.second });
const again = await policies.update(made.id, { account_id, ...given.second });
const got_again = await policies.get(made.id, { account_id });
for (const name of given.names) {
  await policies.create({ account_id, ...given.second, name });
}
const pages = {};
for (const per_page of [1, 2, 1000]) {
  pages[per_page] = (await all(policies.list({ account_id, per_page }))).map((each) => each.name);
}
const deleted = await policies.delete(made.id, { account_id });
const gone = await refusal(() => policies.get(made.id, { account_id }));
show({ made, got, put, again, got_again, pages, deleted, gone });
