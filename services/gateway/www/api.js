// api: the gateway's HTTP API (/openapi.json). Every answer that is not 2xx is a Problem.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || 'The answer could not be read.');
    this.status = status;
    this.code = body.code ?? '';
    this.field = body.field ?? '';
    this.title = body.title ?? 'Something went wrong';
  }

  // Whether the same request may help later: nothing came back, or nobody had time.
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const OFFLINE = {
  code: 'offline',
  title: 'The gateway does not answer',
  detail: 'Check the connection. Sending again is safe: it is done once.',
};

// What a question without an answer is to whoever looks at a page: nothing was to be done, so there is nothing to be unsure of.
const UNANSWERED = {
  code: 'unanswered',
  title: 'No answer came in time',
  detail: 'The service that knows this stands still or has too much to do. Other pages may work; try again.',
};

async function problemOf(response, asked) {
  if (asked && response.status === 504) return new Problem(504, UNANSWERED);
  try {
    return new Problem(response.status, await response.json());
  } catch {
    return new Problem(response.status, { title: `The gateway answered ${response.status}` });
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, OFFLINE);
  }
  if (!response.ok) throw await problemOf(response, !options.method);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, OFFLINE); // it ended in the middle
  }
}

export function pathOf(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

export function get(path, parameters, signal) {
  return request(pathOf(path, parameters), { signal });
}

export function post(path, body, headers = {}) {
  return request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body ?? {}),
  });
}

const PAGE = 500;

// The rows of all pages, but of no more than `most`; more: whether there would be more.
export async function all(path, parameters, { most = 5000, signal } = {}) {
  const rows = [];
  let cursor;
  do {
    const page = await get(path, { ...parameters, limit: PAGE, cursor }, signal);
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor && rows.length < most);
  return { rows, more: Boolean(cursor) };
}

// A UUID of version 7: 48 bits of milliseconds, the rest random.
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = Date.now();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
