// Lints an OpenAPI document with Redocly: every problem is a failure, warnings too, and so is an example that its schema does
// not take. Every request and every answer must have one. node openapi.mjs FILE
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const run = spawnSync('node_modules/.bin/redocly', ['lint', '--config', 'redocly.yaml', '--format=json', file],
    { env, encoding: 'utf8', maxBuffer: 1 << 26 });
const begin = run.stdout.indexOf('{');
const report = begin < 0 ? null : JSON.parse(run.stdout.slice(begin));
if (!report) console.log(`openapi: no report: ${run.stderr}`);
for (const p of report?.problems.slice(0, 20) ?? [])
    console.log(`openapi: ${p.severity} ${p.ruleId}: ${p.location?.[0]?.pointer ?? ''}: ${p.message}`);
const paths = Object.values(JSON.parse(readFileSync(file, 'utf8')).paths ?? {});
const operations = paths.reduce((n, item) => n + Object.keys(item).length, 0);
if (!operations) console.log('openapi: no operations were read');
const bare = Object.entries(JSON.parse(readFileSync(file, 'utf8')).paths ?? {}).flatMap(([path, item]) => Object.entries(item).flatMap(([method, one]) =>
    [one.requestBody, ...Object.entries(one.responses).filter(([status]) => status.startsWith('2')).map(([, answer]) => answer)]
        .flatMap((part) => Object.values(part?.content ?? {})).filter((media) => media.example === undefined && !media.examples)
        .map(() => `${method} ${path}`)));
for (const one of bare.slice(0, 20)) console.log(`openapi: ${one} has no example`);
const failed = (report?.problems.length ?? 1) + (operations ? 0 : 1) + bare.length;
console.log(`${operations} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
