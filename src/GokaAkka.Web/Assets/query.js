// Reads tables. What is asked for stands in the address, so that a link shows the same.

import { get, link } from "./api.js";
import { h, setText } from "./dom.js";
import { ago, bytes, clock, count, node as nodeName, plural, ranges } from "./format.js";
import { add, notice, section } from "./parts.js";

const asked = new URLSearchParams(location.search);
const modes = { key: "One key", prefix: "Keys that begin with", range: "Keys from, up to", all: "All keys" };

const fields = {
  table: h("select", { id: "table", name: "table", required: true }),
  mode: select("mode", modes, asked.get("mode") ?? (asked.has("key") ? "key" : "all")),
  key: h("input", { id: "key", name: "key", autocomplete: "off", spellcheck: "false", value: asked.get("key") ?? "" }),
  prefix: h("input", { id: "prefix", name: "prefix", autocomplete: "off", spellcheck: "false", value: asked.get("prefix") ?? "" }),
  start: h("input", { id: "start", name: "start", autocomplete: "off", spellcheck: "false", value: asked.get("start") ?? "" }),
  limit: h("input", { id: "limit", name: "limit", autocomplete: "off", spellcheck: "false", value: asked.get("limit") ?? "" }),
  keyAs: select("keyAs", { text: "text", hex: "hex" }, asked.get("keyAs") ?? "text"),
  as: select("as", { auto: "as they are", json: "JSON", text: "text", hex: "hex" }, asked.get("as") ?? "auto"),
  from: select("from", { any: "whoever has it", owner: "the owner alone" }, asked.get("from") ?? "any"),
};
const only = {
  key: field("Key", fields.key), prefix: field("Prefix", fields.prefix), start: field("From", fields.start), limit: field("Up to, without", fields.limit),
};
const form = h("form", { class: "query", role: "search", "aria-label": "Query" },
  field("Table", fields.table), field("Which keys", fields.mode), only.key, only.prefix, only.start, only.limit,
  field("Keys are", fields.keyAs), field("Show values", fields.as), field("Answered by", fields.from),
  h("button", { class: "main" }, "Read"));
const said = notice();
const result = h("div", { class: "result" });
const more = h("button", { type: "button", hidden: true, onclick: () => read(true) }, "More");
const resultSection = section("Answer", "answer", result, h("p", { class: "more" }, more));
resultSection.hidden = true;
const about = h("p", { class: "hint" });
add(form, about, said.element, resultSection);

let tables = [];
let after;
let rows;
let shown = 0;

form.addEventListener("submit", event => {
  event.preventDefault();
  const next = new URLSearchParams(parametersOfForm());
  history.pushState(null, "", link(`query?${next}`));
  read(false);
});
fields.mode.addEventListener("change", showFields);
fields.table.addEventListener("change", showAbout);
// Back and forward lead to other questions.
window.addEventListener("popstate", () => location.reload());

function select(name, choices, chosen) {
  return h("select", { id: name, name }, ...Object.entries(choices).map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

function showFields() {
  const mode = fields.mode.value;
  only.key.hidden = mode !== "key";
  only.prefix.hidden = mode !== "prefix";
  only.start.hidden = only.limit.hidden = mode !== "range";
}

function showAbout() {
  const table = tables.find(t => t.name === fields.table.value);
  setText(about, table ? [
    table.group ? `The table of ${table.group}` : "A table that no group here writes",
    table.type ? `values are ${table.type}, written by ${table.codec}` : null,
    plural(table.partitions, "partition", "partitions"),
    table.views.length > 0 ? `viewed on ${table.views.map(nodeName).join(", ")}` : null,
  ].filter(Boolean).join("; ") + "." : "");
}

function parametersOfForm() {
  const mode = fields.mode.value;
  const used = { key: ["key"], prefix: ["prefix"], range: ["start", "limit"], all: [] }[mode];
  const parameters = { table: fields.table.value, mode };
  for (const name of used) {
    if (fields[name].value !== "" || name === "key") parameters[name] = fields[name].value;
  }
  for (const [name, usual] of [["keyAs", "text"], ["as", "auto"], ["from", "any"]]) {
    if (fields[name].value !== usual) parameters[name] = fields[name].value;
  }
  return parameters;
}

async function read(isMore) {
  const { table, mode, ...parameters } = parametersOfForm();
  if (!table) return;
  form.setAttribute("aria-busy", "true");
  try {
    const path = `tables/${encodeURIComponent(table)}/${mode === "key" ? "value" : "entries"}`;
    const answer = await get(path, { ...parameters, after: isMore ? after : undefined });
    said.say("", false);
    resultSection.hidden = false;
    if (mode === "key") showValue(table, parameters, answer);
    else showEntries(table, parameters, answer, isMore);
  } catch (error) {
    resultSection.hidden = !isMore;
    said.say(error.message, true);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function shownBytes(value) {
  const note = value.isCut ? `the beginning of ${bytes(value.size)}` : bytes(value.size);
  return [h("pre", { class: value.as, tabindex: value.text.length > 400 ? 0 : null }, value.size === 0 ? "" : value.text),
    h("small", null, value.size === 0 ? "empty" : `${value.as}, ${note}`)];
}

function stampText(stamp) {
  return `${stamp.source === "owner" ? "the owner" : `a ${stamp.source}`}, ${nodeName(stamp.node)}`;
}

function showValue(table, parameters, answer) {
  more.hidden = true;
  const stamp = answer.stamp;
  const download = `api/tables/${encodeURIComponent(table)}/bytes?${new URLSearchParams(parameters)}`.replace(/&?as=[a-z]+/, "");
  result.replaceChildren(
    answer.found ? h("div", { class: "value" }, ...shownBytes(answer.value)) : h("p", { class: "empty" }, "The table does not have this key."),
    answer.found && answer.value.isCut ? h("p", null, h("a", { href: link(download), download: "" }, "Download all of it")) : "",
    h("dl", { class: "stamp" },
      h("dt", null, "Read from"), h("dd", null, stampText(stamp)),
      h("dt", null, "Partition"), h("dd", null, String(stamp.partition)),
      h("dt", null, "Shows the table up to offset"), h("dd", null, count(stamp.tableOffset)),
      h("dt", null, "Read at"), h("dd", null, `${clock(stamp.at)}, ${ago(stamp.at, new Date(Math.max(Date.now(), Date.parse(stamp.at))).toISOString())}`)));
}

function showEntries(table, parameters, answer, isMore) {
  if (!isMore) {
    rows = h("tbody");
    shown = 0;
    result.replaceChildren(
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Entries" }, h("table", { class: "entries" }, h("caption", { class: "sr" }, `Entries of ${table}`),
        h("thead", null, h("tr", null, ...["Key", "Value", "Partition"].map(title => h("th", { scope: "col", class: title === "Partition" ? "number" : null }, title)))), rows)),
      h("p", { class: "stamp", role: "status" }));
  }
  for (const entry of answer.entries) {
    const whole = new URLSearchParams({ table, mode: "key", key: entry.keyHex, keyAs: "hex", ...(parameters.as ? { as: parameters.as } : {}) });
    rows.append(h("tr", null,
      h("th", { scope: "row", "data-title": "Key" }, h("a", { href: link(`query?${whole}`), class: entry.key.as }, entry.key.size === 0 ? "(empty)" : entry.key.text + (entry.key.isCut ? "…" : ""))),
      h("td", { class: "wide", "data-title": "Value" }, ...shownBytes(entry.value)),
      h("td", { class: "number", "data-title": "Partition" }, String(entry.partition))));
  }
  shown += answer.entries.length;
  after = answer.after;
  more.hidden = after === undefined;
  setText(result.lastElementChild, `${plural(shown, "key", "keys")}${after === undefined ? "" : ", and more"}. Read from ${sources(answer.stamps)}.`);
}

// Who has answered for which partitions.
function sources(stamps) {
  const by = new Map();
  for (const stamp of stamps) by.set(stampText(stamp), [...(by.get(stampText(stamp)) ?? []), stamp.partition]);
  return [...by].map(([who, partitions]) => by.size === 1 ? `${who}, at ${clock(stamps[0].at)}` : `${who}: partitions ${ranges(partitions)}`).join("; ");
}

showFields();
try {
  ({ tables } = await get("tables"));
  // A shared link may name a table that is not here yet.
  const wanted = asked.get("table");
  const names = tables.map(t => t.name);
  if (wanted && !names.includes(wanted)) names.push(wanted);
  fields.table.append(...names.map(name => h("option", { value: name, selected: name === wanted }, name)));
  showAbout();
  setText(document.getElementById("live"), "");
  if (names.length === 0) said.say("No table is here: no group that runs keeps a state, and there is no view.", false);
  if (wanted && (asked.has("mode") || asked.has("key"))) await read(false);
} catch (error) {
  said.say(error.message, true);
}
