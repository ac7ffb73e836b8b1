import { Counter, Gauge, type Registry } from 'prom-client';
import type { Verdict } from '../../guard/index.ts';
import type { Listeners } from '../subscribe.ts';

type Action = Verdict['action'];
const ACTIONS: readonly Action[] = ['go', 'slow', 'pause', 'stop'];

/** @param now Milliseconds of a monotonic clock. */
export function guardMetrics(registry: Registry, now: () => number): Listeners {
  const registers = [registry];
  const current = new Gauge({
    name: 'warmset_guard_verdict',
    help: '1 for what the guard says now, 0 for the others. Absent before its first verdict.',
    labelNames: ['action'],
    registers,
  });
  const verdicts = new Counter({
    name: 'warmset_guard_verdicts_total',
    help: 'Times that the verdict became this one, for this reason. reason=none with action=go.',
    labelNames: ['action', 'reason'],
    registers,
  });
  const seconds = new Counter({
    name: 'warmset_guard_seconds_total',
    help: 'Time under each verdict, not counted while the keeper is stopped.',
    labelNames: ['action'],
    registers,
    collect: () => settle(),
  });
  const rate = new Gauge({
    name: 'warmset_rate_limit_bytes_per_second',
    help: 'What a fill may read now. Absent while nothing limits it.',
    registers,
  });
  // prom-client begins a gauge without labels at 0, which would be a claim.
  rate.remove();
  for (const action of ACTIONS) seconds.inc({ action }, 0);

  let running: { readonly action: Action; readonly reason: string } | null = null;
  let settledAtMs = now();
  const settle = (): void => {
    const atMs = now();
    if (running !== null) seconds.inc({ action: running.action }, Math.max(atMs - settledAtMs, 0) / 1000);
    settledAtMs = atMs;
  };
  return {
    verdict: (verdict) => {
      settle();
      const next = { action: verdict.action, reason: verdict.action === 'go' ? 'none' : verdict.reason.code };
      // The same again is no new verdict: how often a guard is asked is its own affair.
      if (running?.action !== next.action || running.reason !== next.reason) verdicts.inc(next);
      running = next;
      for (const action of ACTIONS) current.set({ action }, action === next.action ? 1 : 0);
    },
    rate: ({ bytesPerSecond }) => {
      if (bytesPerSecond === null) rate.remove();
      else rate.set(bytesPerSecond);
    },
    state: ({ name }) => {
      if (name !== 'stopped') return;
      settle();
      running = null;
      current.reset();
    },
  };
}
