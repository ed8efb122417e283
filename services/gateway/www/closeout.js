// closeout: what an escalation still needs before it can be closed; its promises, its review, what people said.
import { now } from '/clock.js';
import { h, replace } from '/dom.js';
import { commandButton, problemPlace } from '/forms.js';
import { commandsOn, entitySchema, propertyOf, resolve } from '/schema.js';
import { isClient, mayCommand, personName } from '/session.js';
import { capital, meaning, plain, time, valueOf } from '/words.js';

const by = (who) => (who && !isClient() ? [' by ', h('bdi', null, personName(who))] : '');
const enumWords = (entity, name) => meaning(propertyOf(entitySchema('escalations'), name), entity[name]);

// The gates of the closeout: which command passes it, and by what it is seen to be passed.
const GATES = [
  {
    words: 'Every ticket is resolved, closed or cancelled',
    applies: (e) => e.tickets?.length,
    passed: (e) => e.resolved_at && ['since ', time(e.resolved_at)],
  },
  {
    verb: 'confirm',
    words: 'The client’s primary contact confirmed the solution',
    passed: (e) => e.confirmed_at && [h('bdi', null, e.confirmed_by), ', ', time(e.confirmed_at), by(e.confirmation_by)],
  },
  {
    verb: 'review',
    words: 'It is decided whether a review is required',
    passed: (e) => e.review_decision && [enumWords(e, 'review_decision'), by(e.review_by)],
  },
  {
    verb: 'assess',
    words: 'A manager assessed the client’s loyalty and retention',
    provider: true,
    passed: (e) => e.assessment && [enumWords(e, 'assessment'), ' ', h('bdi', null, e.assessed_by)],
  },
  {
    verb: 'survey',
    words: 'The survey is asked for, or declined',
    provider: true,
    passed: (e) => e.survey && enumWords(e, 'survey'),
  },
];

export const CLOSEOUT_VERBS = [...GATES.map((gate) => gate.verb).filter(Boolean), 'close'];

function gateNode(gate, entity, button) {
  const passed = gate.passed(entity);
  return h('li', { class: passed ? 'passed' : 'open' },
    h('span', { class: 'tick', 'aria-hidden': 'true' }, passed ? '✓' : '○'),
    h('div', null, h('p', null, gate.words, h('span', { class: 'hidden' }, passed ? ': done' : ': not yet')),
      passed ? h('small', null, passed) : null),
    button ? button(passed) : null);
}

// { node, draw(entity) }
export function closeout({ button }) {
  const place = problemPlace();
  const list = h('ul', { class: 'gates' });
  const end = h('div', { class: 'row' });
  const node = h('section', { class: 'card', 'aria-labelledby': 'closeout' }, h('h2', { id: 'closeout' }, 'Closeout'), list, end, place);
  let shown = '';
  const draw = (entity) => {
    const stamp = JSON.stringify(GATES.map((gate) => [gate.applies?.(entity), Boolean(gate.passed(entity)), entity]));
    if (stamp === shown) return;
    shown = stamp;
    node.hidden = entity.state !== 'open' && !entity.confirmed_at;
    const may = mayCommand() && entity.state === 'open';
    replace(list, GATES.filter((gate) => (!gate.applies || gate.applies(entity)) && !(gate.provider && isClient()))
      .map((gate) => gateNode(gate, entity, may && gate.verb
        ? (passed) => button(gate.verb, { text: passed ? 'Change' : undefined }) : null)));
    replace(end, may ? button('close', { primary: GATES.every((gate) => gate.passed(entity) || (gate.applies && !gate.applies(entity))), place }) : null);
    if (!may) place.hidden = true;
  };
  return { node, draw };
}

// --- promises and people -----------------------------------------------------------------------------------------------

function promiseState(promise) {
  if (promise.kept_at) {
    return [h('span', { class: 'state good' }, promise.kept_at > promise.until ? 'Kept late' : 'Kept'), ' ', time(promise.kept_at)];
  }
  if (promise.missed_at || Date.parse(promise.until) < now()) return h('span', { class: 'state bad' }, 'Missed');
  return h('span', { class: 'state watch' }, 'Owed');
}

export function drawPromises(place, entity, button) {
  const all = entity.promises ?? [];
  place.hidden = !all.length;
  const problem = problemPlace();
  replace(place, h('h2', null, 'Promises to the client'), h('ul', { class: 'plainlist' }, all.map((promise) =>
    h('li', { class: 'promise' }, h('p', null, h('bdi', null, promise.promised)),
      h('p', { class: 'row' }, h('span', null, promiseState(promise), h('small', null, ' until ', time(promise.until))),
        !promise.kept_at && mayCommand()
          ? button('keep', { body: { promise: promise.number }, place: problem, text: 'Was kept' }) : null)))), problem);
}

export function drawPeople(place, entity) {
  const perceptions = entity.perceptions ?? [];
  const engagements = entity.engagements ?? [];
  place.hidden = !perceptions.length && !engagements.length;
  const schema = resolve(propertyOf(entitySchema('escalations'), 'perceptions').items);
  replace(place,
    engagements.length ? [h('h2', null, 'Who engaged'), h('ul', { class: 'plainlist' }, engagements.map((one) =>
      h('li', null, h('p', null, h('strong', null, h('bdi', null, one.manager)), ', ', h('bdi', null, one.role), ' ', h('small', null, time(one.at))),
        one.provider_executive || one.client_executive
          ? h('p', { class: 'muted' }, 'Executives: ', h('bdi', null, one.provider_executive ?? 'nobody'), ' with ',
            h('bdi', null, one.client_executive ?? 'nobody')) : null)))] : null,
    perceptions.length ? [h('h2', null, 'How the client sees it'), h('ul', { class: 'plainlist' }, perceptions.map((one) =>
      h('li', null, h('blockquote', null, h('bdi', null, one.statement)),
        h('p', { class: 'muted', title: propertyOf(schema ?? {}, 'sentiment').description },
          h('bdi', null, one.who), `, sentiment ${one.sentiment} of 5, `, time(one.at)))))] : null);
}

// --- the review --------------------------------------------------------------------------------------------------------

export function drawReview(place, review, done) {
  place.hidden = !review;
  if (!review) return;
  const schema = entitySchema('reviews');
  const problem = problemPlace();
  const commands = commandsOn('reviews');
  const writable = mayCommand() && ['open', 'drafted'].includes(review.state);
  const part = (name) => (review[name] ? h('div', null, h('dt', null, propertyOf(schema, name).description),
    h('dd', null, valueOf(propertyOf(schema, name), review[name]))) : null);
  const due = (name, late) => (review[name] && !review.published_at
    ? h('p', { class: late ? 'overdue' : 'muted' }, propertyOf(schema, name).description.replace(/\.$/, ': '), time(review[name]),
      late ? ', overdue' : '') : null);
  replace(place, h('h2', null, 'Post-incident review'),
    h('p', null, h('span', { class: `state ${review.state === 'published' ? 'good' : 'watch'}` }, capital(plain(review.state))), ' ',
      meaning(propertyOf(schema, 'state'), review.state)),
    due('draft_due_at', review.draft_overdue), due('publish_due_at', review.publish_overdue),
    h('dl', { class: 'told' }, part('summary'), part('root_cause'), part('actions')),
    writable ? h('div', { class: 'row' }, [...commands.values()].map((command) => commandButton({
      command, path: `/v1/reviews/${encodeURIComponent(review.id)}/${command.verb}`, client: review.client, initial: review, place: problem, done,
    })), problem) : null);
}
