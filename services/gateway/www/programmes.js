// programmes: the register of service improvement programmes, and the candidates that wait to become one.
import { all } from '/api.js';
import { h, replace } from '/dom.js';
import { fieldOf } from '/fields.js';
import { count, day, kpiName, limitsText, number, periodText } from '/figure.js';
import { commandButton, openForm, problemPlace } from '/forms.js';
import { answerSchema, commandsOn, creator, propertyOf, resolve } from '/schema.js';
import { PARTS, clientName, clientsToAsk, isClient, knowNames, mayCommand, partOf, personName, session } from '/session.js';
import { table } from '/table.js';
import { capital, meaning, plain, time } from '/words.js';

export const linkToProgramme = (client, id) => `#/programmes/${encodeURIComponent(client)}/${encodeURIComponent(id)}`;

const RAGS = { green: 'good', amber: 'watch', red: 'bad' };
const TRENDS = { better: '↗', same: '→', worse: '↘' };
const VERDICTS = { proved: 'good', not_shown: 'watch', worse: 'bad' };

export function ragOf(rag, trend) {
  if (!rag) return h('span', { class: 'muted' }, 'Not reviewed yet');
  return [h('span', { class: `state ${RAGS[rag]}` }, capital(rag)), trend ? h('span', { title: `The trend: ${trend}` }, ` ${TRENDS[trend]} `, h('small', null, trend)) : null];
}

export function verdictWords(verdict) {
  return h('span', { class: `state ${VERDICTS[verdict]}` }, verdict === 'worse' ? 'Became worse' : capital(plain(verdict)));
}

// --- commands ----------------------------------------------------------------------------------------------------------

// Fields that name a person are chosen by name, where the names may be read.
export function people(command) {
  const known = {};
  const choices = [...session.people].map(([id, name]) => [id, name === id ? id : `${name} (${id})`]);
  for (const [name, schema] of Object.entries(command.schema.properties ?? {})) {
    if (choices.length && resolve(schema)['x-reference'] === 'person') known[name] = choices;
  }
  return known;
}

// Everything that can be asked of one, as buttons: button(verb, { text, ... }), or null when there is no such command.
export function buttonsOf(nouns, id, client, done) {
  const commands = commandsOn(nouns);
  return (verb, options) => {
    const command = commands.get(verb);
    if (!command || !mayCommand()) return null;
    return commandButton({ command, path: `/v1/${nouns}/${encodeURIComponent(id)}/${verb}`, client, done, text: capital(plain(verb)), title: options?.text ?? capital(plain(verb)), ...options,
      known: { ...people(command), ...options?.known } });
  };
}

// --- candidates --------------------------------------------------------------------------------------------------------

function proof(one) {
  const parts = [];
  if (one.kpi) parts.push(kpiName(one.kpi));
  if (one.value !== undefined) parts.push(`came to ${number(one.value)}`);
  if (one.target !== undefined) parts.push(`where ${number(one.target)} was the target`);
  if (limitsText(one)) parts.push(`limits ${limitsText(one)}`);
  if (one.count !== undefined) parts.push(`${one.count === 1 ? 'once' : `${count(one.count)} times`}${one.expected === undefined ? '' : ` where ${number(one.expected)} ${Number(one.expected) === 1 ? 'was' : 'were'} to be expected`}`);
  if (one.tail !== undefined) parts.push(`chance ${one.tail}`);
  return parts.join(', ');
}

// What speaks for a programme, or shows that its problem came back.
export function evidenceList(list, schema) {
  const rule = propertyOf(schema ?? {}, 'rule');
  return h('ul', { class: 'plainlist evidence' }, list.map((one) => h('li', null,
    h('p', null, h('strong', null, capital(plain(one.cause))), one.from ? ` ${periodText(one)}` : null, ' ', h('small', null, 'told ', time(one.at))),
    proof(one) ? h('p', null, proof(one)) : null, one.rule ? h('p', { class: 'muted' }, meaning(rule, one.rule)) : null,
    one.words ? h('blockquote', null, h('bdi', null, one.words)) : null,
    one.tickets?.length ? h('p', { class: 'muted' }, 'Tickets: ', h('bdi', null, one.tickets.map(({ ticket }) => ticket).join(', '))) : null)));
}

// What nobody gave a name is called by what it is about.
const named = (row) => [kpiName(row.kpi ?? row.cause), partOf(row)].filter(Boolean).join(': ');

function launchForm(row) {
  const command = creator('programmes', 'launch');
  const initial = { candidate: row.id, title: row.title || named(row), problem: row.problem };
  openForm({
    command, path: '/v1/programmes', client: row.client, initial, known: people(command), title: 'Launch a programme',
    done: (answer) => {
      location.hash = linkToProgramme(row.client, answer.result.id);
    },
  });
}

function candidateNode(row, done) {
  const button = buttonsOf('candidates', row.id, row.client, done);
  const place = problemPlace();
  const schema = answerSchema('sip.candidates');
  const open = ['found', 'qualified'].includes(row.state);
  return h('li', { class: 'card candidate' },
    h('div', { class: 'head' }, h('h3', null, h('bdi', null, row.title || named(row))),
      h('span', null, h('span', { class: `state ${row.state === 'qualified' ? 'good' : open ? 'watch' : ''}` }, capital(plain(row.state))), ` rank ${row.rank}`)),
    h('p', { class: 'muted' }, h('bdi', null, clientName(row.client)), ` · ${meaning(propertyOf(schema, 'cause'), row.cause)}`,
      row.times > 1 ? ` Told ${row.times} times.` : ''),
    row.problem ? h('p', null, h('bdi', null, row.problem)) : null,
    h('details', null, h('summary', null, `Evidence (${row.evidence?.length ?? 0})`), evidenceList(row.evidence ?? [], resolve(propertyOf(schema, 'evidence').items))),
    row.reason ? h('p', null, 'Reason: ', h('bdi', null, row.reason), row.decided_by ? h('small', null, ' ', personName(row.decided_by), ', ', time(row.decided_at)) : null) : null,
    row.programme ? h('p', null, h('a', { href: linkToProgramme(row.client, row.programme) }, 'The programme')) : null,
    open && mayCommand() ? h('div', { class: 'row' }, row.state === 'found' ? button('qualify', { place, primary: true }) : null,
      row.state === 'qualified' ? h('button', { type: 'button', class: 'primary', on: { click: () => launchForm(row) } }, 'Launch a programme') : null,
      button('reject', { place }), place) : null);
}

function proposeForm(done) {
  const clients = [...session.clients].map(([id, name]) => [id, name === id ? id : `${name} (${id})`]);
  openForm({
    command: creator('candidates', 'propose'), path: '/v1/candidates', title: 'Propose a candidate', done,
    extra: [fieldOf('client', { type: 'string', maxLength: 64, description: 'Whose problem it is.' }, true, clients.length ? clients : undefined)],
  });
}

// --- the register ------------------------------------------------------------------------------------------------------

function registerTable(rows, ended) {
  if (!rows.length) return h('p', { class: 'empty' }, ended ? 'No programme has ended.' : 'No programme is open.');
  return table(ended ? 'Programmes that ended' : 'Open programmes', ['Programme', 'State', 'Health', 'Plan', ended ? 'Ended' : 'Next review', 'Manager'], rows.map((row) => ({
    late: row.rag === 'red' && !ended,
    cells: [
      [h('a', { href: linkToProgramme(row.client, row.id) }, h('bdi', null, row.title)), h('small', null, h('bdi', null, clientName(row.client)), partOf(row) ? [' · ', h('bdi', null, partOf(row))] : null)],
      [capital(plain(row.state)), row.relapses ? h('small', null, `opened again ${row.relapses === 1 ? 'once' : `${row.relapses} times`}`) : null],
      ended && row.verdict ? verdictWords(row.verdict) : ragOf(row.rag, row.trend),
      [h('progress', { max: 100, value: row.percent ?? 0, 'aria-label': 'How much of the plan is done' }), `${row.percent ?? 0} %`],
      ended ? row.closed_at ? time(row.closed_at) : '' : row.next_review ? day(row.next_review) : '–',
      h('bdi', null, personName(row.manager))],
  })));
}

const waiting = (n) => [n === 1 ? 'candidate waits' : 'candidates wait', n, 'watch'];

function tiles(programmes, candidates, overdue) {
  const all = [
    [programmes.length === 1 ? 'open programme' : 'open programmes', programmes.length, ''], ['red', programmes.filter((row) => row.rag === 'red').length, 'bad'],
    [overdue === 1 ? 'overdue action' : 'overdue actions', overdue, 'bad'], isClient() ? null : waiting(candidates.filter((row) => row.state === 'found').length),
  ].filter(Boolean);
  return h('ul', { class: 'tiles', 'aria-label': 'In short' }, all.map(([name, n, kind]) => h('li', { class: n && kind ? kind : null }, h('strong', null, count(n)), ' ', name)));
}

export async function showProgrammes(app, rest, query) {
  const ended = query.state === 'ended';
  const each = (name, more) => Promise.all(clientsToAsk(query.client).map((client) =>
    all(`/v1/queries/sip.${name}`, { client, ...more }, { signal: app.signal }))).then((parts) => parts.flatMap((part) => part.rows));
  const again = () => showProgrammes(app, rest, query).catch(app.fail);
  const [programmes, candidates, overdue] = await Promise.all([
    each('programmes', { ended: ended || undefined }), isClient() ? [] : each('candidates', { ended: ended || undefined }), each('actions', { overdue: true }), knowNames(PARTS)]);
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/programmes?${new URLSearchParams(next)}`;
  };
  const choice = (name, text, options) => h('label', { class: 'choice' }, h('span', null, text), h('select', { name, on: { change: (event) => go({ [name]: event.target.value }) } },
    options.map(([value, words]) => h('option', { value, selected: (query[name] ?? '') === value }, words))));
  app.title('Improvement');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Service improvement'),
      mayCommand() ? h('button', { type: 'button', on: { click: () => proposeForm(again) } }, 'Propose a candidate') : null),
    ended ? null : tiles(programmes, candidates, overdue.length),
    h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
      session.clients.size > 1 ? choice('client', 'Client', [['', 'All clients'], ...session.clients]) : null,
      choice('state', 'Show', [['', 'Open'], ['ended', 'Ended']])),
    h('section', { class: 'kpis' }, h('h2', null, 'Programmes'), registerTable(programmes, ended), reports(query)),
    isClient() ? null : h('section', { class: 'kpis' }, h('h2', null, ended ? 'Candidates that were decided' : 'Candidates, the strongest first'),
      candidates.length ? h('ul', { class: 'candidates' }, candidates.map((row) => candidateNode(row, again)))
        : h('p', { class: 'empty' }, ended ? 'None was decided.' : 'Nothing speaks for a programme now.')));
}

// The reports of a client, which need one.
function reports(query) {
  const client = query.client || (session.me.clients.length === 1 ? session.me.clients[0] : '');
  if (!client) return null;
  const link = (as, words) => h('a', { href: `/v1/sip/reports/${encodeURIComponent(client)}.${as}` }, words);
  return h('p', { class: 'row reports' }, h('span', null, 'Report of ', h('bdi', null, clientName(client)), ':'), link('html', 'to print'), link('csv', 'CSV'), link('json', 'JSON'));
}
