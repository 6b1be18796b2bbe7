// Figures and times for people.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export function count(n) {
  return n === undefined || n === null ? "–" : whole.format(n);
}

export function rate(n) {
  return n === undefined || n === null ? "–" : `${n >= 100 ? whole.format(n) : fine.format(n)}/s`;
}

/** A short form, for axes and labels: 1.2 k, 3.4 M. */
export function short(n) {
  if (n === undefined || n === null) return "–";
  for (const [size, unit] of [[1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
    if (n >= size) return `${fine.format(n / size)}${unit}`;
  }
  return fine.format(n);
}

export function bytes(n) {
  for (const [size, unit] of [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (n >= size) return `${fine.format(n / size)} ${unit}`;
  }
  return `${whole.format(n)} B`;
}

/** A length of time in words, from seconds. */
export function span(seconds) {
  if (seconds === undefined || seconds === null) return "–";
  if (seconds < 1) return "less than a second";
  if (seconds < 90) return `${whole.format(seconds)} s`;
  if (seconds < 90 * 60) return `${whole.format(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${whole.format(seconds / 3600)} h`;
  return `${whole.format(seconds / 86400)} days`;
}

export function ago(time, now) {
  const seconds = (Date.parse(now) - Date.parse(time)) / 1000;
  return seconds < 1 ? "just now" : `${span(seconds)} ago`;
}

export function clock(time) {
  const at = new Date(time);
  const today = new Date().toDateString() === at.toDateString();
  return today ? at.toLocaleTimeString([], { hour12: false }) : at.toLocaleString([], { hour12: false });
}

/** A state's name in small letters and words: CatchingUp is catching up. */
export function words(state) {
  return state.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

/** 1, 2, 3, 7 as 1–3, 7. */
export function ranges(numbers) {
  const parts = [];
  for (let i = 0; i < numbers.length;) {
    let end = i;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end] + 1) end++;
    parts.push(end > i ? `${numbers[i]}–${numbers[end]}` : `${numbers[i]}`);
    i = end + 1;
  }
  return parts.join(", ");
}

export function plural(n, one, several) {
  return `${count(n)} ${n === 1 ? one : several}`;
}

/** A node's address without what all of them begin with: host and port, as a rule. */
export function node(address) {
  return address?.slice(address.indexOf("@") + 1);
}
