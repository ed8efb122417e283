// GET /v1/events as others read it: the stream by an EventSource after the standard's text, its events by CloudEvents' own SDK.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CloudEvent, HTTP, ValidationError } from 'cloudevents';
import { EventSource } from 'eventsource';
import { Suite } from './suite.mjs';

let suite;
before(async () => {
    suite = await Suite.start('viewer', 'client');
});
after(() => suite.stop());

// What an EventSource of this token hears, and a way to wait for so much of it.
function listen(role, query) {
    const headers = { Authorization: `Bearer ${suite.tokens[role]}` };
    const source = new EventSource(`${suite.address}/v1/events?${query}`, {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
    });
    const heard = [];
    let look = () => {};
    source.onmessage = (event) => {
        heard.push(event);
        look();
    };
    const open = new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
    const count = (n) => new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${heard.length} of ${n} events`)), 20000);
        look = () => {
            if (heard.length < n) return;
            clearTimeout(late);
            resolve(heard);
        };
        look();
    });
    return { source, heard, open, count };
}

test('CloudEvents parses every event of the stream', async () => {
    const stream = listen('viewer', 'since=beginning');
    await stream.open;
    for (const client of ['acme', 'globex', 'initech']) await suite.tell('raise', { client });
    await suite.tell('flood', { client: 'acme', count: 20 });
    await stream.count(30);
    stream.source.close();
    for (const { data } of stream.heard) {
        const shown = JSON.parse(data);
        const event = new CloudEvent(shown); // strict: throws on what the specification forbids
        assert.equal(event.validate(), true);
        assert.equal(event.specversion, '1.0');
        assert.deepEqual(event.data, shown.data);
        assert.match(event.sequence, /^[1-9][0-9]*$/);
        assert.match(event.source, /^\/redress\/.*\/(catalog|escalation|kpi|sip|notification)\/\d{3}$/);
        // The same as a structured message over HTTP.
        const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
        const parsed = HTTP.toEvent({ headers, body: data });
        assert.equal(parsed.id, event.id);
        assert.equal(parsed.type, event.type);
        assert.deepEqual(parsed.data, shown.data);
    }
    const types = new Set(stream.heard.map(({ data }) => JSON.parse(data).type));
    assert.ok(types.has('escalation.raised') && types.has('ticket.recorded'), [...types].join());
    assert.throws(() => new CloudEvent({ ...JSON.parse(stream.heard[0].data), type: '' }), ValidationError);
});

test('what clients see is CloudEvents too', async () => {
    const stream = listen('client', 'types=escalation.raised');
    await stream.open;
    await suite.tell('raise', { client: 'globex' });
    await suite.tell('raise', { client: 'acme' });
    await stream.count(1);
    stream.source.close();
    const event = new CloudEvent(JSON.parse(stream.heard[0].data));
    assert.equal(event.partitionkey, 'acme');
    assert.equal(event.actor, undefined);
});

test('an EventSource comes back by itself, and misses nothing', async () => {
    const stream = listen('viewer', 'types=escalation.raised&clients=umbrella');
    await stream.open;
    const raised = [];
    for (let n = 0; n < 6; n += 1) {
        raised.push((await suite.tell('raise', { client: 'umbrella' })).result.id);
        if (n === 2) {
            await stream.count(2);
            await suite.tell('restart');
        }
    }
    await stream.count(6);
    stream.source.close();
    assert.deepEqual(stream.heard.map(({ data }) => JSON.parse(data).subject), raised.map((id) => `umbrella/${id}`));
    assert.equal(new Set(stream.heard.map(({ lastEventId }) => lastEventId)).size, 6);
});
