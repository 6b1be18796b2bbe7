// Keeps a page's data up to date: all of it once, then what has changed.

import { link } from "./api.js";
import { setText } from "./dom.js";
import { clock } from "./format.js";

/** RFC 7386. The patch's objects become parts of the result. */
export function merge(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const result = target !== null && typeof target === "object" && !Array.isArray(target) ? target : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

/** Calls show with the state whenever it has changed, once a frame at most. */
export function watch(parameters, show) {
  const query = new URLSearchParams(parameters);
  const sign = document.getElementById("live");
  let state;
  let isDrawing = false;
  let failures = 0;
  let source;

  const draw = () => {
    if (isDrawing || state === undefined) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      show(state);
    });
  };

  const tell = (kind, text, title) => {
    sign.dataset.state = kind;
    setText(sign, text);
    sign.title = title ?? "";
  };

  const open = () => {
    source = new EventSource(link(`api/live?${query}`));
    source.addEventListener("state", event => {
      failures = 0;
      state = JSON.parse(event.data);
      tell("on", "Live");
      draw();
    });
    source.addEventListener("patch", event => {
      state = merge(state, JSON.parse(event.data));
      sign.title = `As of ${clock(state.at)}`;
      draw();
    });
    source.addEventListener("error", () => {
      failures++;
      tell("off", failures > 2 ? "Connection lost" : "Reconnecting", state ? `Shown is ${clock(state.at)}` : "");
      // A refusal ends it for good; then this tries again.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, Math.min(30, 2 ** failures) * 1000);
    });
  };

  // What nobody sees is not kept up to date.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      tell("idle", "Paused");
    } else {
      open();
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", event => event.persisted && open());
  if (!document.hidden) open();
}
