import { WarmsetError } from '../errors.ts';
import type { TrialContext } from './context.ts';
import type { ServerDependencies } from './dependencies.ts';
import { prepareCommand } from './run-command.ts';
import type { Reader, ServerTimes } from './types.ts';

export interface ReadTimes {
  readonly ms: number;
  readonly server: ServerTimes | null;
}

/** Reads the set once in the way of the design, and says how long it took. */
export async function readOnce(context: TrialContext): Promise<ReadTimes> {
  const { set, design, signal, host } = context;
  const { reader } = design;
  if (reader.kind === 'server') return startAndAsk(reader, context, needServers(host.server));
  const start = host.clock();
  if (reader.kind === 'command') await host.runCommand(reader.command, { set, signal });
  else await host.scanFiles(set, { how: reader.kind, signal });
  return { ms: host.clock() - start, server: null };
}

/** @throws WarmsetError `WARMSET_UNSUPPORTED` */
export function needServers(server: ServerDependencies | null): ServerDependencies {
  if (server !== null) return server;
  throw new WarmsetError('WARMSET_UNSUPPORTED', 'this program has no way to start servers', {
    remedy: 'give a reader instead, or pass startServer and takeTtft to runExperiment()',
  });
}

async function startAndAsk(
  reader: Extract<Reader, { kind: 'server' }>,
  { set, signal, host }: TrialContext,
  { startServer, takeTtft }: ServerDependencies,
): Promise<ReadTimes> {
  const { text, targets } = prepareCommand(reader.command, set);
  const request = { ...reader, command: text, signal };
  const start = host.clock();
  const server = await startServer({
    command: text,
    url: reader.url,
    env: { ...process.env, WARMSET_TARGETS: targets },
    signal,
  });
  try {
    await server.ready;
    const readyMs = host.clock() - start;
    const first = await takeTtft(request);
    // The steady state, for the seed of every comparison of cold and warm requests; the start itself is measured by now.
    const second = await takeTtft(request).catch(() => null);
    signal.throwIfAborted();
    const times = { readyMs, first, second, startup: server.phases() };
    return { ms: readyMs + first.ttftMs, server: times };
  } finally {
    await server.stop();
  }
}
