// Questions to the server, and what is wrong in words of the page.

const problem = document.getElementById("problem");

export function say(text) {
  problem.textContent = text;
}

async function answered(response) {
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({}));
  throw new Error(refusal.error || `the explorer answered ${response.status}`);
}

async function sent(path, body, type) {
  let response;
  try {
    response = await fetch(path, body === undefined ? {} : { method: "POST", body, headers: { "Content-Type": type } });
  } catch {
    throw new Error("The explorer does not answer: is it still running in the terminal?");
  }
  return answered(response);
}

const JSON_TYPE = "application/json";

export async function ask(path, question) {
  const body = question === undefined ? undefined : JSON.stringify(question);
  return (await sent(path, body, JSON_TYPE)).json();
}

export async function askBytes(path, question) {
  return (await sent(path, JSON.stringify(question), JSON_TYPE)).arrayBuffer();
}

export async function upload(file) {
  return (await sent("/upload", file, "application/octet-stream")).json();
}

export const randomImage = () => ask("/start", { random: Math.floor(Math.random() * 1e9) });

/** Runs an action and shows what goes wrong in it; what was wrong before is gone then. */
export async function attempt(action) {
  try {
    const result = await action();
    say("");
    return result;
  } catch (error) {
    say(error.message);
    return undefined;
  }
}
