import type { Config } from '../../config/index.ts';
import { createKeeper, type Keeper } from '../../keeper/index.ts';
import { notifySystemd, statusMessage, watchdogIntervalMs } from '../../keeper/notify.ts';
import { startReaper } from '../../launch/child/reaper.ts';
import type { Log } from '../log.ts';
import type { Session } from '../session.ts';
import { judgeService } from './judge-once.ts';
import type { LoadedConfig } from './load-config.ts';
import { logEvents } from './log-events.ts';
import { serve } from './serve.ts';

/** Runs until a signal comes or there is nothing to do for it. Returns the exit code. */
export async function runService(
  config: Config,
  load: () => Promise<LoadedConfig>,
  log: Log,
  session: Session,
): Promise<number> {
  // In a container whose health checks and debuggers leave their orphans to us. A keeper has no children of its own.
  if (process.pid === 1) startReaper(() => false);
  await using keeper = createKeeper(config);
  logEvents(keeper, log);
  await using exporter = await serve(keeper, config);
  if (exporter !== null)
    log.info('listen', `metrics, health and status at ${exporter.url}`, { url: exporter.url });
  session.beService(() => void reload(keeper, load, log));
  const notify = createNotify(log);
  const ended = untilEnded(keeper, session.signal);
  await keeper.start();
  await notify(`READY=1\n${statusMessage(keeper.state.name)}`);
  const watchdog = startWatchdog(keeper, notify);
  keeper.on(
    'sweep',
    ({ held }) => void notify(statusMessage(held === null ? 'keeping' : `held: ${held.message}`)),
  );
  await ended;
  clearInterval(watchdog);
  await notify('STOPPING=1');
  const code = judgeService(keeper.view());
  log.info('stop', session.signal.aborted ? 'stopping' : 'nothing left to do');
  await Promise.all([keeper.close(), exporter?.close()]);
  return code;
}

async function reload(keeper: Keeper, load: () => Promise<LoadedConfig>, log: Log): Promise<void> {
  const notify = createNotify(log);
  // systemd wants the time of a monotonic clock, in microseconds.
  await notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  await keeper.reload(async () => (await load()).config);
  await notify('READY=1');
}

type Notify = (message: string) => Promise<void>;

function createNotify(log: Log): Notify {
  return async (message) => {
    await notifySystemd(message).catch((error: unknown) => log.debug('notify', String(error)));
  };
}

/** A keeper whose loop stands still isn't worth a sign of life. */
function startWatchdog(keeper: Keeper, notify: Notify): NodeJS.Timeout | undefined {
  const intervalMs = watchdogIntervalMs(process.env);
  if (intervalMs === null) return undefined;
  return setInterval(() => {
    if (keeper.view().health.live) void notify('WATCHDOG=1');
  }, intervalMs);
}

/** A disabled keeper stays: whoever rolls back wants a healthy service, not one that restarts. */
function untilEnded(keeper: Keeper, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    keeper.on('state', (state) => {
      if (state.name === 'stopped' && state.why !== 'disabled') resolve();
    });
  });
}
