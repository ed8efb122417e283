// session: who is signed in, what that allows, and the names of people and clients.
import { all, get, post } from '/api.js';
import { setClock } from '/clock.js';
import { listPath } from '/schema.js';

const COMMANDING = ['operator', 'administrator'];

export const session = { me: null, people: new Map(), clients: new Map(), named: new Map() };

export const mayCommand = () => COMMANDING.includes(session.me?.role);
export const isClient = () => session.me?.role === 'client';

// What must be named in requests: nothing where all may be seen, else each of the token's clients.
export function clientsToAsk(chosen) {
  if (chosen) return [chosen];
  return session.me.clients.length ? session.me.clients : [undefined];
}

async function load(path, into) {
  try {
    for (const row of (await all(path)).rows) into.set(row.id, row.name || row.id);
  } catch (problem) {
    if (problem.status !== 403) throw problem; // not for this token: ids must do
  }
}

// A token for some clients only may see each of these.
async function loadClient(id) {
  try {
    session.clients.set(id, (await get(`/v1/clients/${encodeURIComponent(id)}`)).name);
  } catch (problem) {
    if (![403, 404].includes(problem.status)) throw problem;
  }
}

export async function open() {
  const me = await get('/v1/me');
  setClock(me);
  session.people = new Map();
  session.clients = new Map(me.clients.map((id) => [id, id]));
  session.named = new Map();
  if (me.role !== 'client') {
    await Promise.all(me.clients.length ? me.clients.map(loadClient)
      : [load('/v1/people', session.people), load('/v1/clients', session.clients)]);
  }
  session.me = me;
  return me;
}

export async function signIn(token) {
  await post('/login', { token });
  return open();
}

export async function signOut() {
  await post('/logout');
  session.me = null;
}

// Reads what the catalog calls things of these nouns, once a session; then nameOf knows.
export async function knowNames(nouns) {
  await Promise.all(nouns.filter((noun) => !session.named.has(noun)).map(async (noun) => {
    const names = new Map(), path = listPath(noun);
    if (path && !isClient() && !session.me.clients.length) await load(path, names);
    session.named.set(noun, names);
  }));
}

// Tickets and surveys may name what is in no catalog: then the id says it.
export function nameOf(noun, id) {
  return session.named.get(noun)?.get(id) ?? id;
}

export const PARTS = ['service', 'component'];

// What of a client something is about, by the names of PARTS: "Warehouse, Scanner gateway".
export const partOf = (row) => PARTS.filter((noun) => row[noun]).map((noun) => nameOf(noun, row[noun])).join(', ');

export function clientName(id) {
  return session.clients.get(id) ?? id;
}

// Actors are "person:ann", "service:escalation" when a clock ran out, or the user of a shell.
export function personName(actor) {
  if (actor?.startsWith('service:')) return `the ${actor.slice('service:'.length)} service`;
  const id = actor?.startsWith('person:') ? actor.slice('person:'.length) : actor;
  return session.people.get(id) ?? id ?? '';
}
