// The official driver as a script of a user's has it, and what the scripts beside it share.
import Gitana from "gitana";

export const given = JSON.parse(process.env.GIVEN);
export const url = process.env.URL;
export const account = process.env.ACCOUNT;

// The driver's objects have a `then` of their own: a promise would take them for promises, so they go in a box.
export function connect(options = {}) {
  const { key: clientKey, secret: clientSecret, username, password } = given;
  const config = { baseURL: url, clientKey, clientSecret, username, password, loadAppHelper: false };
  return new Promise((resolve, reject) => {
    Gitana.connect({ ...config, invalidatePlatformCache: true, ...options }, function (error) {
      if (error) reject(refusal(error));
      else resolve({ platform: this });
    });
  });
}

// What a chain ends with, in a box; or what it is refused with, thrown. Not every failure comes to the chain's own
// trap: those of the first link come to the platform's, which has none. Scripts do one thing after the other.
export function end(chain) {
  return new Promise((resolve, reject) => {
    const failed = (error) => void reject(refusal(error));
    Gitana.defaultErrorHandler = failed;
    chain.trap(failed).then(function () {
      resolve({ it: this });
    });
  });
}

// What a chain hands to a callback.
export async function told(call) {
  const found = [];
  await end(call((value) => void found.push(value)));
  return found[0];
}

// What a chain is refused with.
export async function refused(chain) {
  try {
    await end(chain);
  } catch (error) {
    return { status: error.status, message: error.message };
  }
  return null;
}

function refusal(error) {
  return Object.assign(new Error(error.message), { status: error.status });
}

// The rows of a map, in their order, or one field of each.
export async function rows(chain, field) {
  const { it } = await end(chain);
  const found = it.asArray().map((row) => JSON.parse(JSON.stringify(row)));
  return field ? found.map((row) => row[field]) : found;
}

export const plain = (object) => JSON.parse(JSON.stringify(object));
export const show = (result) => console.log(JSON.stringify(result));
