import { type Budget, computeBudget } from '../../budget/index.ts';
import { formatBytes } from '../../units.ts';
import { type Finding, note, ok, problem, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

/** What may be made resident now, against what the set needs. */
export function checkBudget(readings: Readings): readonly Finding[] {
  const budget = currentBudget(readings);
  const gaps = budget.unknowns.join('; ');
  // A set of no bytes is like none at all.
  const findings = [ofBudget(budget, readings.set?.set.size || null)];
  if (gaps !== '') {
    const title = "Limits may exist that couldn't be read";
    findings.push(note('budget-unknowns', title, `${gaps}. A lower limit there would bind.`));
  }
  return findings;
}

function currentBudget({ memory, cgroups, budgetOptions }: Readings): Budget {
  const known = cgroups.state === 'known';
  const gaps = known ? cgroups.gaps : cgroups.state === 'unknown' ? [cgroups.reason] : [];
  const levels = known ? cgroups.cgroups : [];
  return computeBudget({ memAvailable: memory.memAvailable, cgroups: levels, gaps }, budgetOptions);
}

function ofBudget({ allowed, binding, reason }: Budget, size: number | null): Finding {
  if (binding === 'unknown') {
    return problem('budget', 'There is no budget: nothing could be measured', `${reason}.`, 'Set maxBytes.');
  }
  const evidence = `${binding} binds: ${reason}.`;
  if (size === null) return ok('budget', `${formatBytes(allowed)} may be made resident now`, evidence);
  const both = `${formatBytes(allowed)} of the set's ${formatBytes(size)}`;
  if (allowed >= size) {
    return ok(
      'budget',
      `The budget of ${formatBytes(allowed)} holds the set of ${formatBytes(size)}`,
      evidence,
    );
  }
  return warning('budget', `The budget holds only ${both}`, evidence, REMEDIES[binding]);
}

const REMEDIES: Readonly<Record<Exclude<Budget['binding'], 'unknown'>, string>> = {
  fractionOfAvailable: 'Raise fractionOfAvailable, free memory, or warm fewer files.',
  maxBytes: 'Raise maxBytes, or warm fewer files.',
  cgroup: "Raise the cgroup's limit, or warm from a cgroup that has the room.",
};
