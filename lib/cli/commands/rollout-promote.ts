import type { Command } from 'commander';
import { kindOf, type Step } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import {
  currentStage,
  type PromoteResult,
  progressOf,
  promote,
  ROLLOUT_STEPS,
  type RolloutFile,
  readRollout,
  recordsOf,
} from '../../rollout/index.ts';
import { EXIT } from '../exit-codes.ts';
import { rolloutPromoteJson } from '../json-contract-rollout.ts';
import { stringifyJson } from '../render/json.ts';
import { renderCheck, renderRolloutPlan } from '../render/rollout.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { checkNow, EXITS, exitOf, type StateFlags, withState } from './rollout-options.ts';

interface Flags extends StateFlags {
  readonly apply?: boolean;
  readonly force?: boolean;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withState(command.argument('<file>', 'the rollout, YAML'))
    .option('--apply', 'do it; without this it is only checked and printed')
    .option('--dry-run', 'only check and print, as without --apply')
    .option('--force', 'whatever the check says; needs --reason')
    .option('--reason <text>', 'why it is forced; it is written down')
    .addHelpText(
      'after',
      `${EXITS}\n\nExample:\n  $ warmset rollout promote /etc/warmset/rollout.yaml\n  $ warmset rollout promote --apply /etc/warmset/rollout.yaml`,
    )
    .action(async (path: string, flags: Flags) => {
      const forced = reasonOf(flags);
      const applied = flags.apply === true;
      const file = await readRollout(path, session.signal);
      const result = applied
        ? await promoteNow(file, flags.state, forced, session)
        : await tryOut(file, flags.state, session);
      const { out, terminal } = session;
      const refused = result.state === 'refused' && forced === undefined;
      exit(refused && result.check !== null ? exitOf(result.check) : EXIT.done);
      if (flags.json) {
        await out.write(`${stringifyJson(terminal, rolloutPromoteJson(file, result, applied))}\n`);
        return;
      }
      if (result.check !== null) await out.writeLines(renderCheck(terminal, result.check, false));
      if (!applied) await out.writeLines(await whatWouldBeDone(file, flags.state, session));
      await out.writeLines([summary(file, result, applied)]);
    });
};

function reasonOf({ force, reason, apply, dryRun }: Flags): string | undefined {
  const refuse = (message: string, remedy: string): never => {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', message, { remedy });
  };
  if (apply && dryRun) refuse('--apply and --dry-run exclude each other', 'leave one of them out');
  if (force && (reason ?? '').trim() === '') refuse('--force needs a reason', 'say why with --reason TEXT');
  if (!force && reason !== undefined) refuse('--reason belongs to --force', 'leave it out, or add --force');
  return force ? reason : undefined;
}

function promoteNow(
  file: RolloutFile,
  state: string,
  forced: string | undefined,
  { err, signal }: Session,
): Promise<PromoteResult> {
  const onStep = (step: Step, doing: 'apply' | 'undo'): void => {
    const text = kindOf(step, ROLLOUT_STEPS).describe(step);
    void err.writeLines([`${doing === 'apply' ? 'doing' : 'undoing'}: ${text}`]);
  };
  return promote({
    file,
    state,
    forced,
    signal,
    onStep,
    check: (stage, beganAtMs) => checkNow(file, stage, beganAtMs, signal),
  });
}

/** As {@link promote} would find it, and nothing is written. */
async function tryOut(file: RolloutFile, state: string, { signal }: Session): Promise<PromoteResult> {
  const progress = progressOf(file, await recordsOf(file.name, state));
  const at = progress.findIndex((one) => one.state !== 'done');
  const next = progress[at];
  if (next === undefined) return { state: 'complete', stage: null, check: null };
  const stage = next.stage.name;
  const reached = currentStage(progress.slice(0, at));
  if (reached === null) return { state: 'promoted', stage, check: null };
  const check = await checkNow(file, reached.stage, reached.beganAtMs, signal);
  return check.verdict === 'pass' ? { state: 'promoted', stage, check } : { state: 'refused', stage, check };
}

async function whatWouldBeDone(file: RolloutFile, state: string, { terminal }: Session): Promise<string[]> {
  const progress = progressOf(file, await recordsOf(file.name, state));
  const next = progress.find((one) => one.state !== 'done');
  return next === undefined ? [] : renderRolloutPlan(terminal, file, [next]);
}

function summary({ name }: RolloutFile, result: PromoteResult, applied: boolean): string {
  if (result.state === 'complete') return `${name}: every stage is done`;
  if (result.state === 'refused') return `${name}: ${result.stage} must not begin: the gates do not pass`;
  return applied ? `${name}: ${result.stage} is done` : `${name}: ${result.stage} may begin; --apply does it`;
}
