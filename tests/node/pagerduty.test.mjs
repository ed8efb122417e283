// PagerDuty's own client, pointed at us: npm @pagerduty/pdjs opens, takes and resolves an incident. It speaks https only, so its
// bytes pass a TLS server of Node's here that hands them on as they are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'node:tls';
import pdjs from '@pagerduty/pdjs';
import { Suite } from './suite.mjs';

let suite;
let door;
let where;
const sockets = new Set();
before(async () => {
    suite = await Suite.run('told.py');
    const home = mkdtempSync(join(tmpdir(), 'rd-'));
    const [key, cert] = [join(home, 'key.pem'), join(home, 'cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
        '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const ca = readFileSync(cert);
    const [host, port] = suite.address.split(':');
    door = createServer({ key: readFileSync(key), cert: ca }, (socket) => {
        const behind = connect(Number(port), host);
        for (const each of [socket, behind]) {
            sockets.add(each);
            each.on('error', () => {});
        }
        socket.pipe(behind).pipe(socket);
    });
    rmSync(home, { recursive: true });
    await new Promise((resolve) => door.listen(0, '127.0.0.1', resolve));
    where = { server: `localhost:${door.address().port}`, agent: new Agent({ ca, keepAlive: false }) };
});
after(async () => {
    for (const each of sockets) each.destroy();
    door.close();
    await suite.stop();
});

// The state of a ticket; a reply is sent when it is durable, so it is there.
async function state(number) {
    const rows = await suite.tell('ticket', { number });
    return rows.length ? rows[0].state : null;
}

const payload = { summary: 'Disk „sda“ failing on db-1 <b>', source: 'db-1', severity: 'critical', component: 'sda',
    custom_details: { free: 0, unit: { name: 'GiB' } } };

test('trigger, acknowledge and resolve open, take and resolve an incident', async () => {
    const routing = { routing_key: suite.token };
    const opened = await pdjs.event({ ...where, data: { ...routing, event_action: 'trigger', dedup_key: 'db-1/sda', payload,
        client: 'a monitor', client_url: 'https://monitor.example', links: [{ href: 'https://monitor.example/1', text: 'graph' }] } });
    assert.equal(opened.response.status, 202);
    assert.deepEqual(opened.data, { status: 'success', message: 'Event processed', dedup_key: 'db-1/sda' });
    const [row] = await suite.tell('ticket', { number: 'db-1/sda' });
    assert.deepEqual([row.state, row.priority, row.title], ['new', 1, payload.summary]);
    const data = { ...routing, dedup_key: 'db-1/sda' };
    for (const [call, becomes] of [[pdjs.acknowledge, 'active'], [pdjs.resolve, 'resolved']]) {
        const reply = await call({ ...where, data });
        assert.deepEqual(reply.data, { status: 'success', message: 'Event processed', dedup_key: 'db-1/sda' });
        assert.equal(await state('db-1/sda'), becomes);
    }
});

test('a trigger without a key gets one, and the same again the same', async () => {
    const data = { routing_key: suite.token, payload: { ...payload, source: 'db-2' } };
    const first = await pdjs.trigger({ ...where, data });
    assert.equal(first.data.status, 'success');
    assert.ok(first.data.dedup_key.length > 8);
    const second = await pdjs.trigger({ ...where, data });
    assert.equal(second.data.dedup_key, first.data.dedup_key);
    await pdjs.resolve({ ...where, data: { routing_key: suite.token, dedup_key: first.data.dedup_key } });
    assert.equal(await state(first.data.dedup_key), 'resolved');
});

test('what is wrong is said as PagerDuty says it', async () => {
    const bad = await pdjs.trigger({ ...where, data: { routing_key: suite.token, payload: { summary: 'no source', severity: 'info' } } });
    assert.equal(bad.response.status, 400);
    assert.equal(bad.data.status, 'invalid event');
    assert.equal(bad.data.message, 'Event object is invalid');
    assert.ok(bad.data.errors.some((text) => text.includes('source')));
    const unknown = await pdjs.trigger({ ...where, data: { routing_key: 'R0000000000000000000000000000000', payload } });
    assert.ok(unknown.response.status >= 400 && unknown.response.status < 500 && unknown.response.status !== 429);
    assert.equal(await state('no such thing'), null);
});
