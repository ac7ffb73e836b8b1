import type { NvmeofPathReading } from '../../metrics/index.ts';
import { everyController, type Look, watchNvmeof } from '../../storage/nvmeof/index.ts';

/** Hands on what the NVMe-oF connections of this host are like, every second, until it is disposed. */
export function followNvmeof(observe: (readings: readonly NvmeofPathReading[]) => void): AsyncDisposable {
  const controller = new AbortController();
  const following = follow(observe, controller.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await following;
    },
  };
}

async function follow(
  observe: (readings: readonly NvmeofPathReading[]) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const look of watchNvmeof({ signal })) observe(readingsOf(look));
  } catch {
    // Metrics of connections are beside the keeper's work: without them it goes on, and they are absent.
    observe([]);
  }
}

function readingsOf({ status, paths }: Look): readonly NvmeofPathReading[] {
  return everyController(status).map((one) => ({
    subsystem: one.subsystem ?? 'unknown',
    controller: one.name,
    transport: one.transport ?? 'unknown',
    state: one.state,
    reconnects: paths.find(({ controller }) => controller === one.name)?.reconnects ?? 0,
    queueCount: one.queueCount,
    keepAliveSeconds: one.keepAliveSeconds,
    reconnectDelaySeconds: one.reconnectDelaySeconds === 'off' ? null : one.reconnectDelaySeconds,
    ctrlLossSeconds: one.ctrlLossSeconds,
    commandErrors: one.counters.commandErrors,
    resets: one.counters.resets,
  }));
}
