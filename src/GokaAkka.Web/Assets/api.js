// Asks the monitor's API.

/** Where the monitor is, without a slash at the end. */
export const base = document.documentElement.dataset.base;

export function link(path) {
  return `${base}/${path}`;
}

export function groupLink(group) {
  return link(`groups/${encodeURIComponent(group)}`);
}

export function tableLink(table) {
  return link(`query?table=${encodeURIComponent(table)}`);
}

/** The answer's JSON; an error has the message that the server gave. */
export async function get(path, parameters) {
  const query = new URLSearchParams(Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  return read(await fetch(link(`api/${path}${query.size > 0 ? `?${query}` : ""}`), { credentials: "same-origin" }));
}

export async function post(path, body) {
  const { forgery } = await get("session");
  return read(await fetch(link(`api/${path}`), {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-Goka-Forgery": forgery },
    body: JSON.stringify(body),
  }));
}

async function read(response) {
  if (response.status === 401) {
    // The session is over: the server shows its form in place of the page.
    location.reload();
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Error(`The monitor answered ${response.status} with what is no JSON.`);
  }
  if (!response.ok) throw new Error(answer.error ?? failures(answer));
  return answer;
}

function failures(outcome) {
  return [outcome.text, ...(outcome.nodes ?? []).filter(node => !node.succeeded).map(node => `${node.node}: ${node.text}`)].join(" ");
}
