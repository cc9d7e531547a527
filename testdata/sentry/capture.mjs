// Runs a transaction under Sentry's SDK for Node and writes what it would send: `node capture.mjs FOLDER`.
// The transport keeps every envelope in the process; nothing leaves it.
import * as Sentry from '@sentry/node';
import { nodeProfilingIntegration } from '@sentry/profiling-node';
import { serializeEnvelope } from '@sentry/core';
import fs from 'node:fs';

const kept = [];
const transport = () => ({ send: (envelope) => { kept.push(envelope); return Promise.resolve({}); }, flush: () => Promise.resolve(true) });
Sentry.init({
  dsn: 'https://public@localhost/1', transport, release: 'shop@1.2.3', serverName: 'host',
  tracesSampleRate: 1, profilesSampleRate: 1, integrations: [nodeProfilingIntegration()],
});

function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function spin(ms) { const until = performance.now() + ms; while (performance.now() < until) fib(15); }

await Sentry.startSpan({ name: 'node', op: 'task' }, async () => {
  spin(60);
  await new Promise((done) => setTimeout(done, 60));
  (() => spin(40))();
});
await Sentry.flush(2000);
let number = 0;
for (const envelope of kept.filter(([, items]) => items.some(([head]) => head.type.startsWith('profile')))) {
  fs.writeFileSync(`${process.argv[2]}/node.${number++}.envelope`, serializeEnvelope(envelope));
}
process.exit(number ? 0 : 1);
