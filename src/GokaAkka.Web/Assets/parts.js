// Parts that several pages show.

import { groupLink } from "./api.js";
import { h, keep, setAttribute, setText } from "./dom.js";
import { ago, node } from "./format.js";

const main = document.getElementById("main");

/** Adds sections to the page, below its title. */
export function add(...sections) {
  main.append(...sections);
}

/** A part of a page with a title; more goes next to the title. */
export function section(title, id, ...children) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

/** A health or state as a sign and a word: the colour says nothing that they do not. */
export function badge() {
  return h("span", { class: "badge" });
}

export function showBadge(element, health, text) {
  setAttribute(element, "data-health", health);
  setText(element, text);
}

/** What is wrong, in plain words. */
export class Problems {
  constructor() {
    this.list = h("ol", { class: "problems", "aria-label": "What is wrong, the worst first" });
    this.most = fewProblems;
    this.more = h("button", { type: "button", hidden: true, onclick: () => {
      this.most = Infinity;
      this.show(...this.shown);
    } });
    this.element = h("div", null, this.list, h("p", { class: "more" }, this.more));
  }

  show(problems, at, withGroupLink = true) {
    this.shown = [problems, at, withGroupLink];
    this.element.hidden = problems.length === 0;
    this.more.hidden = problems.length <= this.most;
    setText(this.more, `${problems.length - fewProblems} more`);
    keep(this.list, problems.slice(0, this.most), problem => problem.id, () => {
      const parts = { title: h("strong"), detail: h("p"), hint: h("p", { class: "hint" }), where: h("p", { class: "where" }) };
      const item = h("li", null, parts.title, parts.detail, parts.hint, parts.where);
      item.parts = parts;
      return item;
    }, (item, problem) => {
      setAttribute(item, "data-severity", problem.severity);
      const { title, detail, hint, where } = item.parts;
      const name = `${severityWords[problem.severity] ?? ""}${problem.title}`;
      if (title.dataset.name !== name) {
        title.dataset.name = name;
        title.replaceChildren(h("span", { class: "sr" }, severityWords[problem.severity] ?? ""),
          withGroupLink && problem.group ? h("a", { href: groupLink(problem.group) }, problem.title) : problem.title);
      }
      setText(detail, problem.detail);
      setText(hint, problem.hint);
      setText(where, [`for ${ago(problem.since, at).replace(" ago", "").replace("just now", "a moment")}`, node(problem.node)].filter(Boolean).join(" · "));
    });
  }
}

// The worst; the others are a press away.
const fewProblems = 6;
const severityWords = { broken: "Broken: ", attention: "Attention: ", note: "Note: " };

/**
 * A table whose rows are kept in step with items. Columns: { name, title, number, show(cell, item), sort(item) }. On a narrow screen each row becomes a
 * card, with the columns' titles before their values.
 */
export class Table {
  constructor(label, columns, { sortBy, descending = false, empty = "Nothing here.", rowHealth } = {}) {
    this.columns = columns;
    this.by = sortBy ? { name: sortBy, descending } : null;
    this.rowHealth = rowHealth;
    this.body = h("tbody");
    this.heads = columns.map(column => h("th", { scope: "col", class: column.number ? "number" : null },
      column.sort ? h("button", { type: "button", class: "sort", onclick: () => this.sort(column) }, column.title)
        : column.isTitleHidden ? h("span", { class: "sr" }, column.title) : column.title));
    this.empty = h("p", { class: "empty", hidden: true }, empty);
    this.table = h("table", null, h("caption", { class: "sr" }, label), h("thead", null, h("tr", null, ...this.heads)), this.body);
    // Wider than its place, it is scrolled: by keys, too.
    this.element = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, this.table, this.empty);
    this.items = [];
  }

  sort(column) {
    this.by = { name: column.name, descending: this.by?.name === column.name ? !this.by.descending : !!column.number };
    this.show(this.items, this.keyOf);
  }

  show(items, keyOf) {
    this.items = items;
    this.keyOf = keyOf;
    const column = this.columns.find(c => c.name === this.by?.name);
    const sorted = column ? [...items].sort((a, b) => compare(column.sort(a), column.sort(b)) * (this.by.descending ? -1 : 1)) : items;
    this.columns.forEach((c, i) => setAttribute(this.heads[i], "aria-sort", c === column ? (this.by.descending ? "descending" : "ascending") : null));
    keep(this.body, sorted, keyOf, item => {
      const row = h("tr");
      row.cells_ = this.columns.map((c, i) => {
        const cell = h(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: c.number ? "number" : null, "data-title": c.isTitleHidden ? null : c.title });
        c.make?.(cell, item);
        return cell;
      });
      row.append(...row.cells_);
      return row;
    }, (row, item) => {
      if (this.rowHealth) setAttribute(row, "data-health", this.rowHealth(item));
      this.columns.forEach((c, i) => c.show(row.cells_[i], item));
    });
    this.empty.hidden = items.length > 0;
    this.table.hidden = items.length === 0;
  }
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === undefined || a === null) return 1;
  if (b === undefined || b === null) return -1;
  return typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
}

/** A column of text. */
export function textColumn(name, title, text, options) {
  return { name, title, sort: text, show: (cell, item) => setText(cell, text(item) ?? ""), ...options };
}

/** A column of figures. */
export function numberColumn(name, title, value, format, options) {
  return { name, title, number: true, sort: value, show: (cell, item) => setText(cell, format(value(item))), ...options };
}

/** A column with a state. */
export function stateColumn(name, title, health, text, options) {
  return {
    name, title, sort: item => `${{ broken: 0, attention: 1 }[health(item)] ?? 2}${text(item)}`,
    make: cell => cell.append(badge()), show: (cell, item) => showBadge(cell.firstChild, health(item), text(item)), ...options,
  };
}

/** A column of links. */
export function linkColumn(name, title, text, href, options) {
  return {
    name, title, sort: text, make: (cell, item) => cell.append(h("a", { href: href(item) }, text(item))), show: () => {}, ...options,
  };
}

/** Says once, to those who cannot see it, and to the others. */
export function notice() {
  const element = h("p", { class: "notice", role: "status" });
  return {
    element,
    say: (text, isBad) => {
      setAttribute(element, "data-bad", isBad ? "" : null);
      setText(element, text);
    },
  };
}
