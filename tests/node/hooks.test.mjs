// Hooks as their receivers see them: npm standardwebhooks verifies what notification signed, and refuses what was changed.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { Suite } from './suite.mjs';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const STRANGE = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

let suite;
let server;
const received = [];
const answers = [];
let look = () => {};
before(async () => {
    server = createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
            response.writeHead(answers.shift() ?? 204).end();
            look();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    suite = await Suite.run('told.py');
    const secret = await suite.tell('secret', { name: 'pager', text: `${OLD}\n` });
    const url = `http://127.0.0.1:${server.address().port}/pager`;
    await suite.tell('reach', { person: 'ann', url, secret });
});
after(async () => {
    await suite.stop();
    server.close();
});

// The next hooks after those received so far, once there are so many.
async function raised(title, count = 1) {
    const from = received.length;
    await suite.tell('raise', { title });
    await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${received.length - from} of ${count} hooks`)), 20000);
        look = () => {
            if (received.length < from + count) return;
            clearTimeout(late);
            resolve();
        };
        look();
    });
    return received.slice(from);
}

const refuses = (secret, hook) =>
    assert.throws(() => new Webhook(secret).verify(hook.body, hook.headers), WebhookVerificationError);

test('a hook verifies with its secret and with no other', async () => {
    const title = 'Ausfall „Süd“ 🔥 </script>\\u0000';
    const [hook] = await raised(title);
    const body = new Webhook(OLD).verify(hook.body, hook.headers);
    assert.equal(body.type, 'escalation.raised');
    assert.equal(body.data.title, title);
    assert.ok(!Number.isNaN(Date.parse(body.timestamp)));
    assert.match(hook.headers['content-type'], /^application\/json/);
    assert.ok(!hook.headers['webhook-id'].includes('.'));
    refuses(STRANGE, hook);
});

test('what was changed on the way is refused', async () => {
    const [hook] = await raised('as it was');
    const changed = (more) => ({ body: hook.body, headers: { ...hook.headers, ...more } });
    refuses(OLD, { ...hook, body: hook.body.replace('as it was', 'as it is') });
    refuses(OLD, { ...hook, body: `${hook.body} ` });
    refuses(OLD, changed({ 'webhook-id': `${hook.headers['webhook-id']}0` }));
    refuses(OLD, changed({ 'webhook-timestamp': String(Number(hook.headers['webhook-timestamp']) + 1) }));
    refuses(OLD, changed({ 'webhook-timestamp': String(Number(hook.headers['webhook-timestamp']) - 3600) }));
    refuses(OLD, changed({ 'webhook-signature': hook.headers['webhook-signature'].slice(0, -4) }));
});

// The link to take it lasts a day from the try, so each try has its own.
const lasting = (hook) => {
    const body = JSON.parse(hook.body);
    delete body.data.ack_link;
    return body;
};

test('the same message again has the same id, says the same, and verifies again', async () => {
    answers.push(503);
    const [first, second] = await raised('twice', 2);
    assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
    assert.deepEqual(lasting(first), lasting(second));
    for (const hook of [first, second]) new Webhook(OLD).verify(hook.body, hook.headers);
});

test('a secret is rotated without a gap', async () => {
    await suite.tell('secret', { name: 'pager', text: `${NEW}\n${OLD}\n` });
    const [both] = await raised('both');
    assert.equal(both.headers['webhook-signature'].split(' ').length, 2);
    for (const secret of [OLD, NEW]) new Webhook(secret).verify(both.body, both.headers);
    refuses(STRANGE, both);
    await suite.tell('secret', { name: 'pager', text: NEW });
    const [after] = await raised('after');
    new Webhook(NEW).verify(after.body, after.headers);
    refuses(OLD, after);
});

test('without a secret nothing is sent', async () => {
    const from = received.length;
    await suite.tell('secret', { name: 'pager', text: '\n' });
    await suite.tell('raise', { title: 'unsigned' });
    let rows = [];
    for (const end = Date.now() + 20000; Date.now() < end && rows.length === 0;) {
        rows = (await suite.tell('messages')).filter((row) => row.title === 'unsigned' && row.failure === 'secret_missing');
    }
    assert.equal(rows.length, 1);
    assert.equal(received.length, from);
});
