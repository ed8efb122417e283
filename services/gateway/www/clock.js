// clock: what time it is for the suite, whose clock may be faster than the real one, and elements that go with it.

let suiteThen = Date.now();
let realThen = Date.now();
let rate = 1;

// `now` and `rate` are what the gateway says; one that does not say has the real clock.
export function setClock({ now: said, rate: speed }) {
  realThen = Date.now();
  suiteThen = said ? Date.parse(said) : realThen;
  rate = speed ?? 1;
}

export function now() {
  return suiteThen + (Date.now() - realThen) * rate;
}

const texts = new WeakMap();

// An element whose text is text(now), again and again as long as it is on the page.
export function live(element, text) {
  texts.set(element, text);
  element.dataset.live = '';
  element.textContent = text(now());
  return element;
}

const TICK_MS = 1000;

setInterval(() => {
  const at = now();
  for (const element of document.querySelectorAll('[data-live]')) {
    const text = texts.get(element)?.(at);
    if (text !== undefined && element.textContent !== text) element.textContent = text;
  }
}, TICK_MS);
