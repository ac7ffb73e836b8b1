import type { Budget } from '../../budget/index.ts';
import type { FillPlan, WarmResult } from '../../fill/index.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../../units.ts';
import { bad, bold, dim, good, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

/** What is asked and what will be done about it: the plan's lines, also printed before a fill. */
export function renderPlan(terminal: Terminal, plan: FillPlan): string[] {
  const { asked, alreadyResident, toRead, leftOut, budget, files } = plan;
  return [
    ...rows(terminal, [
      [
        'asked',
        `${formatBytes(asked)} in ${formatCount(files.length)} ${files.length === 1 ? 'file' : 'files'}`,
      ],
      ['already resident', formatBytes(alreadyResident)],
      ['to read', formatBytes(toRead)],
      ['left out', leftOut > 0 ? warn(terminal, `${formatBytes(leftOut)}: over the budget`) : '0 B'],
      ['budget', describeBudget(budget)],
      ...budget.unknowns.map((gap): [string, string] => ['', warn(terminal, `not seen: ${gap}`)]),
    ]),
    ...renderFailures(terminal, plan.failed),
  ];
}

/** All limits, the binding one marked. */
export function renderLimits(terminal: Terminal, budget: Budget): string[] {
  return budget.limits.map(({ bytes, detail, path }) => {
    const binds = bytes === budget.allowed ? bold(terminal, 'binds') : '     ';
    return `  ${binds}  ${formatBytes(bytes).padStart(10)}  ${detail}${path ? dim(terminal, `  ${printable(path)}`) : ''}`;
  });
}

export function renderWarmResult(terminal: Terminal, result: WarmResult): string[] {
  const { asked, alreadyResident, read, residentNow, lost, lostTo, bytesPerSecond, seconds, engine } = result;
  const rate =
    bytesPerSecond === null ? '' : ` in ${formatDuration(seconds * 1000)}, ${formatRate(bytesPerSecond)}`;
  const share = asked > 0 ? residentNow / asked : 1;
  const proven = `${formatBytes(residentNow)}  ${formatShare(share)}, measured again after the fill`;
  return [
    ...rows(terminal, [
      ['asked', formatBytes(asked)],
      ['already resident', formatBytes(alreadyResident)],
      ['read', `${formatBytes(read)}${rate}`],
      ['resident now', share === 1 ? good(terminal, proven) : warn(terminal, proven)],
      ['lost meanwhile', lost > 0 ? bad(terminal, `${formatBytes(lost)} to: ${lostTo}`) : '0 B'],
      ['engine', `${engine.engine}, ${engine.streams} streams: ${engine.why}`],
      ['budget', describeBudget(result.budget)],
      ...(result.stopped ? [['stopped', warn(terminal, result.stopped.detail)] as const] : []),
      ...(result.unverifiedFiles > 0 ? [['unverified', unverified(terminal, result)] as const] : []),
      ...(result.priorityFailure ? [['priority', warn(terminal, priorityGap(result))] as const] : []),
    ]),
    ...renderFailures(
      terminal,
      result.files.flatMap(({ file, failure }) => (failure ? [{ file, failure }] : [])),
    ),
  ];
}

function describeBudget({ allowed, reason }: Budget): string {
  return `${formatBytes(allowed)}: ${reason}`;
}

function unverified(terminal: Terminal, { unverifiedFiles }: WarmResult): string {
  return warn(
    terminal,
    `${formatCount(unverifiedFiles)} files: nobody can be trusted to count their pages here`,
  );
}

function priorityGap({ priorityFailure }: WarmResult): string {
  return `idle priority was refused (${priorityFailure?.code}): the fill ran as any other reader`;
}

/** At most a few by name: a dead mount may fail by the thousand. */
const NAMED_FAILURES = 20;

export function renderFailures(
  terminal: Terminal,
  failed: readonly {
    readonly file: { readonly path: string };
    readonly failure: { code: string; message: string };
  }[],
): string[] {
  const named = failed.slice(0, NAMED_FAILURES).map(({ file, failure }) => {
    return `${bad(terminal, 'not done')}  ${printable(file.path)}: ${failure.code}: ${failure.message}`;
  });
  const rest = failed.length - named.length;
  return rest > 0 ? [...named, `and ${formatCount(rest)} more; --json lists all`] : named;
}

const LABEL_WIDTH = 18;

/** A label and a value a line; a long value goes on below itself. */
export function rows(terminal: Terminal, pairs: readonly (readonly [string, string])[]): string[] {
  const room = terminal.columns === null ? null : Math.max(20, terminal.columns - LABEL_WIDTH);
  const indent = ' '.repeat(LABEL_WIDTH);
  return pairs.map(([label, value]) => {
    return dim(terminal, label.padEnd(LABEL_WIDTH)) + wrap(value, room).join(`\n${indent}`);
  });
}
