// Places the topology's boxes from left to right, and the lines between them. The same graph gives the same drawing.

import { Graph, layout } from "./dagre/dagre.esm.js";

const height = 46;
const margin = 16;

/** Where each place is, the points that each flow leads through, x and y in turn, and how large the whole is. */
export function place(places, flows) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", acyclicer: "greedy", nodesep: 22, edgesep: 22, ranksep: 84, marginx: margin, marginy: margin });
  // As wide as the name is about, within bounds; a longer one is cut.
  for (const [id, { name }] of Object.entries(places)) graph.setNode(id, { width: Math.min(240, Math.max(112, Math.round(name.length * 7.4 + 30))), height });
  // The way back goes with the way there.
  for (const [id, { from, to }] of Object.entries(flows)) graph.setEdge(...graph.outEdges(to, from).length > 0 ? [to, from] : [from, to], {}, id);
  layout(graph);
  const boxes = new Map(graph.nodes().map(id => {
    const { x, y, width } = graph.node(id);
    return [id, { x: x - width / 2, y: y - height / 2, width, height, into: [], outOf: [] }];
  }));
  // From left to right, whichever way the records go. Every other point lies between two layers.
  const lines = graph.edges().map(({ v, w, name }) => {
    const [left, right] = [v, w].map(id => boxes.get(id)).sort((a, b) => a.x - b.x);
    const bends = graph.edge(v, w, name).points.slice(1, -1).filter((_, i) => i % 2 === 1);
    if (left !== boxes.get(v)) bends.reverse();
    const [start, end] = [left, right].map(box => ({ y: box.y + height / 2 }));
    const line = { name, isBack: boxes.get(flows[name].from) === right, points: [start, ...bends, end] };
    left.outOf.push(line);
    right.into.push(line);
    return line;
  });
  // Lines meet a box spread over its side, in the order in which they come, so that no two lie on each other.
  const order = next => (a, b) => a.points.at(next).y - b.points.at(next).y || a.isBack - b.isBack;
  for (const box of boxes.values()) {
    box.outOf.sort(order(1));
    box.into.sort(order(-2));
  }
  for (const box of boxes.values()) {
    for (const [i, { points }] of box.outOf.entries()) points[0] = { x: box.x + box.width, y: box.y + height * (i + 1) / (box.outOf.length + 1) };
    for (const [i, { points }] of box.into.entries()) points[points.length - 1] = { x: box.x, y: box.y + height * (i + 1) / (box.into.length + 1) };
  }
  // A bend may stand above or below all boxes.
  const heights = [...boxes.values()].flatMap(box => [box.y, box.y + height]).concat(lines.flatMap(({ points }) => points.map(point => point.y)));
  const up = Math.min(...heights) - margin;
  for (const box of boxes.values()) box.y -= up;
  return {
    boxes, width: graph.graph().width, height: Math.max(...heights) - up + margin,
    lines: new Map(lines.map(({ name, isBack, points }) => [name, (isBack ? points.reverse() : points).flatMap(({ x, y }) => [x, y - up])])),
  };
}
