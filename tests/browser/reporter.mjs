// Says what passed, what failed and why; the last line is `N passed, N failed`.
export default async function* report(source) {
  let passed = 0, failed = 0;
  for await (const { type, data } of source) {
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:pass') {
      passed += 1;
      yield `ok ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail') {
      failed += 1;
      const error = data.details.error;
      yield `FAILED ${data.name}\n${error.cause?.stack ?? error.stack ?? error}\n`;
    } else if (type === 'test:stderr') {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
