// Keeps an open page fresh and sends its forms without leaving it. Every page works without this file.
"use strict";

const announcer = document.getElementById("announcer");
let here = location.href; // where the page as shown can be had again

const articlesOf = (root) => new Set([...root.querySelectorAll("#digests article")].map((article) => article.id));

// Where a link or button stands, so that the same one can be found in another version of the page.
function spotOf(node) {
  const root = node?.closest("[data-swap] [id]:not(a, button)");
  return root && { id: root.id, nth: [...root.querySelectorAll("a, button")].indexOf(node) };
}

// Puts parts of another version of this page in place; what is focused and where the reader is stay.
function swap(text, parts) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const spot = spotOf(document.activeElement);
  const first = [...document.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > 0);
  const top = first?.getBoundingClientRect().top;
  for (const part of document.querySelectorAll(parts)) {
    const other = fresh.getElementById(part.id);
    if (!other) return document.querySelector("main").replaceWith(fresh.querySelector("main")); // a page of an error
    part.replaceWith(other);
  }
  if (spot) document.getElementById(spot.id)?.querySelectorAll("a, button")[spot.nth]?.focus({ preventScroll: true });
  const again = first?.id && document.getElementById(first.id);
  if (again) window.scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
}

const address = document.querySelector("[data-live]")?.dataset.live;
let events;

addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", () => {
  if (!address) return;
  events = new EventSource(address);
  events.addEventListener("change", async () => {
    const answer = await fetch(here, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const had = articlesOf(document);
    swap(await answer.text(), "#digests");
    const more = [...articlesOf(document)].some((id) => !had.has(id));
    if (more) announcer.textContent = document.getElementById("digests").dataset.said;
  });
});

let plainly = false; // whether the browser itself is to send the form

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (plainly || form.method !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  const vote = form.matches(".ballot");
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) {
    plainly = true; // it says best what is wrong with the network
    return form.requestSubmit(event.submitter);
  }
  if (answer.redirected) here = answer.url;
  swap(await answer.text(), vote ? "[data-swap]:not(#answer)" : "[data-swap]");
  announcer.textContent = document.querySelector(vote ? ".outcome" : ".answer")?.textContent.trim() ?? "";
});
