import { formatBytes } from '../../units.ts';
import { median } from '../statistics/index.ts';
import type { DoneTrial, FirstToken, ServerTimes } from '../types.ts';
import { describeDesign } from './describe.ts';
import { factText, markdownTable, markdownText } from './markdown.ts';
import type { Report } from './report.ts';

type Served = DoneTrial & { readonly server: ServerTimes };

/**
 * `first_token_latency.md`: what a server's first and second answers took, for each trial; null where no server was
 * started.
 */
export function renderFirstTokenMarkdown(report: Report): string | null {
  const { header, trials } = report;
  const { reader } = header.design;
  if (reader.kind !== 'server') return null;
  const served = trials.filter((trial): trial is Served => trial.state === 'done' && trial.server !== null);
  const warm = served.filter(({ condition }) => condition === 'warm');
  return [
    '# First-token latency\n\n',
    `${describeDesign(report)}\n\n`,
    '## Server\n\n',
    `- Command: ${markdownText(reader.command)}\n`,
    `- Model: ${reader.model === null ? 'as the server names it' : markdownText(reader.model)}\n`,
    `- Kernel: ${header.machine.kernel}\n`,
    `- GPU: ${factText('gpus', header.machine)}\n`,
    `- Page cache: ${formatBytes(report.bytes)} of weights and other files\n\n`,
    '## Start and first answers\n\n',
    markdownTable(
      ['run', 'ready_s', 'ttft_s', 'e2e_s', 'tokens', 'notes'],
      served.flatMap(({ condition, index, server }) => [
        row(
          `${condition}_${index + 1}`,
          seconds(server.readyMs),
          server.first,
          'first request after the start',
        ),
        ...(server.second === null
          ? []
          : [row(`${condition}_${index + 1}, again`, '', server.second, 'the same request at once')]),
      ]),
    ),
    '\n## Time to the first token\n\n',
    markdownTable(
      ['request', 'requests', 'min_ttft_s', 'median_ttft_s', 'max_ttft_s'],
      [
        ...header.design.conditions.map(({ name }) =>
          spread(
            `first after a start (${name})`,
            served.filter(({ condition }) => condition === name).map(({ server }) => server.first),
          ),
        ),
        spread(
          'second, in the steady state',
          served.flatMap(({ server }) => server.second ?? []),
        ),
      ],
    ),
    warm.length === 0 ? '\nNo warm start was measured.\n' : '',
  ].join('');
}

function row(run: string, ready: string, { ttftMs, endToEndMs, tokens }: FirstToken, note: string): string[] {
  return [
    run,
    ready,
    seconds(ttftMs),
    seconds(endToEndMs),
    tokens === null ? 'unknown' : String(tokens),
    note,
  ];
}

function spread(name: string, tokens: readonly FirstToken[]): string[] {
  const times = tokens.map(({ ttftMs }) => ttftMs);
  if (times.length === 0) return [name, '0', '', '', ''];
  return [
    name,
    String(times.length),
    seconds(Math.min(...times)),
    seconds(median(times)),
    seconds(Math.max(...times)),
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
