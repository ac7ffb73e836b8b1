import type { Command } from 'commander';
import { readRollout } from '../../rollout/index.ts';
import { rolloutCheckJson } from '../json-contract-rollout.ts';
import { stringifyJson } from '../render/json.ts';
import { renderCheck } from '../render/rollout.ts';
import type { Define } from '../verbs.ts';
import { checkNow, chooseStage, EXITS, exitOf, type StateFlags, withState } from './rollout-options.ts';

interface Flags extends StateFlags {
  readonly stage?: string;
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withState(command.argument('<file>', 'the rollout, YAML'))
    .option('--stage <name>', 'its gates, whatever stage was reached')
    .option('--all', 'the numbers of what passed, too')
    .addHelpText(
      'after',
      `${EXITS}\n\nExample:\n  $ warmset rollout check rollout.yaml\n  $ warmset rollout check --stage one-backend --json rollout.yaml`,
    )
    .action(async (path: string, { state, stage: name, all = false, json }: Flags) => {
      const { out, terminal, signal } = session;
      const file = await readRollout(path, signal);
      const { stage, beganAtMs } = await chooseStage(file, state, name);
      const check = await checkNow(file, stage, beganAtMs, signal);
      exit(exitOf(check));
      if (json) await out.write(`${stringifyJson(terminal, rolloutCheckJson(check))}\n`);
      else await out.writeLines(renderCheck(terminal, check, all));
    });
};
