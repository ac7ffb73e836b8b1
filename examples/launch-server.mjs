// Starts a model server from a Node service, warms what it reads beside it, and passes its log on.
//   node examples/launch-server.mjs vllm serve /models/llama --port 8000
import { descriptorSink, launch } from 'warmset';

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error('usage: node launch-server.mjs PROGRAM [ARGUMENT...]');
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort());

const server = launch({
  command,
  // Its log is read on the way, and tells when it is ready.
  stdout: descriptorSink(1),
  stderr: descriptorSink(2),
  budget: { fractionOfAvailable: 0.6 },
  signal: stop.signal,
  killAfterMs: 30_000,
  onEvent: (event) => {
    if (event.type === 'found') console.error(`${event.size} bytes: ${event.idle ?? 'filling beside it'}`);
    if (event.type === 'trouble') console.error(`${event.doing}: ${event.error}`);
  },
});

const ready = await server.ready;
if (ready) console.error(`ready after ${Math.round(ready.ms)} ms, by its ${ready.by}`);

const { exitCode, report } = await server.exited;
console.error(`ended with ${exitCode}: ${report.why}`);
process.exitCode = exitCode;
