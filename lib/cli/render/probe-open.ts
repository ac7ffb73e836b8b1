import type { OpenMmapProbe } from '../../probe/index.ts';
import { formatCount } from '../../units.ts';
import { renderFailures } from './failures.ts';
import { renderHistogram, renderLatencies } from './latency-table.ts';
import { beside } from './pairs.ts';
import { warn } from './style.ts';
import type { Terminal } from './terminal.ts';

/** What `probe open` found. */
export function renderOpenProbe(terminal: Terminal, probe: OpenMmapProbe): string[] {
  const { firstTouch, stretch, touches, failures } = probe;
  const table = renderLatencies(terminal, [
    ['open', probe.open],
    ['mmap', probe.mmap],
    ['open and mmap', probe.openMmap],
    ['first touch, cold', firstTouch.cold],
    ['first touch, warm', firstTouch.warm],
    ['first touch, not known', firstTouch.unknown],
    ['stretch, cold', stretch.cold],
    ['stretch, partly warm', stretch.partly],
    ['stretch, warm', stretch.warm],
    ['stretch, not known', stretch.unknown],
  ]);
  const of = (temperature: string): number[] =>
    touches.flatMap((touch) => (touch.temperature === temperature ? touch.milliseconds : []));
  return [
    ...(table.length === 0 ? ['nothing could be measured'] : table),
    ...renderHistogram(terminal, 'first touch of cold pages', of('cold')),
    ...renderHistogram(terminal, 'first touch of warm pages', of('warm')),
    ...renderChange(terminal, probe),
    ...renderFailures(
      terminal,
      failures.map(({ file, failure }) => ({ file, failure })),
    ),
  ];
}

function renderChange(terminal: Terminal, { broughtPages, leftPages }: OpenMmapProbe): string[] {
  if (broughtPages === null || leftPages === null) {
    return beside(
      terminal,
      'page cache',
      'what the probe changed is not known: the kernel does not tell this user',
      {
        style: warn,
      },
    );
  }
  const change = `${formatCount(broughtPages)} pages brought in, ${formatCount(leftPages)} of them still there`;
  return beside(terminal, 'page cache', change, leftPages > 0 ? { style: warn } : {});
}
