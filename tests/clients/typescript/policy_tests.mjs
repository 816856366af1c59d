// A test of a kept policy, over a group and a list, beside an inline one.
import { account_id, all, connect, given, refusal, show, ABSENT } from "./client.mjs";

const { zeroTrust } = connect();
const { policies, groups, users, applications } = zeroTrust.access;
const tests = applications.policyTests;
for (const email of given.emails) {
  await users.create({ account_id, email });
}
const items = [{ value: given.emails[0] }];
const list = await zeroTrust.gateway.lists.create({ account_id, name: "l", type: "EMAIL", items });
const group = await groups.create({ account_id, name: "g", include: [{ email_list: { id: list.id } }] });
const kept = { name: "p", decision: "allow", include: [{ group: { id: group.id } }] };
const policy = await policies.create({ account_id, ...kept });
const inline = { ...kept, include: [{ email: { email: given.emails[1] } }] };

const started = await tests.create({ account_id, policies: [policy.id, inline] });
let status = await tests.get(started.id, { account_id });
while (status.status === "processing") {
  await new Promise((resolve) => setTimeout(resolve, 20));
  status = await tests.get(started.id, { account_id });
}
const pages = {};
for (const per_page of [1, 2, 1000]) {
  pages[per_page] = await all(tests.users.list(started.id, { account_id, per_page }));
}
const filtered = {};
for (const word of ["success", "fail", "error"]) {
  filtered[word] = (await all(tests.users.list(started.id, { account_id, status: word }))).length;
}
const unknown = await refusal(() => tests.create({ account_id, policies: [ABSENT] }));
show({ started, status, pages, filtered, unknown });
