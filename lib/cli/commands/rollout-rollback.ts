import type { Command } from 'commander';
import { kindOf, type Step } from '../../change/index.ts';
import { ConfigError } from '../../config/index.ts';
import { WarmsetError } from '../../errors.ts';
import {
  ROLLOUT_STEPS,
  type RollbackResult,
  type RolloutFile,
  readRollout,
  recordsOf,
  rollback,
} from '../../rollout/index.ts';
import { EXIT } from '../exit-codes.ts';
import { rolloutRollbackJson } from '../json-contract-rollout.ts';
import { stringifyJson } from '../render/json.ts';
import { renderError } from '../render/report-error.ts';
import { renderRollback } from '../render/rollout.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { type StateFlags, withState } from './rollout-options.ts';

interface Flags extends StateFlags {
  readonly name?: string;
  readonly dryRun?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withState(command.argument('[file]', 'the rollout, YAML; what was done stands in the journal'))
    .option('--name <rollout>', 'of the rollout, where its file is lost or wrong')
    .option('--dry-run', 'only print what would be undone')
    .addHelpText(
      'after',
      `
No Prometheus is asked. It may be rerun.
Exit: 0 all undone, 1 not all

Example:
  $ warmset rollout rollback --dry-run /etc/warmset/rollout.yaml
  $ warmset rollout rollback /etc/warmset/rollout.yaml
  $ warmset rollout rollback --name vllm-warm`,
    )
    .action(async (path: string | undefined, flags: Flags) => {
      const { name, file } = await whatIsMeant(path, flags.name, session);
      const { state } = flags;
      const result = flags.dryRun
        ? await preview(name, state)
        : await rollback({ name, state, file, onStep: (step) => tell(step, session) });
      exit(result.complete || flags.dryRun ? EXIT.done : EXIT.notAllDone);
      const { out, terminal } = session;
      if (flags.json) await out.write(`${stringifyJson(terminal, rolloutRollbackJson(result))}\n`);
      else await out.writeLines(renderRollback(terminal, result));
    });
};

function tell(step: Step, { err }: Session): void {
  void err.writeLines([`undoing: ${kindOf(step, ROLLOUT_STEPS).describe(step)}`]);
}

/** A file that is wrong must not keep anyone from rolling back: with a name the journal is enough. */
async function whatIsMeant(
  path: string | undefined,
  name: string | undefined,
  { err, errTerminal, signal }: Session,
): Promise<{ readonly name: string; readonly file: RolloutFile | null }> {
  if (path === undefined) {
    if (name !== undefined) return { name, file: null };
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'no rollout was named', {
      remedy: 'name its file, or give its name with --name',
    });
  }
  try {
    const file = await readRollout(path, signal);
    return { name: name ?? file.name, file };
  } catch (error) {
    if (!ConfigError.is(error) || name === undefined) throw error;
    await err.writeLines(renderError(errTerminal, error));
    return { name, file: null };
  }
}

async function preview(name: string, state: string): Promise<RollbackResult> {
  const records = await recordsOf(name, state);
  const actions = records.toReversed().map(({ subject, steps, begun, state: now }) => ({
    stage: subject.split('/')[1] ?? '',
    action: steps.map((step) => kindOf(step, ROLLOUT_STEPS).describe(step)).join(', '),
    outcome: now === 'applied' && begun.length === 0 ? ('left' as const) : ('undone' as const),
    why: 'only looked at',
  }));
  return { rollout: name, actions, warnings: [], complete: actions.length === 0 };
}
