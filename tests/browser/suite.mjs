// A suite of its own for a test file: the release programs in a directory under /tmp, with a receiver of hooks, made and
// asked by the command line as everybody would.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const BIN = process.env.REDRESS_BUILD ?? path.resolve(HERE, '../../build/release');
const CATALOG = process.env.REDRESS_CATALOG ?? path.join(HERE, 'catalog.yaml');
const UP_MS = 120000;
export const PATIENCE_MS = 60000; // at most for what somebody else does: a busy machine takes its time

function run(file, words, environment) {
  return new Promise((resolve, reject) => {
    execFile(file, words, { env: { ...process.env, ...environment }, timeout: UP_MS }, (error, out, err) => {
      if (error) reject(new Error(`${words.join(' ')}: ${error.message}\n${out}${err}`));
      else resolve(out);
    }).stdin.end();
  });
}

// Whether somebody could listen there; the server, or null.
function listening(...place) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(null));
    server.listen(...place, () => resolve(server.unref()));
  });
}

// A port that nobody has and nobody is given: below those that the kernel takes for connections, and ours, by a name that other
// tests see (tests/system/sse.py has the same), until we end.
export async function freePort() {
  const least = Number(fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
  const first = Math.min(10240, least - 1024);
  for (;;) {
    const port = first + Math.floor(Math.random() * (least - first));
    const mine = await listening(`\0redress-test-port-${port}`);
    const server = mine && await listening(port, '127.0.0.1');
    if (server) {
      await new Promise((resolve) => server.close(resolve));
      return port;
    }
    mine?.close();
  }
}

export async function until(what, condition, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// What the hooks say to is taken and kept, but for paths in `refused`, which are gone.
async function receiver() {
  const refused = new Set(), bodies = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    if (!refused.has(request.url)) bodies.push(Buffer.concat(parts).toString());
    response.writeHead(refused.has(request.url) ? 410 : 204).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, refused, bodies, url: `http://127.0.0.1:${server.address().port}` };
}

export class Suite {
  // `past`: what writePast (past.mjs) makes is imported before anything runs.
  static async start({ clock = 'real', past = null } = {}) {
    const suite = new Suite();
    suite.home = fs.mkdtempSync(path.join(os.tmpdir(), 'rdb-'));
    suite.data = path.join(suite.home, 'data');
    suite.hooks = await receiver();
    suite.port = await freePort();
    suite.url = `http://127.0.0.1:${suite.port}`;
    suite.clock = clock;
    if (past) await suite.remember(past);
    else await suite.up();
    const catalog = path.join(suite.home, 'catalog.yaml');
    fs.writeFileSync(catalog, fs.readFileSync(CATALOG, 'utf8').replaceAll('HOOK', suite.hooks.url));
    await suite.cli('apply', '-f', catalog);
    return suite;
  }

  cli(...words) {
    return run(path.join(BIN, 'redress'), words, {
      REDRESS_DATA: this.data,
      REDRESS_ACTOR: 'setup',
      REDRESS_ALLOW_PRIVATE: 'true',
      REDRESS_PUBLIC_URL: this.url,
    });
  }

  async ask(...words) {
    return JSON.parse(await this.cli(...words, '-o', 'json'));
  }

  async remember(past) {
    const model = path.join(this.home, 'model');
    fs.mkdirSync(model);
    fs.writeFileSync(path.join(model, 'catalog.yaml'), fs.readFileSync(CATALOG, 'utf8').replaceAll('HOOK', this.hooks.url));
    await this.cli('import', ...past(this.home), '--map', 'tickets=tickets-csv', '--history', '--model', model);
    await this.cli('up', '--detach', '--adopt-clock', '--http', `127.0.0.1:${this.port}`);
  }

  up() {
    return this.cli('up', '--detach', '--http', `127.0.0.1:${this.port}`, '--clock', this.clock);
  }

  async token(person, role, ...more) {
    return (await this.ask('token', 'grant', '--person', person, '--role', role, ...more)).token;
  }

  // Raises one and gives its id.
  async raise(client, title, ...more) {
    const answer = await this.ask('escalation', 'raise', '--client', client, '--title', title, ...more);
    return answer.result.id;
  }

  // The process of this suite's gateway.
  gateway() {
    for (const entry of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const line = fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
        if (line[0].endsWith('redress-gateway') && line.includes(this.data)) return Number(entry);
      } catch {
        // it ended meanwhile
      }
    }
    return 0;
  }

  async stop() {
    try {
      await this.cli('down');
    } finally {
      this.hooks.server.close();
      this.hooks.server.closeAllConnections();
      fs.rmSync(this.home, { recursive: true, force: true });
    }
  }
}
