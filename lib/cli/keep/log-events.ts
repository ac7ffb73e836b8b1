import type { Keeper, KeeperEvents, KeeperState, StoppedWhy, SweepReport } from '../../keeper/index.ts';
import { formatBytes, formatDuration, formatRate, formatShare } from '../../units.ts';
import type { Log } from '../log.ts';

type Listeners = { readonly [Name in keyof KeeperEvents]: (...args: KeeperEvents[Name]) => void };

/** Writes a keeper's events to a log: what happened once, as information; what happens at every sweep, for debugging. */
export function logEvents(keeper: Pick<Keeper, 'on'>, log: Log): void {
  const listeners = createListeners(log);
  keeper.on('state', listeners.state);
  keeper.on('sweep', listeners.sweep);
  keeper.on('measured', listeners.measured);
  keeper.on('fill', listeners.fill);
  keeper.on('verdict', listeners.verdict);
  keeper.on('rate', listeners.rate);
  keeper.on('probe', listeners.probe);
  keeper.on('hits', listeners.hits);
  keeper.on('config', listeners.config);
  keeper.on('lock', listeners.lock);
  keeper.on('snapshot', listeners.snapshot);
  keeper.on('problem', listeners.problem);
}

export function createListeners(log: Log): Listeners {
  let held: string | null = null;
  let verdict = 'go';
  return {
    state: (state) => logState(log, state),
    sweep: (report) => {
      log.debug('sweep', describeSweep('swept', report), { seconds: report.seconds });
      const code = report.held?.code ?? null;
      if (code !== held && report.held !== null) log.warn('held', report.held.message, { code });
      if (code !== held && code === null) log.info('held', 'nothing that is missing is held back any more');
      held = code;
    },
    measured: (report) =>
      log.debug('measured', describeSweep('measured', report), { seconds: report.seconds }),
    fill: ({ set, readBytes, seconds, lostBytes }) => {
      const lost = lostBytes > 0 ? `, ${formatBytes(lostBytes)} of it lost again` : '';
      const message = `read ${formatBytes(readBytes)} of ${set} in ${formatDuration(seconds * 1000)}${lost}`;
      log.info('fill', message, { set, readBytes, seconds, lostBytes });
    },
    verdict: (now) => {
      const key = now.action === 'go' ? 'go' : `${now.action} ${now.reason.code}`;
      if (key === verdict) return;
      verdict = key;
      if (now.action === 'go') log.info('verdict', 'go', { action: now.action });
      else log.warn('verdict', now.reason.message, { action: now.action, code: now.reason.code });
    },
    rate: ({ bytesPerSecond }) => {
      log.debug('rate', bytesPerSecond === null ? 'no limit' : formatRate(bytesPerSecond), {
        bytesPerSecond,
      });
    },
    probe: ({ kind, set, milliseconds }) => {
      log.debug('probe', `${milliseconds.length} samples of ${kind} of ${set}`, { kind, set });
    },
    hits: (estimate) => log.debug('hits', estimate.method, { ...estimate }),
    config: ({ accepted, lines }) => {
      if (!accepted) log.error('config', 'the new configuration is refused; the old one goes on');
      else log.info('config', lines.length === 0 ? 'reloaded; nothing changes' : 'reloaded');
      for (const line of lines) log[accepted ? 'info' : 'error']('config', line);
    },
    lock: ({ state, directory }) => {
      const waits = state === 'waiting' || state === 'left';
      log[waits ? 'warn' : 'debug']('lock', LOCK[state], { state, directory });
    },
    snapshot: ({ what, path, recordedBytes, readBytes }) => {
      const read = what === 'restored' ? `, ${formatBytes(readBytes)} were read` : '';
      const message = `${what} ${path}: ${formatBytes(recordedBytes)} recorded${read}`;
      log.info('snapshot', message, { what, path, recordedBytes, readBytes });
    },
    problem: ({ what, failure }) => log.warn('problem', `${what}: ${failure.message}`, { what, failure }),
  };
}

const SAID: Readonly<Record<StoppedWhy, 'debug' | 'info' | 'error'>> = {
  'not-started': 'debug',
  // Whoever closed it knows.
  closed: 'debug',
  disabled: 'info',
  'other-keeper': 'info',
  failed: 'error',
};

const LOCK: Readonly<Record<KeeperEvents['lock'][0]['state'], string>> = {
  waiting: 'another keeper has the lock of this node; waiting for it',
  left: 'another keeper has the lock of this node; leaving',
  held: 'this is the keeper of this node',
  released: 'the lock of this node is free',
};

function logState(log: Log, state: KeeperState): void {
  if (state.name === 'backing-off') {
    const { code, message } = state.reason;
    log.warn('state', `backing off: ${message}`, {
      state: state.name,
      code,
      until: new Date(state.untilMs).toISOString(),
    });
  } else if (state.name === 'stopped') {
    log[SAID[state.why]]('state', `stopped: ${state.detail}`, { state: state.name, why: state.why });
  } else log.debug('state', state.name, { state: state.name });
}

function describeSweep(what: string, { sets, seconds }: SweepReport): string {
  const parts = sets.map(
    ({ name, hitRatio }) => `${name} ${hitRatio === null ? 'unknown' : formatShare(hitRatio)}`,
  );
  return `${what} in ${formatDuration(seconds * 1000)}: ${parts.join(', ')}`;
}
