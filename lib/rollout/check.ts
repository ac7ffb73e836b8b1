import type { Gate } from './file/gates.ts';
import type { RolloutFile } from './file/schema.ts';
import type { Stage } from './file/stages.ts';
import { judgeGate } from './gates/judge.ts';
import { needsOf } from './gates/needs.ts';
import type { Reading, Terms } from './gates/readings.ts';
import type { Asked, Prometheus } from './prometheus/client.ts';
import { selectorOf } from './prometheus/selector.ts';
import { type Grid, layOnGrid } from './series/grid.ts';
import { concludeGate, type GateResult, type GateVerdict, type Side, unsure, worstOf } from './types.ts';

export interface CheckResult {
  readonly rollout: string;
  readonly stage: string;
  readonly verdict: GateVerdict;
  /** Milliseconds since the epoch, by the clock of Prometheus. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly windowMs: number;
  /** How far our clock is before that of Prometheus, milliseconds. */
  readonly clockAheadMs: number;
  readonly gates: readonly GateResult[];
}

export interface CheckOptions {
  readonly file: RolloutFile;
  readonly stage: Stage;
  /** When the stage began, milliseconds since the epoch; `null` where nobody knows. */
  readonly stageBeganAtMs: number | null;
  readonly prometheus: Prometheus;
  /** Our own clock. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Asks Prometheus for what the gates of a stage need, and judges. What can't be had is a result of its gate. */
export async function checkStage(options: CheckOptions): Promise<CheckResult> {
  const { file, stage, prometheus, stageBeganAtMs, now = Date.now } = options;
  const clock = await prometheus.now();
  const theirs = clock.state === 'answered' ? clock.atMs : now();
  const clockAheadMs = Math.round(now() - theirs);
  const began = stageBeganAtMs === null ? null : stageBeganAtMs - clockAheadMs;
  const grid = gridOf(file, theirs, began);
  const chosen = file.gates.filter(({ name }) => stage.gates?.includes(name) ?? true);
  const gates: GateResult[] = [...timeGate(file, grid)];
  if (clock.state === 'failed') {
    gates.push(
      concludeGate('prometheus', 'prometheus', [
        unsure('unreadable', `${file.prometheus.url}: ${clock.why}`),
      ]),
    );
  }
  for (const gate of grid.windows < 1 || clock.state === 'failed' ? [] : chosen)
    gates.push(await check(gate, options, grid));
  return {
    rollout: file.name,
    stage: stage.name,
    verdict: worstOf(gates.map(({ verdict }) => verdict)),
    fromMs: grid.startMs,
    untilMs: grid.startMs + grid.windows * grid.windowMs,
    windowMs: grid.windowMs,
    clockAheadMs,
    gates,
  };
}

/** Windows end at whole multiples, so that two looks within one window see the same. */
function gridOf({ window, during, settle }: RolloutFile, nowMs: number, beganAtMs: number | null): Grid {
  const end = Math.floor(nowMs / window) * window;
  const least =
    beganAtMs === null ? Number.NEGATIVE_INFINITY : Math.ceil((beganAtMs + settle) / window) * window;
  const start = Math.min(end, Math.max(end - Math.floor(during / window) * window, least));
  return { startMs: start, windowMs: window, windows: Math.round((end - start) / window) };
}

function timeGate({ leastWindows, settle }: RolloutFile, { windows }: Grid): readonly GateResult[] {
  if (windows >= leastWindows) return [];
  const message = `${windows} windows since the stage began and settled (${settle / 1000} s), ${leastWindows} are needed`;
  return [concludeGate('time', 'time', [unsure('too-few', message)])];
}

async function check(gate: Gate, { file, stage, prometheus }: CheckOptions, grid: Grid): Promise<GateResult> {
  const [canary, control] = [stage.canary ?? file.canary, stage.control ?? file.control];
  const { baseline, instanceLabel } = file;
  const terms: Terms = {
    confidence: file.confidence,
    windowMs: grid.windowMs,
    leastWindows: file.leastWindows,
    staleAfterMs: file.staleAfter,
    serverReplicas: canary.replicas ?? null,
    nodeReplicas: canary.nodes ?? null,
  };
  const readings: Record<string, Partial<Record<Side, Reading>>> = {};
  for (const need of needsOf(gate, baseline !== false)) {
    const bySide: Partial<Record<Side, Reading>> = {};
    for (const side of need.sides) {
      const labels = side === 'canary' || side === 'baseline' ? canary : control;
      const past = side === 'baseline' || side === 'control-baseline';
      const ago = past && baseline !== false ? Math.ceil(baseline.ago / grid.windowMs) * grid.windowMs : 0;
      const selector = selectorOf(need.metric, need.labels, labels[need.on]);
      bySide[side] = await ask(selector, prometheus, { ...grid, startMs: grid.startMs - ago }, instanceLabel);
    }
    readings[need.name] = bySide;
  }
  return judgeGate(gate, readings, terms, baseline !== false);
}

async function ask(
  selector: string,
  prometheus: Prometheus,
  grid: Grid,
  instanceLabel: string,
): Promise<Reading> {
  const asked = await prometheus.range(selector, grid);
  if (asked.state === 'failed') return { state: 'unreadable', why: asked.why };
  const endMs = grid.startMs + grid.windows * grid.windowMs;
  // A value at the end may be five minutes old: only its own time tells.
  const newest = await prometheus.at(`max by (${instanceLabel}) (timestamp(${selector}))`, endMs);
  if (newest.state === 'failed') return { state: 'unreadable', why: newest.why };
  return {
    state: 'read',
    series: layOnGrid(asked.series, grid, instanceLabel),
    ages: agesOf(newest, endMs, instanceLabel),
    warnings: [...new Set([...asked.warnings, ...newest.warnings])],
  };
}

function agesOf(
  { series }: Extract<Asked, { state: 'answered' }>,
  endMs: number,
  instanceLabel: string,
): ReadonlyMap<string, number> {
  return new Map(
    series.map(({ labels, points }) => [labels[instanceLabel] ?? '', endMs - (points[0]?.[1] ?? 0) * 1000]),
  );
}
