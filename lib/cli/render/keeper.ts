import type { KeeperState, SetStatus } from '../../keeper/index.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../../units.ts';
import type { KeepStatus } from '../keep/status.ts';
import { rows } from './fill-report.ts';
import { pairs } from './pairs.ts';
import { bad, dim, good, plain, type Style, warn } from './style.ts';
import { type Column, type Row, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const COLUMNS: readonly Column[] = [
  { header: 'SET', flexible: true },
  { header: 'FILES', align: 'right', drop: 1 },
  { header: 'SIZE', align: 'right', drop: 4 },
  { header: 'RESIDENT', align: 'right', drop: 5 },
  { header: 'SHARE', align: 'right' },
  { header: 'ALLOWED', align: 'right', drop: 3 },
  { header: 'REFILLED', align: 'right', drop: 2 },
  { header: 'LOST', align: 'right', drop: 2 },
];

type Line = readonly [label: string, value: string, style?: Style];

/** How a keeper is: its sets, what holds it back, and the four figures by their names. */
export function renderKeeper(terminal: Terminal, status: KeepStatus): string[] {
  const { sweep, health } = status;
  const table = sweep === null ? [] : renderTable(terminal, COLUMNS, sweep.sets.map(toRow));
  const word = health.live ? (health.ready ? 'live, ready' : 'live, not ready') : 'not live';
  const lines: Line[] = [
    ['state', printable(describeState(status.state, status.atMs))],
    ['health', word, health.live && health.ready ? good : health.live ? warn : bad],
    ...health.reasons.map((reason): Line => ['', printable(reason), warn]),
    ...describeSweep(status),
    ...describeGuard(status),
  ];
  const figures = [
    ['cache_hit_ratio', number(status.cache_hit_ratio, formatShare)],
    ['open_mmap_latency_p95_ms', number(status.open_mmap_latency_p95_ms, milliseconds)],
    ['nvme_read_p95_ms', number(status.nvme_read_p95_ms, milliseconds)],
    ['ttft_p95_ms', number(status.ttft_p95_ms, milliseconds)],
  ] as const;
  const widest = Math.max(...figures.map(([name]) => name.length));
  return [...table, ...rows(terminal, lines), ...pairs(terminal, figures, widest + 2)];
}

function toRow(set: SetStatus): Row {
  const { name, files, targetBytes, residentBytes, hitRatio, allowedBytes, refilledBytes, lostBytes } = set;
  const style: Style = hitRatio === null ? dim : hitRatio === 1 ? good : warn;
  return [
    name,
    formatCount(files.length),
    formatBytes(targetBytes),
    hitRatio === null ? { text: 'unknown', style: dim } : formatBytes(residentBytes),
    { text: hitRatio === null ? 'unknown' : formatShare(hitRatio), style },
    formatBytes(allowedBytes),
    formatBytes(refilledBytes),
    { text: formatBytes(lostBytes), style: lostBytes > 0 ? warn : plain },
  ];
}

function describeState(state: KeeperState | null, nowMs: number): string {
  if (state === null) return 'unknown';
  switch (state.name) {
    case 'idle':
      return state.nextSweepAtMs === null
        ? 'idle'
        : `idle, sweeps again in ${span(state.nextSweepAtMs - nowMs)}`;
    case 'sweeping':
      return `sweeping since ${span(nowMs - state.sinceMs)}`;
    case 'filling':
      return `filling ${state.set} since ${span(nowMs - state.sinceMs)}`;
    case 'backing-off':
      return `backing off for ${span(state.untilMs - nowMs)}: ${state.reason.message}`;
    case 'stopped':
      return `stopped (${state.why}): ${state.detail}`;
  }
}

function describeSweep({ sweep }: KeepStatus): readonly Line[] {
  if (sweep === null) return [];
  const { allowedBytes, reason } = sweep.budget;
  return [
    ...(sweep.held === null ? [] : [['held', printable(sweep.held.message), warn] as const]),
    ['budget', `${formatBytes(allowedBytes)}: ${printable(reason)}`],
  ];
}

function describeGuard({ verdicts, rateLimit }: KeepStatus): readonly Line[] {
  const last = verdicts.at(-1);
  if (last === undefined) return [];
  const rate = rateLimit === null ? '' : ` at ${formatRate(rateLimit)}`;
  const why = last.message === null ? '' : `: ${printable(last.message)}`;
  return [
    [
      'guard',
      `${last.action}${last.action === 'slow' ? rate : ''}${why}`,
      last.action === 'go' ? good : warn,
    ],
  ];
}

function span(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}

function number(value: number | null, show: (value: number) => string): string {
  return value === null ? 'unknown' : show(value);
}

function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`;
}
