// A small chart of figures over time: an area with a line, its last value in words, and the value under the pointer or, with the arrow keys, at a moment.

import { h, s, setText, setAttribute } from "./dom.js";
import { clock } from "./format.js";

const width = 320;
const height = 84;
const top = 6;

/** With title, kind (its colour) and format. Its element is .element; add points with .add, or all with .set. */
export class Chart {
  constructor(title, kind, format, length = 15 * 60 * 1000) {
    this.points = [];
    this.format = format;
    this.length = length;
    this.title = title;
    this.now = h("p", { class: "now" });
    this.range = h("p", { class: "range" });
    this.area = s("path", { class: "area" });
    this.line = s("path", { class: "line" });
    this.mark = s("line", { class: "mark", y1: 0, y2: height, visibility: "hidden" });
    this.svg = s("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", tabindex: 0 }, this.area, this.line, this.mark);
    this.element = h("figure", { class: `chart ${kind}` }, h("figcaption", null, title), this.now, this.svg, this.range);
    this.svg.addEventListener("pointermove", event => {
      const box = this.svg.getBoundingClientRect();
      this.pick((event.clientX - box.left) / box.width * width);
    });
    this.svg.addEventListener("pointerleave", () => this.pick(null));
    this.svg.addEventListener("blur", () => this.pick(null));
    this.svg.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || this.points.length === 0) return;
      event.preventDefault();
      const at = this.picked === undefined ? this.points.length - 1 : this.points.indexOf(this.picked) + step;
      this.pick(this.x(this.points[Math.max(0, Math.min(this.points.length - 1, at))]));
    });
  }

  set(points) {
    this.points = points.filter(point => Number.isFinite(point.value));
    this.draw();
  }

  add(point) {
    if (this.points.length > 0 && point.at <= this.points.at(-1).at) return;
    this.points.push(point);
    while (this.points.length > 2 && point.at - this.points[0].at > this.length) this.points.shift();
    this.draw();
  }

  x(point) {
    return (point.at - this.from) / (this.to - this.from) * width;
  }

  draw() {
    const last = this.points.at(-1);
    if (!last) {
      setText(this.now, "–");
      setText(this.range, "No figures yet");
      setAttribute(this.svg, "aria-label", `${this.title}: no figures yet`);
      return;
    }
    this.to = last.at;
    this.from = Math.min(this.points[0].at, this.to - 60_000);
    const values = this.points.map(point => point.value);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const scale = (height - top) / (most || 1);
    const y = value => height - value * scale;
    const line = this.points.map((point, i) => `${i ? "L" : "M"}${this.x(point).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
    setAttribute(this.line, "d", line);
    setAttribute(this.area, "d", `${line}L${this.x(last).toFixed(1)} ${height}L${this.x(this.points[0]).toFixed(1)} ${height}Z`);
    setText(this.now, this.format(last.value));
    const minutes = Math.max(1, Math.round((this.to - this.points[0].at) / 60_000));
    setAttribute(this.svg, "aria-label",
      `${this.title} over the last ${minutes === 1 ? "minute" : `${minutes} minutes`}: now ${this.format(last.value)}, lowest ${this.format(least)}, highest ${this.format(most)}`);
    if (this.picked === undefined) setText(this.range, `${this.format(least)} to ${this.format(most)} in ${minutes} min`);
  }

  pick(x) {
    if (x === null || this.points.length === 0) {
      this.picked = undefined;
      setAttribute(this.mark, "visibility", "hidden");
      this.draw();
      return;
    }
    this.picked = this.points.reduce((best, point) => Math.abs(this.x(point) - x) < Math.abs(this.x(best) - x) ? point : best);
    const at = this.x(this.picked);
    setAttribute(this.mark, "x1", at);
    setAttribute(this.mark, "x2", at);
    setAttribute(this.mark, "visibility", "visible");
    setText(this.range, `${this.format(this.picked.value)} at ${clock(this.picked.at)}`);
  }
}
