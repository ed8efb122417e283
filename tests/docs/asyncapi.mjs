// Reads an AsyncAPI document with the reference parser: every error is a failure. node asyncapi.mjs FILE
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const errors = diagnostics.filter((d) => d.severity === 0);
for (const d of errors.slice(0, 20)) console.log(`asyncapi: ${d.path.join('/')}: ${d.message}`);
const operations = document ? document.operations().all().length : 0;
if (!operations) console.log('asyncapi: no operations were read');
const failed = errors.length + (operations ? 0 : 1);
console.log(`${operations} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
