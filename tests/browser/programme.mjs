// A programme on what the past (past.mjs) shows: launched, planned, half done, reviewed. Its id.
import { BROKEN } from './past.mjs';

const day = (days) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);

export async function candidate(suite) {
  const { rows } = await suite.ask('query', 'sip.candidates', '--client', BROKEN.client);
  return rows.find((row) => row.component === BROKEN.component) ?? rows[0];
}

export async function launch(suite) {
  const { client } = BROKEN;
  const answer = await suite.ask('programme', 'launch', '--client', client, '--candidate', (await candidate(suite)).id, '--title', 'Scanners that work all night',
    '--problem', 'Since summer the scanner gateway fails several times a week; each time the warehouse writes on paper.',
    '--charter', 'Find why the gateway fails, replace what wears out, and keep a spare. Not in scope: the warehouse’s own network.',
    '--manager', 'marta', '--coordinator', 'ann', '--sponsor', 'ines', '--client-sponsor', 'greta', '--periods', '3',
    '--baseline-from', day(-150), '--baseline-to', day(-25),
    '--objective', `name=Targets are met again,kpi=sla_attainment,whole=true,target=90,by=${day(200)},measured=Resolve clocks of all tickets by month`,
    '--objective', `name=Fewer incidents,kpi=incidents,whole=true,target=20,by=${day(200)},measured=Incidents opened in the month`,
    '--criteria', 'kind=success,words=Targets are met in nine of ten cases,kpi=sla_attainment,whole=true,target=90',
    '--criteria', 'kind=closeout,words=The night shift works without paper', '--risk', 'words=The vendor delivers late,answer=A second source is asked');
  return answer.result.id;
}

export async function work(suite, id) {
  const { client } = BROKEN;
  const tell = (noun, verb, subject, ...more) => suite.cli(noun, verb, `${client}/${subject}`, '--actor', 'person:marta', ...more);
  const plan = (...more) => suite.cli('action', 'plan', '--client', client, '--programme', id, '--actor', 'person:marta', ...more);
  await tell('programme', 'cause', id, '--words', 'The flash of the gateway wears out, and its buffer is lost', '--evidence', 'The logs of 14 failures');
  await tell('programme', 'cause', id, '--words', 'Nobody is told when the buffer fills');
  await plan('--words', 'Replace both gateways with the new model', '--cause', '1', '--owner', 'paul', '--due', day(20), '--days', '4', '--effect-kpi', 'incidents', '--effect', 'fewer failures');
  await plan('--words', 'Alarm at 80 % of the buffer', '--cause', '2', '--owner', 'marta', '--due', day(9), '--days', '1');
  await tell('programme', 'post', id, '--notes', 'The plan as we talked about it on Monday.');
  await tell('programme', 'sign', id, '--person', 'greta');
  await tell('action', 'start', `${id}.2`);
  await tell('action', 'finish', `${id}.2`, '--evidence', 'It rang in the test of Friday');
  await tell('action', 'verify', `${id}.2`, '--person', 'ann');
  await tell('action', 'start', `${id}.1`);
  await tell('programme', 'review', id, '--attended', 'person=marta', '--attended', 'person=greta', '--minutes', 'Both gateways are ordered; the first one comes on Thursday.');
  await tell('programme', 'lesson', id, '--lesson', 'spare-gateway');
}
