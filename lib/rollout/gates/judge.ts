import type { Gate } from '../file/gates.ts';
import { concludeGate, type Finding, type GateResult } from '../types.ts';
import { judgeErrors } from './errors.ts';
import { judgeLatency } from './latency.ts';
import { judgeGrowth, judgeLevel, judgeRestarts } from './limits.ts';
import type { Readings, Terms } from './readings.ts';
import { judgeLoad, judgeThroughput } from './throughput.ts';

/** What a gate comes to. Pure: no clock, no network; whatever isn't known is `insufficient`, never a pass. */
export function judgeGate(gate: Gate, readings: Readings, terms: Terms, hasBaseline: boolean): GateResult {
  return concludeGate(gate.name, gate.kind, findingsOf(gate, readings, terms, hasBaseline));
}

function findingsOf(gate: Gate, readings: Readings, terms: Terms, hasBaseline: boolean): readonly Finding[] {
  switch (gate.kind) {
    case 'latency':
      return judgeLatency(gate, readings, terms, hasBaseline);
    case 'throughput':
      return judgeThroughput(gate, readings, terms, hasBaseline);
    case 'load':
      return judgeLoad(gate, readings, terms);
    case 'errors':
      return judgeErrors(gate, readings, terms);
    case 'growth':
      return judgeGrowth(gate, readings, terms);
    case 'level':
      return judgeLevel(gate, readings, terms);
    case 'restarts':
      return judgeRestarts(gate, readings, terms);
  }
}
