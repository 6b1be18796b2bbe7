// Asks before something is done.

import { h } from "./dom.js";

/** Resolves to whether it was confirmed. The question names what will be done, detail what that means. */
export function confirm(question, detail, verb, isDangerous = false) {
  return new Promise(resolve => {
    const heading = h("h2", { id: "question" }, question);
    const cancel = h("button", { value: "no", class: "quiet" }, "Cancel");
    const dialog = h("dialog", { "aria-labelledby": "question" },
      h("form", { method: "dialog" }, heading, h("p", null, detail),
        h("div", { class: "buttons" }, cancel, h("button", { value: "yes", class: isDangerous ? "danger" : "main" }, verb))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    // So that a hasty Enter does nothing.
    cancel.focus();
  });
}
