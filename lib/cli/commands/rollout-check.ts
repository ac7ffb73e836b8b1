import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import { type RolloutFile, readRollout } from '../../rollout/index.ts';
import { EXIT } from '../exit-codes.ts';
import { rolloutCheckJson } from '../json-contract-rollout.ts';
import { stringifyJson } from '../render/json.ts';
import { renderError } from '../render/report-error.ts';
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
      `${EXITS}\n\nExample:\n  $ warmset rollout check --stage one-backend /etc/warmset/rollout.yaml\n  $ warmset rollout check --json /etc/warmset/rollout.yaml`,
    )
    .action(async (path: string, { state, stage: name, all = false, json }: Flags) => {
      const { out, terminal, signal } = session;
      const file = await readRollout(path, signal);
      const chosen = await chooseStage(file, state, name);
      if (chosen === null) {
        exit(EXIT.stopped);
        await session.err.writeLines(renderError(session.errTerminal, nothingBegun(file)));
        return;
      }
      const { stage, beganAtMs } = chosen;
      const check = await checkNow(file, stage, beganAtMs, signal);
      exit(exitOf(check));
      if (json) await out.write(`${stringifyJson(terminal, rolloutCheckJson(check))}\n`);
      else await out.writeLines(renderCheck(terminal, check, all));
    });
};

/** No failure of a canary, so it must not look like one to a pipeline. */
function nothingBegun({ name, stages }: RolloutFile): WarmsetError {
  const names = stages.map((stage) => stage.name).join(', ');
  return new WarmsetError(
    'WARMSET_ROLLOUT',
    `${name}: no stage was begun yet, so there is nothing to check`,
    {
      subject: name,
      remedy: `begin the first: warmset rollout promote --apply FILE; or name one with --stage: ${names}`,
    },
  );
}
