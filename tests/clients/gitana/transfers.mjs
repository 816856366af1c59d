// A policy is exported, and comes back: as another one, then into itself.
import { connect, end, given, plain, rows, show, told } from "./driver.mjs";

const { platform } = await connect();
const { it: policy } = await end(platform.createAccessPolicy(given.policy));
const { it: vault } = await end(platform.readVault("primary"));
const where = { vault, group: "acme", artifact: "access", version: "1.0" };
const said = { id: policy.getId() };

const label = { title: "Ours", description: "of today", published: true };
const { it: exported } = await end(policy.exportArchive({ ...where, ...label, configuration: { includeACLs: true } }));
said.exported = plain(exported);
said.archive = plain((await end(vault.lookupArchive("acme", "access", "1.0"))).it);
said.archives = await rows(vault.listArchives(), "_doc");
said.found = await rows(vault.queryArchives({ artifact: "access" }), "_doc");

const carried = async (into, configuration) => {
  const states = [];
  const { it } = await end(into.importArchive({ ...where, configuration }, (job) => void states.push(job.getState())));
  return { ...plain(it), states };
};
said.rehearsed = await carried(platform, { dryRun: true });
said.listed = await rows(platform.listAccessPolicies(), "title");
said.copied = await carried(platform, { strategy: ["COPY_EVERYTHING"], substitutions: { Staff: "Crew" } });
said.both = await rows(platform.listAccessPolicies({ sort: { title: 1 } }), "title");

policy.title = "Changed";
await end(policy.update());
said.cloned = await carried(policy, { strategy: "CLONE", includeTeams: false });
said.restored = plain((await end(platform.readAccessPolicy(policy.getId()))).it);

const cluster = () => platform.subchain(platform.getCluster());
const types = { type: "transfer-import" };
said.jobs = await rows(cluster().queryJobs(types, { limit: 2 }), "_doc");
said.finished = await rows(cluster().queryFinishedJobs({}, { sort: { type: 1 } }), "type");
said.others = [];
for (const asked of ["queryUnstartedJobs", "queryWaitingJobs", "queryRunningJobs", "queryFailedJobs"]) {
  said.others.push(await rows(cluster()[asked]({}), "_doc"));
}
await end(cluster().killJob(said.exported._doc));
said.kept = (await end(cluster().readJob(said.exported._doc))).it.getState();
said.waited = await told((tell) => cluster().then(function () {
  this.waitForJobCompletion(said.exported._doc, (job) => tell(job.getState()));
  return false;
}));
show(said);
