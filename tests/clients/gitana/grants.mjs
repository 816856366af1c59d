// Roles are granted on a policy to a user and to a group, asked about, and revoked.
import { connect, end, plain, rows, show, told } from "./driver.mjs";

const { platform } = await connect();
const { it: domain } = await end(platform.readPrimaryDomain());
const { it: user } = await end(domain.createUser({ name: "joe", email: "joe@acme.example", firstName: "Joe" }));
const { it: group } = await end(domain.createGroup({ name: "staff" }));
await end(group.addMember(user));
const { it: policy } = await end(platform.createAccessPolicy({ title: "granted on" }));
const joe = `default/${user.getId()}`, staff = `default/${group.getId()}`;
const said = { joe, staff, user: plain(user), group: plain(group) };

const roles = ["consumer", "editor"];
const checks = async () => {
  const found = [];
  for (const role of roles) found.push(await told((tell) => policy.checkAuthority(user, role, tell)));
  return found;
};
said.checks = [await checks()];
await end(policy.grantAuthority(user, "consumer"));
await end(policy.grantAuthority(group, "EDITOR"));
await end(policy.grantAuthority("joe", "connector"));
said.checks.push(await checks());
said.acl = (await told((tell) => policy.loadACL(tell))).rows;
said.own = await told((tell) => policy.listAuthorities(user, tell));
said.named = await told((tell) => policy.listAuthorities("staff", tell));
said.report = await told((tell) => policy.loadAuthorityGrants([joe, "everyone"], tell));
await end(policy.revokeAuthority(user, "consumer"));
said.checks.push(await checks());
await end(policy.revokeAllAuthorities(group));
await end(policy.revokeAllAuthorities(user));
said.checks.push(await checks());
said.left = (await told((tell) => policy.loadACL(tell))).rows;

await end(platform.grantAuthority(user, "consumer"));
said.permissions = [];
for (const permission of ["READ", "update"]) {
  said.permissions.push(await told((tell) => platform.checkPermission(user, permission, tell)));
}
const asked = { permissionedId: user.getId(), principalId: joe };
const bulk = [{ ...asked, authorityId: "manager" }, { ...asked, authorityId: "owner" }];
said.bulk = (await told((tell) => domain.checkPrincipalAuthorities(bulk, tell))).map((each) => each.result);

said.users = await rows(domain.queryUsers({ name: "joe" }), "name");
said.memberships = await rows(user.listMemberships(), "name");
said.members = await rows(group.listMembers("user", false), "name");
await end(group.removeMember(user));
said.members_left = await rows(group.listUsers(), "name");
user.title = "Joseph";
await end(user.update());
said.titled = (await end(domain.readPrincipal("joe"))).it.title;
await end(group.del());
said.groups = await rows(domain.listGroups(), "name");
// Of a policy this cannot be asked: the driver throws from a timer, before it sends anything.
said.fault_of_the_driver = await new Promise((resolve) => {
  process.once("uncaughtException", (error) => resolve(error.message));
  policy.checkPermission(user, "READ", resolve);
});
show(said);
