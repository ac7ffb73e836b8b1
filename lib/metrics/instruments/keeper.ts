import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { StateName, StoppedWhy } from '../../keeper/types.ts';
import type { Listeners } from '../subscribe.ts';
import { errorCodes, words } from './bounded-label.ts';

// Records and not lists, so that the compiler misses a name that was added.
const STATES: Readonly<Record<StateName, true>> = {
  idle: true,
  sweeping: true,
  filling: true,
  'backing-off': true,
  stopped: true,
};
const STOPPED_WHY: Readonly<Record<StoppedWhy, true>> = {
  'not-started': true,
  closed: true,
  disabled: true,
  'other-keeper': true,
  failed: true,
};

/** The keeper's own affairs: state, sweeps, budget, configuration, problems, and what a watched server's reads cost. */
export function keeperMetrics(registry: Registry): Listeners {
  const registers = [registry];
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> => {
    const metric = new Gauge({ name, help, labelNames, registers });
    // prom-client begins a gauge without labels at 0, which would be a claim.
    if (labelNames.length === 0) metric.remove();
    return metric;
  };
  const state = gauge(
    'warmset_keeper_state',
    '1 for the state that the keeper is in, 0 for the others.',
    'state',
  );
  const stopped = gauge(
    'warmset_keeper_stopped',
    '1 for why the keeper is stopped, 0 for the others. Absent while it runs.',
    'why',
  );
  const sweeps = new Histogram({
    name: 'warmset_sweep_duration_seconds',
    help: 'What measuring, filling and verifying all sets once took.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers,
  });
  const lastSweep = gauge(
    'warmset_last_sweep_timestamp_seconds',
    'When the last sweep that ended began, Unix time.',
  );
  const budget = gauge('warmset_budget_bytes', 'What all sets together may have resident now.');
  const limit = gauge('warmset_budget_limit', '1 for the limit that the budget comes from.', 'limit');
  const held = gauge(
    'warmset_refill_held',
    '1 for why something that is missing was not read at the last sweep. Absent when nothing is missing.',
    'reason',
  );
  const reloads = new Counter({
    name: 'warmset_config_reloads_total',
    help: 'New configurations, by whether they were accepted.',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['accepted', 'refused']) reloads.inc({ result }, 0);
  const reloaded = gauge(
    'warmset_config_last_reload_accepted',
    '1 if the last new configuration was accepted, 0 if it was refused. Absent before the first.',
  );
  const problems = new Counter({
    name: 'warmset_problems_total',
    help: 'Failures that the keeper lives on with, by errno name or WARMSET code.',
    labelNames: ['code'],
    registers,
  });
  const hits = gauge(
    'warmset_server_cache_hit_estimate_ratio',
    'Estimated share of the reads of the watched server that came from the page cache. Absent while it reads nothing.',
  );
  const codes = errorCodes();
  const limits = words();
  const reasons = words();
  return {
    state: (next) => {
      for (const name of Object.keys(STATES)) state.set({ state: name }, name === next.name ? 1 : 0);
      stopped.reset();
      if (next.name !== 'stopped') return;
      for (const why of Object.keys(STOPPED_WHY)) stopped.set({ why }, why === next.why ? 1 : 0);
    },
    sweep: (report) => {
      if (Number.isFinite(report.seconds)) sweeps.observe(report.seconds);
      lastSweep.set(report.startedAtMs / 1000);
      budget.set(report.budget.allowedBytes);
      limit.reset();
      limit.set({ limit: limits.of(report.budget.limit) }, 1);
      held.reset();
      if (report.held !== null) held.set({ reason: reasons.of(report.held.code) }, 1);
    },
    config: ({ accepted }) => {
      reloads.inc({ result: accepted ? 'accepted' : 'refused' });
      reloaded.set(accepted ? 1 : 0);
    },
    problem: ({ failure }) => problems.inc({ code: codes.of(failure.code) }),
    hits: ({ hitRatio }) => {
      if (hitRatio === null) hits.remove();
      else hits.set(hitRatio);
    },
  };
}
