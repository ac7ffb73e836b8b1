import type { Gate } from '../file/gates.ts';
import type { Side } from '../types.ts';

/** One thing that a gate has to be told. */
export interface Need {
  /** As the gate's reading of {@link Readings} is called. */
  readonly name: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Which of a side's selectors applies. */
  readonly on: 'server' | 'node';
  readonly sides: readonly Side[];
}

const COMPARED: readonly Side[] = ['canary', 'control'];

/** What has to be asked for a gate; baselines only where there is one. */
export function needsOf(gate: Gate, hasBaseline: boolean): readonly Need[] {
  const before = (sides: readonly Side[]): readonly Side[] => (hasBaseline ? sides : []);
  const need = (name: string, metric: string, on: Need['on'], sides: readonly Side[]): Need => ({
    name,
    metric,
    on,
    sides,
    labels: gate.labels,
  });
  switch (gate.kind) {
    case 'latency': {
      const sides = [...COMPARED, ...before(['baseline', 'control-baseline'])];
      return ['bucket', 'sum'].map((name) => need(name, `${gate.metric}_${name}`, 'server', sides));
    }
    case 'throughput':
      return [need('counter', gate.metric, 'server', [...COMPARED, ...before(['baseline'])])];
    case 'load':
      return [need('counter', gate.metric, 'server', COMPARED)];
    case 'errors':
      return [
        need('errors', gate.metric, 'server', COMPARED),
        { ...need('requests', gate.requests, 'server', COMPARED), labels: gate.requestLabels },
      ];
    case 'growth':
      return [
        need('counter', gate.metric, gate.on, ['canary']),
        ...(gate.witness === undefined
          ? []
          : [{ ...need('witness', gate.witness, gate.on, ['canary'] as const), labels: {} }]),
      ];
    case 'level':
    case 'restarts':
      return [need('gauge', gate.metric, gate.on, ['canary'])];
  }
}
