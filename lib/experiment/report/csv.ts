import type { DoneTrial, Trial } from '../types.ts';

type Value = string | number | null;

const COLUMNS: readonly (readonly [name: string, of: (trial: Trial) => Value])[] = [
  ['trial', ({ index }) => index + 1],
  ['round', ({ round }) => round + 1],
  ['attempt', ({ attempt }) => attempt],
  ['mode', ({ condition }) => condition],
  ['scheduler', ({ scheduler }) => scheduler],
  ['state', ({ state }) => state],
  ['started_at', ({ startedAt }) => startedAt],
  ['preparation_s', done(({ preparationMs }) => seconds(preparationMs))],
  ['load_s', done(({ loadMs }) => seconds(loadMs))],
  ['total_s', done(({ totalMs }) => seconds(totalMs))],
  ['ready_s', done(({ server }) => seconds(server?.readyMs))],
  ['ttft_s', done(({ server }) => seconds(server?.first.ttftMs))],
  ['resident_at_load_bytes', done(({ residentAtLoad }) => residentAtLoad)],
  ['device_read_bytes', done(({ interference }) => interference.deviceBytes)],
  ['others_read_bytes', done(({ interference }) => interference.othersBytes)],
  ['stalled_io_s', done(({ interference }) => seconds(interference.stalledMs.io))],
  ['stalled_memory_s', done(({ interference }) => seconds(interference.stalledMs.memory))],
  ['stalled_cpu_s', done(({ interference }) => seconds(interference.stalledMs.cpu))],
  ['load_average', done(({ interference }) => interference.load)],
  ['why_void', (trial) => (trial.state === 'void' ? trial.why : null)],
];

function done(of: (trial: DoneTrial) => Value): (trial: Trial) => Value {
  return (trial) => (trial.state === 'done' ? of(trial) : null);
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Number((ms / 1000).toFixed(6));
}

/** Every trial, void ones too, as RFC 4180 has it; what isn't known is empty. */
export function renderCsv(trials: readonly Trial[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...trials.map((trial) => COLUMNS.map(([, of]) => of(trial)))];
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** One field, quoted where it has to be. */
export function csvField(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
