// Policies are made, listed, found, assigned and taken away again.
import { connect, end, given, plain, refused, rows, show, told } from "./driver.mjs";

const { platform } = await connect();
const { it: domain } = await end(platform.readPrimaryDomain());
const { it: user } = await end(domain.createUser({ name: "joe", password: "correct horse battery" }));
const ref = user.ref().toLowerCase();
const made = [];
for (const policy of given.policies) {
  made.push((await end(platform.createAccessPolicy(policy))).it);
}
const [first, second, third] = made;
const said = { made: made.map(plain), ids: made.map((each) => each.getId()), ref };

said.listed = await rows(platform.listAccessPolicies(), "title");
said.sorted = await rows(platform.listAccessPolicies({ sort: { title: -1 }, limit: 2 }), "title");
said.rest = await rows(platform.listAccessPolicies({ sort: { title: -1 }, skip: 2, limit: 2 }), "title");
const by = { "_system.created_on.ms": -1 };
said.newest = await rows(platform.queryAccessPolicies({ order: { $gte: 1 } }, { sort: by }), "title");
said.found = await rows(platform.queryAccessPolicies({ title: third.title }), "title");
said.counted = await told((tell) => platform.listAccessPolicies({ limit: 1 }).totalRows(tell));

await end(platform.readAccessPolicy(third.getId()).del());
said.left = await rows(platform.listAccessPolicies(), "title");
said.gone = await rows(platform.queryAccessPolicies({ title: third.title }), "title");
said.absent = await refused(platform.readAccessPolicy(third.getId()));

const held = (scope) => rows(platform.findAccessPolicies(ref, scope), "title");
await end(platform.assignAccessPolicy(first.getId(), ref));
await end(platform.assignAccessPolicy(second.getId(), user.ref()));
said.held = [await held(), await held("platform"), await held("project")];
said.targets = await told((tell) => platform.loadAccessPolicyTargets(first.getId(), {}, tell));
await end(platform.unassignAccessPolicy(second.getId(), ref));
said.held.push(await held());
await end(platform.unassignAllAccessPolicies(ref));
said.held.push(await held());

first.title = "Changed";
first.key = "changed";
await end(first.update());
const { it: again } = await end(platform.readAccessPolicy(first.getId()));
said.changed = plain(again);
second.title = "not written";
said.reloaded = (await end(second.reload())).it.title;
said.faulty = await refused(platform.createAccessPolicy({ statements: [{ action: "permit" }] }));
show(said);
