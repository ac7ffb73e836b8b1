import type { FootprintReport, FootprintRow } from '../../storage/footprint/index.ts';
import { formatBytes, formatCount } from '../../units.ts';
import { printable } from './width.ts';

const BY = [
  ['total', ({ total }: FootprintReport) => [total]],
  ['backend', ({ backends }: FootprintReport) => backends],
  ['model', ({ models }: FootprintReport) => models],
  ['node', ({ nodes }: FootprintReport) => nodes],
] as const;

/** One line a row of every table, sizes in bytes (RFC 4180). */
export function footprintCsv(report: FootprintReport): string[] {
  const header = 'by,name,files,apparent_bytes,on_disk_bytes,unique_bytes,elsewhere_bytes';
  const lines = BY.flatMap(([by, rows]) =>
    rows(report).map(({ name, files, apparentBytes, onDiskBytes, uniqueBytes, elsewhereBytes }) =>
      [by, quoted(name), files, apparentBytes, onDiskBytes, uniqueBytes, elsewhereBytes].join(','),
    ),
  );
  return [header, ...lines];
}

/** A name that begins like a formula would be one to a spreadsheet. */
function quoted(name: string): string {
  const safe = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Tables and the largest duplicates, to paste into an issue. */
export function footprintMarkdown(report: FootprintReport): string[] {
  const { total, savable, duplicates } = report;
  const worth = duplicates.filter(({ savableBytes }) => savableBytes > 0);
  return [
    `${formatCount(total.files)} files take ${formatBytes(total.onDiskBytes)}; a shared base would save **${formatBytes(savable.bytes)}** (${formatBytes(savable.withinNodesBytes)} within nodes, ${formatBytes(savable.acrossNodesBytes)} across them; ${formatBytes(savable.certainBytes)} certain by hash).`,
    ...BY.slice(1).flatMap(([by, rows]) => markdownTable(by, rows(report))),
    ...(worth.length > 0
      ? ['', '| To save | Copies | Evidence | Files |', '| ---: | ---: | --- | --- |']
      : []),
    ...worth.map(
      ({ savableBytes, files, evidence }) =>
        `| ${formatBytes(savableBytes)} | ${files.length} | ${evidence} | ${files.map(({ node, path }) => cell(`${node}:${path}`)).join('<br>')} |`,
    ),
  ];
}

function markdownTable(by: string, rows: readonly FootprintRow[]): string[] {
  return [
    '',
    `| ${by[0]?.toUpperCase()}${by.slice(1)} | Files | Apparent | On disk | Unique | Elsewhere |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ name, files, apparentBytes, onDiskBytes, uniqueBytes, elsewhereBytes }) =>
        `| ${cell(name)} | ${formatCount(files)} | ${[apparentBytes, onDiskBytes, uniqueBytes, elsewhereBytes].map(formatBytes).join(' | ')} |`,
    ),
  ];
}

function cell(text: string): string {
  return printable(text).replace(/[\\|`*_<>[\]]/g, '\\$&');
}
