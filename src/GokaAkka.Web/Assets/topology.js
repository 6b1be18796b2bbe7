// The graph, drawn: streams, groups, tables and views, with what flows between them.

import { get, groupLink, link, tableLink } from "./api.js";
import { h, keep, s, setAttribute, setText } from "./dom.js";
import { count, plural, rate, words } from "./format.js";
import { place as placeAll } from "./layout.js";
import { watch } from "./live.js";
import { add, section, Table, textColumn, numberColumn } from "./parts.js";

const group = new URLSearchParams(location.search).get("group") ?? "";
const choice = h("select", { id: "group" }, h("option", { value: "" }, "All groups"));
const picker = h("form", { class: "row" }, h("label", { for: "group" }, "Show"), choice);
choice.addEventListener("change", () => location.assign(link(choice.value ? `topology?group=${encodeURIComponent(choice.value)}` : "topology")));

const links = s("g", { class: "flows" });
const labels = s("g", { class: "labels" });
const boxes = s("g", { class: "places" });
const svg = s("svg", { class: "topology", role: "group", "aria-label": "The topology, drawn; the table below says the same" },
  s("defs", null, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" }, s("path", { d: "M0 0L8 4L0 8Z" }))),
  links, boxes, labels);
const canvas = h("div", { class: "canvas", tabindex: 0, role: "region", "aria-label": "Drawing" }, svg);
const empty = h("p", { class: "empty", hidden: true }, "No group runs here, so there is nothing to draw.");
const legend = h("ul", { class: "legend", "aria-label": "Legend" },
  ...[["stream", "stream"], ["group", "group"], ["table", "table"], ["view", "view"]].map(([kind, text]) => h("li", { "data-kind": kind }, text)),
  h("li", { "data-line": "solid" }, "records flow"), h("li", { "data-line": "dashed" }, "table is read"));

let places = {};
let shape;
let drawing;
const table = new Table("What is connected with what", [
  textColumn("from", "From", flow => placeText(flow.from)),
  textColumn("to", "To", flow => placeText(flow.to)),
  textColumn("kind", "As", flow => flow.kind === "persist" ? "table" : flow.kind),
  numberColumn("rate", "Records", flow => flow.rate, rate),
], { empty: "Nothing is connected." });

add(picker, legend, empty, canvas, section("In words", "words", table.element));

function placeText(id) {
  const place = places[id];
  return place ? `${place.kind} ${place.name}` : id;
}

// A smooth line through all its points.
function curve(points) {
  let path = `M${points[0]} ${points[1]}`;
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i - 2], points[i - 1], points[i], points[i + 1]];
    const middle = (x0 + x1) / 2;
    path += `C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
  }
  return path;
}

// Where a flow's figure stands: in the gap right behind its first box, or before its last when it comes back.
function labelSpot(p) {
  const isBack = p[0] > p[2];
  const [x0, y0, x1, y1] = isBack ? p.slice(-4) : p.slice(0, 4);
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 + (isBack ? 13 : -5) };
}

function shorten(name, width) {
  const most = Math.floor((width - 26) / 7.2);
  return name.length <= most ? name : `${name.slice(0, Math.ceil(most / 2) - 1)}…${name.slice(name.length - Math.floor(most / 2) + 1)}`;
}

function note(place) {
  if (place.kind !== "group") return place.kind;
  if (place.state !== "Running") return words(place.state ?? "gone");
  return `${plural(place.partitions, "partition", "partitions")}${place.lag > 0 ? ` · lag ${count(place.lag)}` : ""}`;
}

function makePlace([, place]) {
  const target = place.kind === "group" ? groupLink(place.name) : place.kind === "stream" ? null : tableLink(place.name);
  const parts = [s("title"), s("rect", { rx: place.kind === "stream" ? 23 : 8 }), s("text", { class: "name" }), s("text", { class: "note" })];
  const element = target ? s("a", { href: target }, ...parts) : s("g", null, ...parts);
  element.parts = parts;
  return element;
}

function showPlace(element, [id, place]) {
  const box = drawing.boxes.get(id);
  const [title, rect, name, under] = element.parts;
  setAttribute(element, "class", `place ${place.kind}`);
  setAttribute(element, "data-health", place.health);
  setText(title, `${place.kind} ${place.name}${place.kind === "group" ? `, ${note(place)}` : ""}`);
  for (const key of ["x", "y", "width", "height"]) setAttribute(rect, key, box[key]);
  setAttribute(name, "x", box.x + box.width / 2);
  setAttribute(name, "y", box.y + 20);
  setText(name, shorten(place.name, box.width));
  setAttribute(under, "x", box.x + box.width / 2);
  setAttribute(under, "y", box.y + 36);
  setText(under, note(place));
}

function show(state) {
  places = state.places;
  const flows = Object.entries(state.flows).map(([key, flow]) => ({ key, ...flow }));
  canvas.hidden = legend.hidden = flows.length === 0 && Object.keys(places).length === 0;
  empty.hidden = !canvas.hidden;
  const now = JSON.stringify([Object.keys(places), flows.map(flow => flow.key)]);
  // Figures change, the drawing stays.
  if (now !== shape) [shape, drawing] = [now, canvas.hidden ? { width: 0, height: 0 } : placeAll(places, state.flows)];
  setAttribute(svg, "viewBox", `0 0 ${drawing.width} ${drawing.height}`);
  setAttribute(svg, "width", drawing.width);
  setAttribute(svg, "height", drawing.height);
  keep(boxes, Object.entries(places), ([id]) => id, makePlace, showPlace);
  keep(links, flows, flow => flow.key, () => s("path", { "marker-end": "url(#arrow)" }), (path, flow) => {
    setAttribute(path, "d", curve(drawing.lines.get(flow.key)));
    setAttribute(path, "class", `flow ${flow.kind}${flow.rate > 0 ? " busy" : ""}`);
  });
  keep(labels, flows.filter(flow => flow.rate !== undefined), flow => flow.key, () => s("text", { "aria-hidden": "true" }), (label, flow) => {
    const spot = labelSpot(drawing.lines.get(flow.key));
    setAttribute(label, "x", spot.x);
    setAttribute(label, "y", spot.y);
    setText(label, rate(flow.rate));
  });
  table.show(flows, flow => flow.key);
}

const overview = await get("overview").catch(() => ({ groups: {} }));
choice.append(...Object.keys(overview.groups).map(name => h("option", { value: name, selected: name === group }, name)));
watch(group ? { page: "topology", group } : { page: "topology" }, show);
