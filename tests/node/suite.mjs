// A suite with its gateway (suite.py) for a test file: const suite = await Suite.start('viewer'); await suite.stop()
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export class Suite {
    static async start(...roles) {
        const suite = new Suite();
        const script = join(process.env.REDRESS_ROOT, 'tests/node/suite.py');
        suite.child = spawn('/usr/bin/python3', ['-B', script, ...roles], { stdio: ['pipe', 'pipe', 'inherit'] });
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
        const ended = new Promise((resolve) => this.child.once('exit', resolve));
        this.child.stdin.end();
        await ended;
    }
}
