// A year and a half of three clients, as help desks export it, in files to be imported: the same every time, its days those
// before today. What was injected is known: at one client service levels broke down and stayed down, and its people became
// unhappy while their contract still holds them.
import fs from 'node:fs';
import path from 'node:path';

const DAY = 24 * 3600 * 1000;
export const CLIENTS = ['harbor-hospital', 'northern-freight', 'quiet-books'];
export const BROKEN = { client: 'northern-freight', service: 'Warehouse', component: 'scanner-gateway' };
const MONTHS = 15, BROKEN_MONTHS = 4; // of the last

// The same numbers every time (mulberry32).
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const csv = (columns, rows) => `${[columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))]
  .map((row) => row.map((one) => (/[",\r\n]/.test(one) ? `"${String(one).replaceAll('"', '""')}"` : one)).join(',')).join('\r\n')}\r\n`;

const ORDINARY = [
  ['harbor-hospital', 'Patient records', 'records-db', 2, 1.1], ['harbor-hospital', 'Mail', 'mail-gateway', 3, 0.6],
  ['northern-freight', 'Warehouse', 'scanner-gateway', 2, 0.5], ['northern-freight', 'Mail', 'mail-gateway', 3, 0.7],
  ['quiet-books', 'Accounts', 'directory', 3, 0.5],
];

function tickets(first, today, random) {
  const rows = [];
  for (let day = first; day < today - DAY; day += DAY) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue;
    const broken = today - day < BROKEN_MONTHS * 30 * DAY;
    for (const [client, service, component, priority, often] of ORDINARY) {
      const chronic = broken && component === BROKEN.component;
      for (let n = 0; n < 4; n++) {
        if (random() >= (chronic ? 2.2 : often) / 4) continue;
        const opened = day + (7 + random() * 8) * 3600 * 1000;
        const hours = chronic ? 4 + random() * 60 : 0.5 + random() * (random() < 0.08 ? 60 : 6);
        const solved = opened + hours * 3600 * 1000;
        rows.push({
          ticket_id: `T-${String(rows.length + 1).padStart(5, '0')}`, client_id: client, service, component,
          type: random() < 0.8 ? 'incident' : 'request', priority, status: 'closed', opened_at: iso(opened),
          first_response_at: iso(opened + (chronic ? 40 : 12) * 60000 * (0.4 + random())), resolved_at: iso(solved), closed_at: iso(solved + 3600 * 1000),
          reopen_count: random() < (chronic ? 0.2 : 0.04) ? 1 : 0, reassignment_count: random() < (chronic ? 0.5 : 0.2) ? 1 : 0, assignment_group: 'Service desk',
        });
      }
    }
  }
  const done = rows.filter((row) => Date.parse(row.closed_at) < today);
  return csv(Object.keys(done[0]), done);
}

function surveys(first, today, random) {
  const rows = [];
  const ask = (kind, client, contact, role, at, score, min, max) => {
    const answered = random() < 0.7;
    rows.push({ survey_id: `S-${String(rows.length + 1).padStart(4, '0')}`, kind, client_id: client, contact_id: contact, role, asked_at: iso(at),
      answered_at: answered ? iso(at + DAY) : '', score: answered ? Math.max(min, Math.min(max, Math.round(score))) : '', scale_min: min, scale_max: max,
      comment: answered && score < 3 ? 'The same again, "every week".' : '' });
  };
  for (let day = first; day < today - 3 * DAY; day += 10 * DAY) {
    const broken = today - day < BROKEN_MONTHS * 30 * DAY;
    for (const client of CLIENTS) {
      const low = client === BROKEN.client && broken ? 1 : 0;
      for (let n = 0; n < 3; n++) {
        ask('csat_esc', client, `user-${n}`, 'user', day + n * 3600000, 4.3 - 2.2 * low + (random() - 0.5) * 2.2, 1, 5);
        if (n < 2) ask('csat_rel', client, `sponsor-${n}`, 'sponsor', day + 2 * 3600000, 4.4 - 2.4 * low + (random() - 0.5) * 1.6, 1, 5);
        ask('nps', client, `user-${n}`, n ? 'user' : 'executive', day + 3 * 3600000, 8.6 - 5 * low + (random() - 0.5) * 4, 0, 10);
      }
    }
  }
  return csv([...Object.keys(rows[0]), 'ticket_id', 'escalation_id'], rows);
}

function efforts(first, today, random) {
  const rows = [];
  const types = ['incident', 'incident', 'request', 'problem', 'change', 'proactive', 'admin'];
  for (let day = first; day < today - DAY; day += 2 * DAY) {
    for (const client of CLIENTS) {
      for (let n = 0; n < 3; n++) {
        rows.push({ id: `E-${String(rows.length + 1).padStart(5, '0')}`, client_id: client, person: 'ann', started_at: iso(day + (8 + n * 2) * 3600000),
          minutes: 15 + Math.floor(random() * 100), work_type: types[Math.floor(random() * types.length)], rate: random() < 0.9 ? '84.00' : '' });
      }
    }
  }
  return csv(['id', 'client_id', 'ticket_id', 'person', 'started_at', 'minutes', 'work_type', 'rate'], rows);
}

function endpoints(first, today) {
  const rows = [];
  const at = new Date(first);
  for (at.setUTCDate(1); at < today; at.setUTCMonth(at.getUTCMonth() + 1)) {
    for (const [i, client] of CLIENTS.entries()) rows.push({ client_id: client, month: iso(at).slice(0, 7), count: 100 + 80 * i });
  }
  return csv(['client_id', 'month', 'count'], rows);
}

function contracts(first, today) {
  const day = (ms) => iso(ms).slice(0, 10);
  const rows = [
    { client_id: 'harbor-hospital', start: day(first - 900 * DAY), end: day(today + 500 * DAY), mrr: '12000.00', currency: 'EUR', notice_days: 90, status: 'active' },
    { client_id: 'northern-freight', start: day(first - 200 * DAY), end: day(today + 60 * DAY), mrr: '8500.00', currency: 'EUR', notice_days: 30, exit_cost: '60000.00', status: 'active' },
    { client_id: 'quiet-books', start: day(first + 40 * DAY), end: day(today + 300 * DAY), mrr: '2100.00', currency: 'EUR', notice_days: 30, status: 'active' },
    { client_id: 'old-mill', start: day(first - 100 * DAY), end: day(today - 120 * DAY), mrr: '1900.00', currency: 'EUR', notice_days: 30, status: 'lost', loss_reason: 'price' },
  ];
  return csv(['client_id', 'start', 'end', 'mrr', 'currency', 'notice_days', 'exit_cost', 'status', 'loss_reason'], rows);
}

// Writes the files, and says what `redress import` is told of them.
export function writePast(directory) {
  const today = Math.floor(Date.now() / DAY) * DAY;
  const first = today - MONTHS * 30 * DAY;
  const random = dice(20261122);
  const files = { tickets, surveys, 'time-entries': efforts, endpoints, contracts };
  return Object.entries(files).flatMap(([kind, make]) => {
    const file = path.join(directory, `${kind}.csv`);
    fs.writeFileSync(file, make(first, today, random));
    return [kind, file];
  });
}
