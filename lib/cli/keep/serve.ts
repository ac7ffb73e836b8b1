import type { Config } from '../../config/index.ts';
import type { Keeper } from '../../keeper/index.ts';
import { createMetrics, type Exporter, startExporter, watchKeeper } from '../../metrics/index.ts';
import { version } from '../version.ts';
import { followNvmeof } from './follow-nvmeof.ts';

// A Prometheus keeps a series for as long as it keeps anything.
const MOST_FILE_SERIES = 1_000;

/** Serves metrics, health and status where the configuration says; `null` where it says nowhere. */
export async function serve(keeper: Keeper, { listen, allowRemote, sets }: Config): Promise<Exporter | null> {
  if (listen === null) return null;
  const watch = watchKeeper(keeper);
  const fileSeries = sets.some(({ files }) => files) ? MOST_FILE_SERIES : 0;
  const metrics = createMetrics(keeper, { version: version(), fileSeries });
  const exporter = await startExporter({
    ...listen,
    allowRemote,
    registry: metrics.registry,
    // Before the first event the keeper itself knows its state.
    status: () => ({ ...watch.view(), state: keeper.state }),
    healthy: () => keeper.view().health,
  });
  return followedBy(
    exporter,
    followNvmeof((readings) => metrics.observeNvmeof(readings)),
  );
}

/** What feeds an exporter ends with it. */
function followedBy(exporter: Exporter, follow: AsyncDisposable): Exporter {
  const close = async (): Promise<void> => {
    await Promise.all([exporter.close(), follow[Symbol.asyncDispose]()]);
  };
  return { ...exporter, close, [Symbol.asyncDispose]: close };
}
