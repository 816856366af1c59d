// The official client as a script of a user's has it, and what the scripts beside it share.
import Cloudflare from "cloudflare";

export { Cloudflare };
export const account_id = process.env.ACCOUNT;
export const given = JSON.parse(process.env.GIVEN);
export const ABSENT = "00000000-0000-4000-8000-000000000000";
export const RULE = { email_domain: { domain: "acme.example" } };

export function connect(options = {}) {
  const baseURL = `${process.env.URL}/client/v4`;
  return new Cloudflare({ baseURL, apiToken: process.env.TOKEN, maxRetries: 0, ...options });
}

// All that a pager yields.
export async function all(pager) {
  const rows = [];
  for await (const row of pager) rows.push(row);
  return rows;
}

// What a call is refused with: the class of the exception, its status, its errors.
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const { status, errors, message } = error;
    return { class: error.constructor.name, status, errors, message };
  }
  return null;
}

export const show = (result) => console.log(JSON.stringify(result));
