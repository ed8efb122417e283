// dom: elements from data. Text only ever becomes text: there is no way here to parse HTML.

// h('a', { href: '#/', on: { click } }, 'text', node, [more]); null and false are left out.
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name === 'on') {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

// Brings the children of `parent` in line with `items` and leaves alone what has not changed, so that neither focus nor
// selection is lost when news arrive. An item's stamp says whether its node is still right.
export function reconcile(parent, items, { key, stamp = JSON.stringify, make }) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const focusedIn = focused && [...parent.children].find((node) => node.contains(focused))?.dataset.key;
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const mark = stamp(item);
    let node = old.get(name);
    old.delete(name);
    if (!node || node.redressStamp !== mark) {
      const fresh = make(item);
      fresh.dataset.key = name;
      fresh.redressStamp = mark;
      if (node) {
        if (node === at) at = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
  if (focused && document.activeElement !== focused) refocus(parent, focused, focusedIn);
}

// A node that was moved has lost the focus; one that was made anew passes it on.
function refocus(parent, focused, key) {
  const heir = [...parent.children].find((node) => node.dataset.key === key);
  const target = focused.isConnected ? focused : heir?.querySelector('a, button, summary');
  target?.focus({ preventScroll: true });
}

// Says something to everybody: in the line of news below the header, which screen readers speak.
export function announce(text) {
  const line = document.getElementById('news');
  line.textContent = '';
  // A repeated sentence is news again only when the line was empty in between.
  setTimeout(() => {
    line.textContent = text;
  }, 50);
}

let counter = 0;
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}
