// Two teams hold policies of different orders; a user is in both, and then in one.
import { account, connect, end, given, plain, refused, rows, show, told } from "./driver.mjs";

const { platform } = await connect();
const { it: domain } = await end(platform.readPrimaryDomain());
const { it: user } = await end(domain.createUser({ name: "joe" }));
const { it: usual } = await end(platform.createTeam("usual", { title: "Usual" }));
const { it: pending } = await end(platform.createTeam("pending"));
for (const [team, policy] of [[usual, given.usual], [pending, given.pending]]) {
  await end(team.addMember(user));
  const { it: made } = await end(platform.createAccessPolicy(policy));
  await end(platform.assignAccessPolicy(made.getId(), team.ref()));
}
const said = { ref: usual.ref(), team: plain(usual), held: await rows(platform.findAccessPolicies(usual.ref()), "title") };

const entries = given.references.map((permissioned) => ({
  permissioned,
  principalId: `default/${user.getId()}`,
  authorityId: "consumer",
}));
const readable = async () => {
  const found = await told((tell) => platform.accessChecks(entries, tell));
  return found.filter((each) => each.hasAuthority).map((each) => each.permissioned);
};
said.in_both = await readable();
const whom = ({ permissioned, principalId }) => ({ permissioned, principalId });
said.looked_up = await told((tell) => platform.accessLookups(entries.map(whom), tell));
await end(pending.removeMember(user));
said.in_one = await readable();
said.members = [await rows(usual.listMembers(), "name"), await rows(pending.listMembers(), "name")];
const belongs = (team) => told((tell) => team.hasMember(user, tell));
said.belongs = [await belongs(usual), await belongs(pending)];

const { it: stack } = await end(platform.createTeam("stack"));
await end(stack.grant("editor"));
await end(stack.grant("consumer"));
await end(stack.revoke("editor"));
said.authorities = await told((tell) => stack.loadAuthorities(tell));
said.roles = (await end(stack.reload())).it.getRoleKeys();
stack.title = "A stack's";
await end(stack.update());
said.title = (await end(platform.readTeam("stack"))).it.title;
said.listed = await rows(platform.listTeams(), "key");
said.teams = await rows(user.listTeamMemberships(platform), "key");
await end(stack.del());
said.left = await rows(platform.listTeams(), "key");
said.gone = await refused(platform.readTeam("stack"));
said.owners = await refused(platform.readOwnersTeam());

await end(platform.createRole("reviewer", { permissions: ["CONNECT", "READ"] }));
said.role = plain((await end(platform.readRole("reviewer"))).it);
said.own_roles = await rows(platform.listRoles(), "roleKey");
said.all_roles = await rows(platform.listRoles(true), "roleKey");
await end(platform.readRole("reviewer").del());
said.roles_left = await rows(platform.listRoles(), "roleKey");
said.account = account;
show(said);
