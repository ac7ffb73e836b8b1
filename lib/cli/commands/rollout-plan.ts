import type { Command } from 'commander';
import { progressOf, readRollout, recordsOf } from '../../rollout/index.ts';
import { EXIT } from '../exit-codes.ts';
import { rolloutPlanJson } from '../json-contract-rollout.ts';
import { stringifyJson } from '../render/json.ts';
import { renderRolloutPlan } from '../render/rollout.ts';
import type { Define } from '../verbs.ts';
import { type StateFlags, withState } from './rollout-options.ts';

export const define: Define = (command: Command, session, exit) => {
  withState(command.argument('<file>', 'the rollout, YAML'))
    .addHelpText('after', '\nExample:\n  $ warmset rollout plan /etc/warmset/rollout.yaml')
    .action(async (path: string, { state, json }: StateFlags) => {
      const file = await readRollout(path, session.signal);
      const progress = progressOf(file, await recordsOf(file.name, state));
      exit(EXIT.done);
      const { out, terminal } = session;
      if (json) await out.write(`${stringifyJson(terminal, rolloutPlanJson(file, progress))}\n`);
      else await out.writeLines(renderRolloutPlan(terminal, file, progress));
    });
};
