import { Counter, Gauge, type Registry } from 'prom-client';
import type { NvmeofPathReading } from '../types.ts';

const LABELS = ['subsystem', 'controller', 'transport'] as const;

/** States that a kernel may name; others count as `other`. */
const STATES = ['new', 'live', 'resetting', 'connecting', 'deleting', 'dead', 'other'] as const;

/** A host has a few connections; more than this are a mistake, and their series would stay for ever. */
const MOST_PATHS = 256;

type Labels = Record<(typeof LABELS)[number], string>;

/** @returns what takes the readings */
export function nvmeofMetrics(registry: Registry): (readings: readonly NvmeofPathReading[]) => void {
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge<(typeof LABELS)[number]> =>
    new Gauge({ name, help, labelNames: [...LABELS], registers });
  const counter = (name: string, help: string): Counter<(typeof LABELS)[number]> =>
    new Counter({ name, help, labelNames: [...LABELS], registers });
  const live = gauge(
    'warmset_nvmeof_path_live',
    '1 while this NVMe-oF connection works, 0 while it does not.',
  );
  const state = new Gauge({
    name: 'warmset_nvmeof_path_state',
    help: "1 for the state that the kernel names, 0 for the others. Absent while it doesn't name one.",
    labelNames: [...LABELS, 'state'],
    registers,
  });
  const queues = gauge('warmset_nvmeof_path_queues', 'Queues of the connection, its admin queue among them.');
  const keepAlive = gauge(
    'warmset_nvmeof_keep_alive_seconds',
    'Time in which a silent target counts as gone. 0 is off.',
  );
  const delay = gauge('warmset_nvmeof_reconnect_delay_seconds', 'Time between attempts to reconnect.');
  const loss = gauge(
    'warmset_nvmeof_ctrl_loss_seconds',
    'Time after which a target that is gone is given up. Absent where it never is.',
  );
  const reconnects = counter(
    'warmset_nvmeof_reconnects_total',
    'Times that the connection came back. Counted by the kernel where it does, otherwise by looking at the state every second.',
  );
  const errors = counter(
    'warmset_nvmeof_command_errors_total',
    'Commands that failed. Absent where the kernel does not count.',
  );
  const resets = counter(
    'warmset_nvmeof_resets_total',
    'Resets of the controller. Absent where the kernel does not count.',
  );
  const known = new Map<string, NvmeofPathReading>();
  const now = [live, queues, keepAlive, delay, loss];

  return (readings) => {
    for (const one of [...now, state]) one.reset();
    for (const reading of readings) {
      const { subsystem, controller, transport } = reading;
      const labels: Labels = { subsystem, controller, transport };
      const key = JSON.stringify(labels);
      const before = known.get(key);
      if (before === undefined && known.size >= MOST_PATHS) continue;
      known.set(key, reading);
      if (reading.state !== null) {
        const word = STATES.find((one) => reading.state?.split(' ')[0] === one) ?? 'other';
        live.set(labels, word === 'live' ? 1 : 0);
        for (const one of STATES) state.set({ ...labels, state: one }, one === word ? 1 : 0);
      }
      set(queues, labels, reading.queueCount);
      set(keepAlive, labels, reading.keepAliveSeconds);
      set(delay, labels, reading.reconnectDelaySeconds);
      set(loss, labels, reading.ctrlLossSeconds === 'off' ? null : reading.ctrlLossSeconds);
      reconnects.inc(labels, more(before?.reconnects ?? 0, reading.reconnects));
      for (const [series, name] of [
        [errors, 'commandErrors'],
        [resets, 'resets'],
      ] as const) {
        const value = reading[name];
        if (value !== null) series.inc(labels, more(before?.[name] ?? 0, value));
      }
    }
  };
}

function set(gauge: Gauge<(typeof LABELS)[number]>, labels: Labels, value: number | null): void {
  if (value !== null) gauge.set(labels, value);
}

/** A count that is smaller than before began anew. */
function more(before: number, now: number): number {
  return now >= before ? now - before : now;
}
