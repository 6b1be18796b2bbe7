// The first page: what is wrong first, then everything at a glance.

import { get, groupLink, tableLink } from "./api.js";
import { Chart } from "./chart.js";
import { h, setAttribute, setText } from "./dom.js";
import { clock, count, node as nodeName, plural, rate, short, span, words } from "./format.js";
import { watch } from "./live.js";
import { add, linkColumn, numberColumn, Problems, section, stateColumn, Table, textColumn } from "./parts.js";

const headline = h("p", { class: "headline" });
const facts = h("p", { class: "facts" });
const verdict = h("div", { class: "verdict", role: "status" }, headline, facts);
const problems = new Problems();

const charts = {
  in: new Chart("Taken", "in", rate),
  out: new Chart("Sent", "out", rate),
  lag: new Chart("Lag", "lag", n => `${short(n)} records`),
};

const groups = new Table("Groups", [
  linkColumn("name", "Group", group => group.name, group => groupLink(group.name)),
  stateColumn("state", "State", group => group.health === "good" && group.paused > 0 ? "none" : group.health, stateOf),
  numberColumn("partitions", "Partitions", group => group.running, n => count(n), {
    show: (cell, group) => setText(cell, group.running === group.partitions ? count(group.partitions) : `${count(group.running)} of ${count(group.partitions)}`),
  }),
  numberColumn("in", "Taken", group => group.in, rate),
  numberColumn("out", "Sent", group => group.out, rate),
  numberColumn("lag", "Lag", group => group.lag, count),
  numberColumn("nodes", "Nodes", group => group.nodes, count),
], { sortBy: "state", empty: "No group runs here.", rowHealth: group => group.health });

const views = new Table("Views", [
  linkColumn("table", "View of", view => view.table, view => tableLink(view.table)),
  stateColumn("state", "State", view => view.health, view => words(view.state)),
  textColumn("node", "Node", view => nodeName(view.node)),
  textColumn("for", "Looked up by", view => view.lookedUpBy ?? "the application"),
  numberColumn("partitions", "Partitions", view => view.partitions, count),
  numberColumn("remaining", "To read", view => view.remaining, count),
], { sortBy: "state", empty: "No view runs here.", rowHealth: view => view.health });

let now;
const nodes = new Table("Nodes", [
  textColumn("address", "Node", node => nodeName(node.address)),
  stateColumn("status", "Status", node => node.silent ? "broken" : node.status === "Up" || node.status === "Single" ? "good" : "attention",
    node => node.silent ? "silent" : node.status === "Single" ? "alone" : words(node.status)),
  textColumn("groups", "Runs", node => plural(node.groups.length, "group", "groups")),
  numberColumn("running", "Partitions", node => node.running, count),
  textColumn("started", "Up for", node => node.started ? span((Date.parse(now) - Date.parse(node.started)) / 1000) : "–"),
  textColumn("kafka", "Kafka", node => node.kafka),
  textColumn("version", "Version", node => node.version.split("+")[0]),
], { sortBy: "address" });

const log = new Table("Log", [
  textColumn("at", "When", line => clock(line.at)),
  stateColumn("level", "Level", line => line.level === "error" ? "broken" : "attention", line => line.level),
  textColumn("node", "Node", line => nodeName(line.node)),
  textColumn("text", "What", line => line.text, { make: cell => cell.classList.add("wide") }),
], { empty: "No node has logged a warning or an error." });

const viewSection = section("Views", "views", views.element);

add(verdict, problems.element,
  h("div", { class: "charts" }, charts.in.element, charts.out.element, charts.lag.element),
  section("Groups", "groups", groups.element), viewSection, section("Nodes", "nodes", nodes.element),
  section("Warnings and errors in the log", "log", log.element));

function stateOf(group) {
  if (group.state !== "Running") return words(group.state);
  if (group.restarting > 0) return `${count(group.restarting)} restarting`;
  if (group.restoring > 0) return `${count(group.restoring)} restoring`;
  if (group.paused > 0) return "paused";
  return group.health === "good" ? "running" : "running, see above";
}

function show(state) {
  now = state.at;
  setAttribute(verdict, "data-health", state.health);
  setText(headline, state.headline);
  const all = Object.values(state.groups);
  setText(facts, [
    plural(all.length, "group", "groups"),
    state.totals.running === state.totals.partitions ? plural(state.totals.partitions, "partition", "partitions")
      : `${count(state.totals.running)} of ${plural(state.totals.partitions, "partition", "partitions")} running`,
    plural(Object.keys(state.nodes).length, "node", "nodes"),
  ].join(" · "));
  setAttribute(document.documentElement, "data-health", state.health);
  problems.show(state.problems, state.at);
  const at = Date.parse(state.at);
  for (const [name, chart] of Object.entries(charts)) chart.add({ at, value: state.totals[name] });
  groups.show(all, group => group.name);
  const shown = Object.entries(state.views).map(([key, view]) => ({ key, ...view }));
  viewSection.hidden = shown.length === 0;
  views.show(shown, view => view.key);
  nodes.show(Object.values(state.nodes), node => node.address);
  log.show(state.log.map((line, i) => ({ key: `${line.at} ${line.node} ${line.text} ${i}`, ...line })), line => line.key);
}

const history = await get("history").catch(() => null);
for (const [name, chart] of Object.entries(charts)) {
  chart.set((history?.at ?? []).map((at, i) => ({ at: Date.parse(at), value: history[name][i] })));
}
watch({ page: "overview" }, show);
