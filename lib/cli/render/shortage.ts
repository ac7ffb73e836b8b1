import type { LimitName } from '../../budget/index.ts';
import type { FillPlan } from '../../fill/index.ts';
import { formatBytes } from '../../units.ts';
import { beside } from './pairs.ts';
import { dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const REMEDIES: Readonly<Record<LimitName | 'unknown', string>> = {
  fractionOfAvailable: 'free memory, or allow more of it with --fraction',
  maxBytes: 'raise --max-bytes, or name fewer files',
  cgroup: "raise the cgroup's memory limit, or name fewer files",
  unknown: 'say how much may be used with --max-bytes',
};

/** What the budget leaves out, told before the fill begins; nothing where it leaves out nothing. */
export function describeShortage(
  terminal: Terminal,
  { leftOut, asked, alreadyResident, budget }: FillPlan,
): string[] {
  if (leftOut === 0) return [];
  const before = alreadyResident > 0 ? `; ${formatBytes(alreadyResident)} are resident already` : '';
  const text = `the budget allows ${formatBytes(budget.allowed)} of the ${formatBytes(asked)} asked for (${printable(budget.reason)})${before}; ${formatBytes(leftOut)} will not be read`;
  return [
    ...beside(terminal, 'warmset:', text, { keyStyle: warn }),
    ...beside(terminal, '     do:', REMEDIES[budget.binding], { keyStyle: dim }),
  ];
}
