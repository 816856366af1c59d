// What cannot be done, and who may not do it: for each, how the exception looks.
import { ABSENT, RULE, account_id, connect, given, refusal, show } from "./client.mjs";

const { zeroTrust } = connect();
const { policies, groups, users, applications } = zeroTrust.access;
const { lists } = zeroTrust.gateway;
const [mine, absent] = [{ account_id }, ABSENT];
const policy = { ...mine, name: "p", decision: "allow", include: [RULE] };
const group = { ...mine, name: "g", include: [RULE] };
const user = { ...mine, email: "a@a.example", name: "" };

const absences = {
  "policies.get": () => policies.get(absent, mine),
  "policies.update": () => policies.update(absent, policy),
  "policies.delete": () => policies.delete(absent, mine),
  "groups.get": () => groups.get(absent, mine),
  "groups.update": () => groups.update(absent, group),
  "groups.delete": () => groups.delete(absent, mine),
  "users.get": () => users.get(absent, mine),
  "users.update": () => users.update(absent, user),
  "users.delete": () => users.delete(absent, mine),
  "users.lastSeenIdentity.get": () => users.lastSeenIdentity.get(absent, mine),
  "users.activeSessions.list": () => users.activeSessions.list(absent, mine),
  "users.activeSessions.get": () => users.activeSessions.get("n", { ...mine, user_id: absent }),
  "users.failedLogins.list": () => users.failedLogins.list(absent, mine),
  "lists.get": () => lists.get(absent, mine),
  "lists.update": () => lists.update(absent, { ...mine, name: "n" }),
  "lists.edit": () => lists.edit(absent, { ...mine, remove: ["a@a.example"] }),
  "lists.delete": () => lists.delete(absent, mine),
  "lists.items.list": () => lists.items.list(absent, mine),
  "policyTests.get": () => applications.policyTests.get(absent, mine),
  "policyTests.users.list": () => applications.policyTests.users.list(absent, mine),
};
const absent_ones = {};
for (const [name, call] of Object.entries(absences)) absent_ones[name] = await refusal(call);

const include = [{ ip: { ip: "10.0.0.300" } }, { group: { id: ABSENT } }];
const faulty = await refusal(() => policies.create({ ...policy, include }));
const page = await refusal(() => policies.list({ ...mine, per_page: 0 }));
const foreign = await refusal(() => policies.list({ account_id: given.foreign }));
const reader = connect({ apiToken: given.reader.token }).zeroTrust.access.policies;
const denied = await refusal(() => reader.create({ ...policy, account_id: given.reader.account }));
show({ absent_ones, faulty, page, foreign, denied });
