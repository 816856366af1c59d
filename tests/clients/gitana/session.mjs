// The newer driver, which knows no policies: by its session, whose calls say their parameters in their own way.
import { createRequire } from "node:module";
import { given, show, url } from "./driver.mjs";

const cloudcms = createRequire(import.meta.url)("cloudcms");
const { key: clientKey, secret: clientSecret, username, password } = given;
const session = await cloudcms.connect({ baseURL: url, clientKey, clientSecret, username, password });
const refusal = ({ response }) => ({ status: response.status, message: response.data.message });
const titles = ({ rows }) => rows.map((row) => row.title);

const platform = (await session.get("/"))._doc;
const said = { platform, ids: [] };
for (const policy of given.policies) {
  said.ids.push((await session.post("/access/policies", {}, policy))._doc);
}
const [first, second] = said.ids;
const part = { sort: { title: -1 }, limit: 2 };
said.found = titles(await session.post("/access/policies/query", part, { order: { $gte: 1 } }));
said.listed = titles(await session.get("/access/policies", { sort: { title: 1 }, limit: 2, skip: 1 }));
const user = (await session.post("/domains/primary/principals", {}, { type: "USER", name: "joe" }))._doc;
const ref = `user://${platform}/default/${user}`;
const held = async () => titles(await session.post("/access/policies/find", { ref }));
for (const id of [first, second]) await session.post(`/access/policies/${id}/assign`, { ref });
said.held = [await held()];
await session.post("/access/policies/unassignall", { ref });
said.held.push(await held());
const authority = `/access/policies/${first}/authorities/consumer`;
await session.post(`${authority}/grant`, { id: `default/${user}` });
said.check = await session.post(`${authority}/check`, { id: `default/${user}` });
const policy = await session.get(`/access/policies/${first}`);
await session.put(`/access/policies/${first}`, {}, { ...policy, title: "Changed" });
said.changed = (await session.get(`/access/policies/${first}`)).title;
for (const id of said.ids) await session.del(`/access/policies/${id}`);
said.gone = await session.get(`/access/policies/${first}`);
said.refused = await session.post("/access/policies", {}, { order: "x" }).catch(refusal);
// What `disconnect` sends; that one never comes back, whatever is answered.
said.ended = await session.post("/auth/expire");
show(said);
