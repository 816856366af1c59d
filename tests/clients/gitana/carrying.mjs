// From one account to another with the newer driver: exported, downloaded, uploaded, imported.
import { createRequire } from "node:module";
import { given, show, url } from "./driver.mjs";

const cloudcms = createRequire(import.meta.url)("cloudcms");
const login = ({ key: clientKey, secret: clientSecret, username, password }) =>
  cloudcms.connect({ baseURL: url, clientKey, clientSecret, username, password });
const home = await login(given);
const away = await login({ ...given, ...given.away });
const where = { group: "acme", artifact: "access", version: "1.0" };

const id = (await home.post("/access/policies", {}, given.policy))._doc;
const source = `accessPolicy://${await home.getPlatformId()}/${id}`;
const said = { id };
said.exported = await home.waitForJobCompletion(await home.exportArchive([source], where, { includeTeams: false }));
said.archive = await home.lookupArchive("acme", "access", "1.0");
const file = Buffer.concat(await (await home.downloadArchiveById(said.archive)).toArray());
said.length = file.length;

said.uploaded = await away.uploadArchive({}, file, "archive.zip");
said.read = await away.readArchive(said.uploaded);
const target = await away.buildPlatformReference();
said.imported = await away.pollForJobCompletion(await away.importArchive(target, where, { strategy: "CLONE" }));
said.arrived = await away.get(`/access/policies/${id}`);
said.jobs = (await away.queryJobs({ state: "FINISHED" }, { limit: 5 })).rows.map((row) => row.type);
said.killed = await away.killJob(said.imported);
said.queried = (await away.queryArchives({ group: "acme" }, {})).total_rows;
await away.deleteArchive(said.uploaded);
said.gone = await away.lookupArchive("acme", "access", "1.0");
show(said);
// What was uploaded keeps its connection, and that the process.
process.stdout.write("", () => process.exit());
