import { formatBytes } from '../../lib/units.ts';
import type { ResultFile, Results } from '../results.ts';
import type { Chart } from './charts.ts';
import { plain } from './format.ts';
import type { Goal } from './goals/goal.ts';
import type { Notes } from './notes.ts';
import { type Section, sections, table } from './tables.ts';

export interface PageParts {
  readonly goals: readonly Goal[];
  readonly charts: readonly (Chart & { readonly kind: keyof Results })[];
  readonly notes: Notes;
}

/** docs/performance.md. Pure: every number comes from the results. */
export function renderPage(results: Results, { goals, charts, notes }: PageParts): string {
  const measured = Object.values(results);
  return `${[
    '# Performance',
    '<!-- Made by `npm run bench -- --report` from bench/results/. Do not edit: a test compares. -->',
    'warmset beside the tools that people use today. Every figure is a median over interleaved rounds, with its spread in parentheses; a ratio is taken within each round first, and the median of the ratios counts. Every cold trial began with no page in the cache, by both mincore(2) and cachestat(2). What warmset loses is here too.',
    ...(measured.length === 0
      ? ['Nothing has been measured yet: `npm run bench` does it.']
      : [...measuredOn(measured)]),
    '## Goals',
    table(
      ['What', 'Goal', 'Reached', 'Verdict'],
      goals.map(({ what, goal, reached, verdict }) => [
        what,
        goal,
        reached,
        verdict === 'MISSED' ? '**MISSED**' : verdict,
      ]),
    ),
    'Ratios: the median of the rounds, and the quartiles in parentheses.',
    ...missed(goals, notes),
    ...sections(results).flatMap(({ result, sections: own }) =>
      own.flatMap((section, index) => [
        ...renderSection(section),
        ...(index === 0 ? charts.filter(({ kind }) => kind === result.kind).map(picture) : []),
      ]),
    ),
    ...left(measured),
    '## Do it yourself',
    [
      '```sh',
      'apt install fio vmtouch util-linux findutils gcc',
      'npm run bench                    # everything, on the disk of /var/tmp',
      'npm run bench -- --quick         # smaller, under 3 minutes; leaves this page alone',
      'npm run bench -- --only query    # one kind of trial',
      'npm run bench -- --report        # only this page, from bench/results/',
      '```',
    ].join('\n'),
    ...commands(measured),
  ].join('\n\n')}\n`;
}

function renderSection({ title, text, table: rows }: Section): readonly string[] {
  return [`## ${title}`, text, rows];
}

function picture({ name, title }: Chart): string {
  return `![${title}](performance/${name}.svg)`;
}

function measuredOn(measured: readonly ResultFile[]): readonly string[] {
  const [first] = measured;
  if (!first) return [];
  const { machine } = first;
  const device = machine.device;
  const facts = [
    ['CPU', `${machine.cpus} × ${machine.cpu}`],
    ['Memory', formatBytes(machine.memoryBytes)],
    ['Kernel', machine.kernel],
    ['Filesystem', machine.filesystem ?? 'unknown'],
    [
      'Device',
      device
        ? `${device.model ?? 'no model told'}, scheduler ${device.scheduler ?? 'unknown'}, read_ahead_kb ${device.readAheadKb}, max_sectors_kb ${device.maxSectorsKb}${device.rotational ? ', says that it rotates' : ''}`
        : 'unknown',
    ],
    ['Huge pages', machine.transparentHugePages ?? 'unknown'],
    ['Node', machine.node],
    ...Object.entries(machine.peers).map(([peer, version]) => [peer, version ?? '**not installed**']),
  ];
  const runs = measured.map(({ kind, mode, started, seconds, rounds, seed, samples, voids, noise }) => [
    kind,
    `${started.slice(0, 16).replace('T', ' ')} UTC`,
    mode,
    String(rounds),
    String(seed),
    `${seconds} s`,
    String(samples.length),
    String(voids.length),
    `${plain(noise.loadBefore)} → ${plain(noise.loadAfter)}`,
    noise.stolen === null ? 'unknown' : `${plain(noise.stolen * 100)} %`,
  ]);
  const head = [
    '',
    'began',
    'mode',
    'rounds',
    'seed',
    'took',
    'trials',
    'void',
    'load average',
    'CPU stolen',
  ];
  return ['## Measured on', table(['', ''], facts), table(head, runs)];
}

function missed(goals: readonly Goal[], notes: Notes): readonly string[] {
  const lost = goals.filter(({ verdict }) => verdict === 'MISSED');
  if (lost.length === 0) return [];
  return [
    '## Where a goal is missed',
    ...lost.flatMap(({ id, what, goal, reached }) => [
      `### ${what}`,
      `Goal: ${goal}. Reached: ${reached}.`,
      notes[id] ?? 'What limits it has not been found out yet.',
    ]),
  ];
}

/** Trials that don't count, and tools that weren't there. */
function left(measured: readonly ResultFile[]): readonly string[] {
  const missing = measured.flatMap(({ kind, missing: absent, contenders }) =>
    absent.map(({ contender, why }) => {
      const label = contenders.find(({ id }) => id === contender)?.label ?? contender;
      return `- ${kind}: ${label} was not measured: ${why}`;
    }),
  );
  const voids = measured.flatMap(({ kind, voids: none }) =>
    none.map(({ round, contender, variant, why }) => {
      const where = [contender, variant, `round ${round}`].filter(Boolean).join(', ');
      return `- ${kind}: ${where}: void: ${why}`;
    }),
  );
  const lines = [...missing, ...voids];
  return lines.length === 0 ? [] : ['## What is left out', lines.join('\n')];
}

function commands(measured: readonly ResultFile[]): readonly string[] {
  const rows = measured.flatMap(({ kind, contenders, samples }) => {
    const finished = new Set(samples.filter(({ round }) => round > 0).map(({ contender }) => contender));
    return contenders
      .filter(({ id }) => finished.has(id))
      .map(({ label, command }) => [kind, label, `\`${command}\``]);
  });
  return rows.length === 0 ? [] : ['What was run:', table(['', 'who', 'command'], rows)];
}
