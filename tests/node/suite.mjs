// A suite with its gateway (suite.py) for a test file: const suite = await Suite.start('viewer'); await suite.stop()
// Suite.run('told.py') starts another script that is told line by line what to do.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export class Suite {
    static async start(...roles) {
        return Suite.run('suite.py', ...roles);
    }

    static async run(name, ...words) {
        const suite = new Suite();
        const script = join(process.env.REDRESS_ROOT, 'tests/node', name);
        suite.child = spawn('/usr/bin/python3', ['-B', script, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
        suite.lines = createInterface({ input: suite.child.stdout })[Symbol.asyncIterator]();
        Object.assign(suite, await suite.line());
        return suite;
    }

    async line() {
        const { value, done } = await this.lines.next();
        if (done) throw new Error('the suite ended');
        return JSON.parse(value);
    }

    async tell(what, more = {}) {
        this.child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
        return this.line();
    }

    async stop() {
        if (this.child.exitCode !== null) return;
        const ended = new Promise((resolve) => this.child.once('exit', resolve));
        this.child.stdin.end();
        await ended;
    }
}
