import type { Budget } from '../../budget/index.ts';
import type { FillPlan, WarmResult } from '../../fill/index.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../../units.ts';
import { renderFailures } from './failures.ts';
import { beside } from './pairs.ts';
import { bad, bold, dim, good, plain, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable } from './width.ts';

/** What is asked and what will be done about it. */
export function renderPlan(terminal: Terminal, plan: FillPlan): string[] {
  const { asked, alreadyResident, toRead, leftOut, budget, files } = plan;
  return [
    ...rows(terminal, [
      ['asked', `${formatBytes(asked)} in ${countOf(files.length, 'file')}`],
      ['already resident', countedOf(alreadyResident, files)],
      ['to read', formatBytes(toRead)],
      [
        'left out',
        leftOut > 0 ? `${formatBytes(leftOut)}: over the budget` : '0 B',
        leftOut > 0 ? warn : plain,
      ],
      ['budget', describeBudget(budget)],
      ...budget.unknowns.map((gap): Line => ['', `not seen: ${printable(gap)}`, warn]),
    ]),
    ...renderLimits(terminal, budget),
    ...renderFailures(terminal, plan.failed),
  ];
}

/** All limits of a budget, the binding one marked; nothing where there is only the one that the budget names. */
function renderLimits(terminal: Terminal, { limits, allowed }: Budget): string[] {
  if (limits.length < 2) return [];
  const binding = limits.findIndex(({ bytes }) => bytes === allowed);
  return limits.flatMap(({ bytes, detail, path }, index) => {
    const binds = index === binding;
    const key = `${pad(binds ? '  binds' : '  limit', LABEL_WIDTH - 1)} ${formatBytes(bytes).padStart(8)} `;
    const where = path === undefined ? '' : ` (${printable(path)})`;
    return beside(terminal, key, `${printable(detail)}${where}`, {
      keyStyle: binds ? bold : dim,
      style: binds ? plain : dim,
    });
  });
}

/** What was asked, done and verified. */
export function renderWarmResult(terminal: Terminal, result: WarmResult): string[] {
  const { asked, alreadyResident, read, residentNow, lost, lostTo, bytesPerSecond, seconds, engine } = result;
  const rate =
    bytesPerSecond === null ? '' : ` in ${formatDuration(seconds * 1000)}, ${formatRate(bytesPerSecond)}`;
  const share = asked > 0 ? residentNow / asked : 1;
  const tried = result.files.filter(({ failure }) => failure === null);
  return [
    ...rows(terminal, [
      ['asked', formatBytes(asked)],
      ['already resident', countedOf(alreadyResident, tried)],
      ['read', `${formatBytes(read)}${rate}`],
      [
        'resident now',
        `${result.unverifiedFiles > 0 ? 'at least ' : ''}${formatBytes(residentNow)}, ${formatShare(share)}, measured after the fill`,
        share === 1 ? good : warn,
      ],
      [
        'lost meanwhile',
        lost > 0 ? `${formatBytes(lost)}: ${printable(lostTo ?? 'unknown')}` : '0 B',
        lost > 0 ? bad : plain,
      ],
      ['engine', `${engine.engine}, ${countOf(engine.streams, 'stream')}: ${engine.why}`],
      // Stopped by the budget, the one line says both.
      ...(result.stopped?.reason === 'budget' ? [] : [['budget', describeBudget(result.budget)] as const]),
      ...(result.stopped
        ? [['stopped', printable(result.stopped.detail.replace(/^stopped /, '')), warn] as const]
        : []),
      ...describeGuard(result),
      ...(result.unverifiedFiles > 0 ? [['unverified', unverified(result), warn] as const] : []),
      ...(result.priorityFailure ? [['priority', priorityGap(result), warn] as const] : []),
    ]),
    ...renderFailures(
      terminal,
      result.files.flatMap(({ file, failure }) => (failure ? [{ file, failure }] : [])),
    ),
  ];
}

/** What is resident of those that nobody may be asked about isn't in it. */
function countedOf(
  alreadyResident: number,
  files: readonly { readonly alreadyResident: number | null }[],
): string {
  const unknown = files.filter(({ alreadyResident }) => alreadyResident === null).length;
  const told = formatBytes(alreadyResident);
  return unknown > 0 ? `at least ${told}: of ${countOf(unknown, 'file')} nobody may know` : told;
}

/** Nothing where nothing held the fill. */
function describeGuard({ guard }: WarmResult): Line[] {
  if (!guard?.lastReason) return [];
  const { slowSeconds, pauseSeconds, lastReason } = guard;
  const spans = [
    ...(slowSeconds > 0 ? [`slowed for ${formatDuration(slowSeconds * 1000)}`] : []),
    ...(pauseSeconds > 0 ? [`paused for ${formatDuration(pauseSeconds * 1000)}`] : []),
  ];
  return [['guard', printable(`${spans.join(', ')}: ${lastReason.message}`)]];
}

function describeBudget({ allowed, reason }: Budget): string {
  return `${formatBytes(allowed)}: ${printable(reason)}`;
}

function unverified({ unverifiedFiles }: WarmResult): string {
  return `${countOf(unverifiedFiles, 'file')}: nobody can be trusted to count their pages here`;
}

function priorityGap({ priorityFailure }: WarmResult): string {
  return `idle priority was refused (${priorityFailure?.code}): the fill ran as any other reader`;
}

function countOf(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
}

type Line = readonly [label: string, value: string, style?: Style];

const LABEL_WIDTH = 18;

/** A label and a value a line; a long value goes on below itself. */
export function rows(terminal: Terminal, lines: readonly Line[]): string[] {
  return lines.flatMap(([label, value, style = plain]) =>
    beside(terminal, pad(label, LABEL_WIDTH - 1), value, { keyStyle: dim, style }),
  );
}
