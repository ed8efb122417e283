// advice: who was asked before others decide, until when that is waited for, and what they said.
import { h, replace } from '/dom.js';
import { commandButton, problemPlace } from '/forms.js';
import { commandsOn } from '/schema.js';
import { mayCommand, personName } from '/session.js';
import { capital, plain, time } from '/words.js';

const KINDS = { asked: 'watch', answered: 'good' };

export function drawAdvice(place, rows, done) {
  place.hidden = !rows.length;
  const command = commandsOn('consultations').get('answer');
  const problem = problemPlace();
  const item = (one) => h('li', { class: 'consultation' },
    h('p', null, h('span', { class: `state ${KINDS[one.state] ?? ''}` }, capital(plain(one.state))), ' ', h('bdi', null, one.role),
      h('small', null, one.state === 'asked' ? ['until ', time(one.until)] : time(one.ended_at))),
    one.advice ? h('blockquote', null, h('bdi', null, one.advice)) : null,
    one.by ? h('p', { class: 'muted' }, h('bdi', null, personName(one.by))) : null,
    one.state === 'asked' && mayCommand() ? commandButton({
      command, path: `/v1/consultations/${encodeURIComponent(one.id)}/answer`, client: one.client, place: problem, done, text: 'Give advice',
    }) : null);
  replace(place, h('h2', null, 'Asked for advice'), h('ul', { class: 'plainlist' }, rows.map(item)), problem);
}
