// What the application lets be started and stopped.

import { post } from "./api.js";
import { confirm } from "./confirm.js";
import { h, keep, setText } from "./dom.js";
import { ago, clock, node as nodeName, span } from "./format.js";
import { watch } from "./live.js";
import { add, badge, notice, showBadge } from "./parts.js";

const said = notice();
const list = h("ul", { class: "actions", "aria-label": "Actions" });
const empty = h("p", { class: "empty", hidden: true }, "The application has no actions. It adds them with goka.Actions.Add.");
add(h("p", { class: "hint" }, "Functions that the application lets be started from here. Groups are paused and resumed on their own pages."), said.element, empty, list);

let several = false;
let now;
let made = 0;

function make(action) {
  const id = `value-${++made}`;
  const item = h("li");
  const parts = {
    name: h("h2", null, action.name), state: badge(), description: h("p"), node: h("p", { class: "where" }),
    value: h("input", { id, autocomplete: "off", spellcheck: "false" }), start: h("button", { class: "main" }, "Start"), stop: h("button", { type: "button" }, "Stop"),
    last: h("p", { class: "last" }), error: h("p", { class: "wrong" }),
  };
  const form = h("form", { class: "row", "aria-label": `Start ${action.name}` }, h("label", { for: id }, "Value"), parts.value, parts.start, parts.stop);
  form.addEventListener("submit", event => {
    event.preventDefault();
    start(item.action, parts.value.value);
  });
  parts.stop.addEventListener("click", () => stop(item.action));
  item.append(h("div", { class: "title" }, parts.name, parts.state), parts.description, parts.node, form, parts.last, parts.error);
  item.parts = parts;
  return item;
}

function update(item, action) {
  item.action = action;
  const { state, description, node, start, stop, last, error } = item.parts;
  showBadge(state, { failed: "broken", running: "attention", stopping: "attention", succeeded: "good" }[action.status] ?? "none", action.status);
  setText(description, action.description);
  setText(node, several ? `on ${nodeName(action.node)}` : "");
  const isRunning = action.status === "running" || action.status === "stopping";
  start.disabled = isRunning;
  stop.disabled = action.status !== "running";
  setText(last, lastRun(action));
  setText(error, action.error);
}

function lastRun(action) {
  if (!action.started) return "Not started yet.";
  const value = action.value ? ` with the value “${action.value.length > 200 ? `${action.value.slice(0, 200)}…` : action.value}”` : "";
  if (!action.ended) return `Started ${ago(action.started, now)}${value}.`;
  return `Started ${clock(action.started)}${value}, ended ${ago(action.ended, now)} after ${span((Date.parse(action.ended) - Date.parse(action.started)) / 1000)}.`;
}

async function start(action, value) {
  const where = several ? ` on ${nodeName(action.node)}` : "";
  if (!await confirm(`Start ${action.name}${where}?`, `${action.description} ${value === "" ? "It is given no value." : `It is given the value “${value}”.`}`.trim(), "Start")) return;
  await run(post(`actions/${encodeURIComponent(action.name)}/start`, { value, node: action.node }), `${action.name} is started.`);
}

async function stop(action) {
  const where = several ? ` on ${nodeName(action.node)}` : "";
  if (!await confirm(`Stop ${action.name}${where}?`, "It is told to stop, and does when it gets to it.", "Stop", true)) return;
  await run(post(`actions/${encodeURIComponent(action.name)}/stop`, { node: action.node }), `${action.name} is told to stop.`);
}

async function run(request, done) {
  try {
    await request;
    said.say(done, false);
  } catch (error) {
    said.say(error.message, true);
  }
}

watch({ page: "actions" }, state => {
  now = state.at;
  const actions = Object.entries(state.actions).map(([key, action]) => ({ key, ...action }));
  several = new Set(actions.map(action => action.node)).size > 1;
  empty.hidden = actions.length > 0;
  keep(list, actions, action => action.key, make, update);
});
