// One group: its partitions, what it reads and writes, what has changed hands.

import { get, link, post, tableLink } from "./api.js";
import { Chart } from "./chart.js";
import { confirm } from "./confirm.js";
import { h, setAttribute, setText } from "./dom.js";
import { ago, bytes, clock, count, node as nodeName, plural, ranges, rate, short, span, words } from "./format.js";
import { watch } from "./live.js";
import { add, notice, numberColumn, Problems, section, stateColumn, Table, textColumn } from "./parts.js";

const name = document.querySelector("h1").textContent;
let now;

const headline = h("p", { class: "headline" });
const facts = h("p", { class: "facts" });
const pause = h("button", { type: "button", onclick: () => halt(true) }, "Pause");
const resume = h("button", { type: "button", class: "main", hidden: true, onclick: () => halt(false) }, "Resume");
const said = notice();
const verdict = h("div", { class: "verdict" }, h("div", { role: "status" }, headline, facts),
  h("p", { class: "buttons" }, h("a", { class: "button", href: link(`topology?group=${encodeURIComponent(name)}`) }, "Topology"), pause, resume));
const problems = new Problems();
const charts = { in: new Chart("Taken", "in", rate), out: new Chart("Sent", "out", rate), lag: new Chart("Lag", "lag", n => `${short(n)} records`) };

const partitions = new Table("Partitions", [
  numberColumn("partition", "No.", p => p.partition, n => String(n)),
  stateColumn("state", "State", p => p.health, p => words(p.state), { make: makeState, show: showState }),
  textColumn("owner", "Owner", p => nodeName(p.owner)),
  numberColumn("lag", "Lag", p => p.lag, count),
  numberColumn("rate", "Taken", p => p.rate, rate),
  numberColumn("done", "Done up to", p => p.inputs?.[0]?.done, count, { make: cell => cell.append(h("span")), show: showDone }),
  numberColumn("generation", "Generation", p => p.generation, count),
  textColumn("standbys", "Standbys", standbysOf),
  numberColumn("failed", "Passed over", p => (p.skipped ?? 0) + (p.deadLetters ?? 0), count, { show: showFailed }),
  numberColumn("restarts", "Restarts", p => p.restarts, count, {
    show: (cell, p) => {
      setText(cell, count(p.restarts));
      setAttribute(cell, "title", p.lastError ? `Last error: ${p.lastError}` : null);
    },
  }),
  { name: "do", title: "Restart", isTitleHidden: true, make: makeRestart, show: (cell, p) => { cell.item = p; cell.firstChild.disabled = !p.owner; } },
], { sortBy: "partition", empty: "It has no partition yet.", rowHealth: p => p.health });

const edges = new Table("Inputs and outputs", [
  textColumn("topic", "Topic", edge => edge.topic),
  textColumn("kind", "As", edge => kinds[edge.kind] ?? edge.kind),
  numberColumn("rate", "Records", edge => edge.rate, rate),
  numberColumn("bytes", "Bytes", edge => edge.bytesRate, n => n === undefined ? "–" : `${bytes(n)}/s`),
  numberColumn("records", "So far", edge => edge.records, count),
  numberColumn("lag", "Lag", edge => edge.lag, count),
  textColumn("last", "Last record", edge => edge.lastTimestamp ? ago(edge.lastTimestamp, now) : "–"),
  textColumn("type", "Type", edge => edge.codec ? `${edge.type}, ${edge.codec}` : edge.type),
]);
const kinds = { persist: "table", input: "input", loop: "loop", output: "output", join: "join", lookup: "lookup", visitor: "visitor" };

const members = new Table("Nodes", [
  textColumn("node", "Node", member => nodeName(member.node)),
  stateColumn("state", "State", member => member.state === "Failed" ? "broken" : member.state === "Running" ? "good" : "attention", member => words(member.state)),
  numberColumn("partitions", "Partitions", member => member.partitions, count),
  textColumn("poll", "Polled", member => member.pollAge === undefined ? "not in its group" : `${span(member.pollAge)} ago`),
  textColumn("paused", "Paused", member => member.paused.join(", ") || "–"),
  textColumn("error", "Error", member => member.error),
], { sortBy: "node" });

const rebalances = new Table("Rebalances", [
  textColumn("at", "When", change => clock(change.at)),
  textColumn("kind", "What", change => change.kind),
  textColumn("node", "Node", change => nodeName(change.node)),
  textColumn("partitions", "Partitions", change => change.partitions.length === 0 ? "none" : ranges(change.partitions)),
], { empty: "Its assignment has not changed." });

const query = h("p", { class: "more" });

add(verdict, said.element, problems.element,
  h("div", { class: "charts" }, charts.in.element, charts.out.element, charts.lag.element),
  section("Partitions", "partitions", partitions.element, query), section("Inputs and outputs", "edges", edges.element),
  section("Nodes", "members", members.element), section("Rebalances", "rebalances", rebalances.element));

function makeState(cell) {
  cell.append(h("span", { class: "badge" }), h("progress", { max: 1, hidden: true, "aria-label": "Restored" }), h("small"), h("small", { class: "wrong" }));
}

function showState(cell, p) {
  const [badge, progress, note, error] = cell.children;
  setAttribute(badge, "data-health", p.health);
  setText(badge, words(p.state));
  // What it has got over is no news.
  setText(error, p.lastError && p.state !== "Running" ? p.lastError : "");
  const restore = p.restore;
  progress.hidden = note.hidden = !restore;
  if (!restore) return;
  progress.value = restore.restored / Math.max(1, restore.restored + restore.remaining);
  setText(note, `${count(restore.remaining)} to go${restore.eta === undefined ? "" : `, about ${span(restore.eta)}`}`);
}

function showDone(cell, p) {
  const text = (p.inputs ?? []).map(input => input.done === undefined ? "–" : count(input.done)).join(", ") || "–";
  setText(cell.firstChild, text);
  setAttribute(cell.firstChild, "title", (p.inputs ?? []).map(i => `${i.topic}: done ${count(i.done)} of ${count(i.end)}`).join("\n"));
}

function showFailed(cell, p) {
  setText(cell, count((p.skipped ?? 0) + (p.deadLetters ?? 0)));
  setAttribute(cell, "title", `${count(p.skipped)} skipped, ${count(p.deadLetters)} dead-lettered, ${count(p.retries)} retries`);
}

function standbysOf(p) {
  return (p.standbys ?? []).map(standby => `${nodeName(standby.node)} (${standby.remaining > 0 ? `${count(standby.remaining)} behind` : words(standby.state)})`).join(", ") || "–";
}

function makeRestart(cell, item) {
  cell.item = item;
  cell.append(h("button", { type: "button", class: "small", "aria-label": `Restart partition ${item.partition}`, onclick: () => restart(cell.item) }, "Restart"));
}

async function restart(p) {
  if (!await confirm(`Restart partition ${p.partition} of ${name}?`,
    "It finishes what it has begun, closes its store and starts again from what is committed. Other partitions go on.", "Restart")) return;
  await run(post(`groups/${encodeURIComponent(name)}/partitions/${p.partition}/restart`, {}), () => `Partition ${p.partition} starts again.`);
}

async function halt(isPause) {
  if (!await confirm(`${isPause ? "Pause" : "Resume"} ${name}?`,
    isPause ? "Every node stops taking records for it until somebody resumes it. Its lag will grow. It stays in its group." : "Every node takes records for it again.",
    isPause ? "Pause" : "Resume", isPause)) return;
  await run(post(`groups/${encodeURIComponent(name)}/${isPause ? "pause" : "resume"}`, {}), () => isPause ? `${name} is paused.` : `${name} goes on.`);
}

async function run(request, done) {
  try {
    await request;
    said.say(done(), false);
  } catch (error) {
    said.say(error.message, true);
  }
}

function show(state) {
  now = state.at;
  const summary = state.summary;
  setAttribute(verdict, "data-health", summary.health);
  setAttribute(document.documentElement, "data-health", summary.health);
  setText(headline, state.problems.find(p => p.severity !== "note")?.title ?? (summary.paused > 0 ? `${name} is paused` : summary.state === "Running" ? "All is well" : `It is ${words(summary.state)}`));
  setText(facts, [
    summary.running === summary.partitions ? plural(summary.partitions, "partition", "partitions") : `${count(summary.running)} of ${plural(summary.partitions, "partition", "partitions")} running`,
    plural(summary.nodes, "node", "nodes"), summary.delivery,
  ].join(" · "));
  pause.hidden = summary.paused > 0;
  resume.hidden = summary.paused === 0;
  problems.show(state.problems, state.at, false);
  const at = Date.parse(state.at);
  for (const [key, chart] of Object.entries(charts)) chart.add({ at, value: summary[key] });
  partitions.show(Object.values(state.partitions), p => p.partition);
  edges.show(Object.entries(state.edges).map(([key, edge]) => ({ key, ...edge })), edge => edge.key);
  members.show(Object.entries(state.members).map(([node, member]) => ({ node, ...member })), member => member.node);
  rebalances.show(state.rebalances.map((change, i) => ({ key: `${change.at} ${change.node} ${change.kind} ${i}`, ...change })), change => change.key);
  const table = Object.values(state.edges).find(edge => edge.kind === "persist")?.topic;
  if (table && !query.firstChild) query.append(h("a", { href: tableLink(table) }, `Query ${table}`));
}

try {
  const history = await get("history", { group: name });
  for (const [key, chart] of Object.entries(charts)) {
    chart.set(history.at.map((at, i) => ({ at: Date.parse(at), value: history[key][i] })));
  }
  watch({ page: "group", group: name }, show);
} catch (error) {
  setText(headline, error.message);
  setAttribute(verdict, "data-health", "attention");
  pause.hidden = true;
}
