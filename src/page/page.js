// Makes the table sort and filter. What a ticket says is only ever compared and put into text nodes.
"use strict";
const MOST = 200;
const body = document.querySelector("#list tbody");
const form = document.querySelector("#filters");
const shown = document.querySelector("#shown");
const more = document.querySelector("#more");
const all = Array.from(body.rows, (row) => ({ row, text: row.textContent.toLowerCase(), data: row.dataset }));
let order = all.slice();
let limit = MOST;

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const values = (entry, name) => (entry.data[name] || "").split("\n");
const labelled = (title, control) => form.append(element("label", {}, title, control));

const search = element("input", { type: "search", placeholder: "any word" });
labelled("Search", search);
const selects = {};
const choice = (name, title, options) => {
  selects[name] = element("select", {}, ...options.map(([value, text]) => element("option", { value, textContent: text })));
  labelled(title, selects[name]);
};
// what is done is not looked at first
if (all.some((entry) => "state" in entry.data)) {
  choice("state", "State", [["open", "open"], ["overdue", "overdue"], ["done", "done"], ["", "all"]]);
}
for (const [name, title] of [["action", "Action"], ["severity", "Severity"], ["project", "Project"], ["owner", "Owner"],
  ["scanner", "Scanner"], ["gate", "fail-on"], ["repository", "Repository"]]) {
  const known = new Set(all.flatMap((entry) => values(entry, name)).filter((value) => value !== ""));
  if (known.size < 2) continue;
  const ranks = ["critical", "high", "medium", "low", "info"];
  const sorted = [...known].sort((a, b) => name === "severity" ? ranks.indexOf(a) - ranks.indexOf(b) : a.localeCompare(b));
  choice(name, title, [["", "all"], ...sorted.map((value) => [value, value])]);
}
const reset = element("button", { type: "button", textContent: "Reset" });
form.append(reset);

const fits = (entry) => search.value.toLowerCase().split(/\s+/).every((word) => entry.text.includes(word))
  && Object.entries(selects).every(([name, select]) => select.value === "" || values(entry, name).includes(select.value));

const show = (most = limit) => {
  const fitting = order.filter(fits);
  const visible = new Set(fitting.slice(0, most));
  for (const entry of all) entry.row.hidden = !visible.has(entry);
  shown.textContent = `${fitting.length} of ${all.length} ${all.length === 1 ? "ticket" : "tickets"}` + (fitting.length > most ? `, the first ${most} shown` : "");
  more.hidden = fitting.length <= most;
};

const collator = new Intl.Collator(undefined, { numeric: true });
// what is empty stands last, whichever way the others stand
const compare = (one, other) => Number(one === "") - Number(other === "") || collator.compare(one, other);
const sort = (index, ascends) => {
  const value = (cell) => cell.dataset.value ?? cell.textContent;
  const keyed = order.map((entry) => ({ key: value(entry.row.cells[index]), entry }));
  const way = (one, other) => (ascends || one === "" || other === "" ? 1 : -1) * compare(one, other);
  keyed.sort((one, other) => way(one.key, other.key));
  order = keyed.map(({ entry }) => entry);
  body.append(...order.map((entry) => entry.row));
};
const heads = document.querySelectorAll("#list th");
heads.forEach((head, index) => {
  const button = element("button", { type: "button", textContent: head.textContent });
  // on the second printed page and later ones, a browser shows no buttons
  head.dataset.name = head.textContent;
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const before = head.getAttribute("aria-sort");
    // severities are looked at from the worst down
    const ascends = before === null ? head.dataset.sort !== "worst" : before !== "ascending";
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", ascends ? "ascending" : "descending");
    sort(index, ascends);
    show();
  });
});
for (const button of document.querySelectorAll("[data-filter]")) {
  const select = selects[button.dataset.filter];
  button.addEventListener("click", () => {
    if (select) select.value = button.dataset.value;
    show();
    document.querySelector("#tickets").scrollIntoView();
  });
}
form.addEventListener("input", () => { limit = MOST; show(); });
form.addEventListener("submit", (event) => event.preventDefault());
reset.addEventListener("click", () => { form.reset(); limit = MOST; show(); });
more.addEventListener("click", () => { limit = Infinity; show(); });
window.addEventListener("beforeprint", () => show(Infinity));
window.addEventListener("afterprint", () => show());
form.hidden = false;
show();
