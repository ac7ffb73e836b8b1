import type { DeviceReads, NotMeasured, ReadInterval, ReadProbe } from '../../probe/index.ts';
import { formatBytes, formatCount, formatDuration } from '../../units.ts';
import { renderFailures } from './failures.ts';
import { renderHistogram, renderLatencies } from './latency-table.ts';
import { beside } from './pairs.ts';
import { dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const WHY: Readonly<Record<NotMeasured, string>> = {
  resident: 'in memory already, and this filesystem reads through the cache',
  unknown: 'perhaps in memory, and the kernel does not tell this user',
  hole: 'holes, where nothing is stored',
};

/** What `probe read` found, the device's own counters beside it. */
export function renderReadProbe(
  terminal: Terminal,
  probe: ReadProbe,
  devices: readonly DeviceReads[],
): string[] {
  const table = renderLatencies(terminal, [['read', probe.latency]]);
  return [
    ...(table.length === 0 ? ['nothing could be measured'] : table),
    ...renderHistogram(terminal, 'single reads', timesOf(probe)),
    ...devices.flatMap((device) => beside(terminal, 'device', describeDevice(terminal, device))),
    ...renderLeftOut(terminal, probe),
    ...renderChange(terminal, probe),
    ...renderFailures(
      terminal,
      probe.samples.flatMap((one) =>
        one.state === 'failed' ? { file: one.file, failure: one.failure } : [],
      ),
    ),
  ];
}

/** One line of `probe read --concurrent`. */
export function renderReadInterval(terminal: Terminal, { atMs, probe, devices }: ReadInterval): string {
  const { latency } = probe;
  const show = (ms: number): string => formatDuration(ms, { ascii: !terminal.unicode });
  const reads =
    latency === null
      ? 'nothing could be measured'
      : `${formatCount(latency.samples)} reads, p50 ${show(latency.p50Ms)}, p95 ${show(latency.p95Ms)}, max ${show(latency.maxMs)}`;
  const others = devices.map((device) => describeDevice(terminal, device)).join('; ');
  return `${dim(terminal, show(atMs).padStart(8))}  ${reads}${others === '' ? '' : `  ${dim(terminal, others)}`}`;
}

/** How reads beside a server compare with those before. */
export function renderComparison(terminal: Terminal, baseline: ReadProbe, during: ReadProbe): string[] {
  const { latency: before } = baseline;
  const { latency: now } = during;
  const table = renderLatencies(terminal, [
    ['before', before],
    ['meanwhile', now],
  ]);
  if (!before || !now) return [...table, 'nothing to compare: one of both measured nothing'];
  const ratio = now.p95Ms / before.p95Ms;
  const shown = ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2);
  return [...table, ...beside(terminal, 'p95', `${shown} times that of before`)];
}

export function timesOf(probe: ReadProbe): number[] {
  return probe.samples.flatMap((sample) => (sample.state === 'read' ? sample.milliseconds : []));
}

function describeDevice(terminal: Terminal, { name, reads, bytes, averageMs }: DeviceReads): string {
  const average =
    averageMs === null ? '' : `, ${formatDuration(averageMs, { ascii: !terminal.unicode })} on average`;
  return `${printable(name)} did ${formatCount(reads)} reads of everybody, ${formatBytes(bytes)}${average}`;
}

function renderLeftOut(terminal: Terminal, { samples }: ReadProbe): string[] {
  return (Object.keys(WHY) as NotMeasured[]).flatMap((reason) => {
    const count = samples.filter((one) => one.state === 'not-measured' && one.reason === reason).length;
    return count === 0 ? [] : beside(terminal, 'left out', `${formatCount(count)} places: ${WHY[reason]}`);
  });
}

function renderChange(terminal: Terminal, { addedPages }: ReadProbe): string[] {
  if (addedPages === 0) return [];
  const text =
    addedPages === null
      ? 'whether the probe left pages is not known: the kernel does not tell this user'
      : `${formatCount(addedPages)} pages came in meanwhile, by the probe or by others`;
  return beside(terminal, 'page cache', text, { style: warn });
}
