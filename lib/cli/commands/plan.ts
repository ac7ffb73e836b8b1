import type { Command } from 'commander';
import { planWarm } from '../../fill/index.ts';
import type { WarmSet } from '../../targets/index.ts';
import { planJson } from '../json-contract.ts';
import { judgePlan } from '../judge-exit.ts';
import { readTargets } from '../read-targets.ts';
import { renderPlan } from '../render/fill-report.ts';
import { stringifyJson } from '../render/json.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import {
  type BudgetFlags,
  type CommonFlags,
  toBudget,
  withBudget,
  withCommon,
  withTargets,
  withTensors,
} from './options.ts';

export const define: Define = (command: Command, session, exit) => {
  withBudget(withCommon(withTensors(withTargets(command)), 'normal'))
    .addHelpText('after', '\nExample:\n  $ warmset plan --max-bytes 40GiB /models/llama')
    .action(async (targets: string[], flags: CommonFlags & BudgetFlags) => {
      const set = await readTargets(targets, flags, session);
      exit(await showPlan(set, flags, session));
    });
};

/** Also what `warm --dry-run` does. */
export async function showPlan(
  set: WarmSet,
  flags: CommonFlags & BudgetFlags,
  session: Session,
): Promise<number> {
  const plan = await planWarm(set, {
    budget: toBudget(flags),
    priority: flags.priority,
    signal: session.signal,
  });
  if (flags.json) {
    await session.out.write(`${stringifyJson(session.terminal, planJson(set, plan))}\n`);
  } else {
    await session.out.writeLines(renderPlan(session.terminal, plan));
  }
  return judgePlan(set, plan);
}
