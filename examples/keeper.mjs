// Keeps a model resident beside the program's own work, and says what it does, until stopped.
//   node examples/keeper.mjs /models/llama
import { once } from 'node:events';
import { createKeeper, createMetrics, startExporter, watchKeeper } from 'warmset';

const targets = process.argv.slice(2);
if (targets.length === 0) {
  console.error('usage: node keeper.mjs TARGET...');
  process.exit(2);
}

const keeper = createKeeper({
  sets: [{ name: 'model', targets }],
  budget: { fractionOfAvailable: 0.3 },
  // A program that isn't root has a place of its own for the lock.
  lock: { directory: '/tmp/warmset-lock' },
});
keeper.on('fill', ({ set, readBytes, seconds }) =>
  console.log(`${set}: read ${readBytes} bytes in ${seconds} s`),
);
keeper.on('state', (state) => {
  if (state.name === 'backing-off') console.log(`not refilling: ${state.reason.message}`);
});
keeper.on('problem', ({ what, failure }) => console.log(`${what}: ${failure.message}`));

const watch = watchKeeper(keeper);
const { registry } = createMetrics(keeper);
const exporter = await startExporter({
  host: '127.0.0.1',
  port: 0,
  registry,
  status: () => watch.view(),
  healthy: () => keeper.view().health,
});
console.log(`how it is: ${exporter.url}`);

await keeper.start();
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await Promise.all([keeper.close(), exporter.close()]);
