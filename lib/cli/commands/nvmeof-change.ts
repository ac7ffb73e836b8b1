import { Argument, type Command } from 'commander';
import type { ChangePlan, ChangeRecord, Step, WriteFile } from '../../change/index.ts';
import { CHANGES_DIRECTORY, kindOf } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import type { ChangeInEffect } from '../../storage/nvmeof/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { EXIT } from '../exit-codes.ts';
import { changePlanJson, changeRecordJson } from '../json-contract-change.ts';
import { renderChangePlan, renderChangeRecord } from '../render/change-plan.ts';
import { stringifyJson } from '../render/json.ts';
import { printable } from '../render/width.ts';
import type { Session } from '../session.ts';

/** What every verb of nvmeof that changes something has. */

export interface ChangeFlags {
  readonly json?: boolean;
  readonly state?: string;
}

export function withChange(command: Command): Command {
  return command
    .option('--state <dir>', `where the journals of changes lie (default: ${CHANGES_DIRECTORY})`)
    .option('--json', 'JSON for programs');
}

const ACTIONS = ['plan', 'apply', 'status', 'remove'] as const;
export type Action = (typeof ACTIONS)[number];

/** For verbs with actions; refused in our own words. */
export function actionArgument(): Argument {
  return new Argument('<action>', `${ACTIONS.join(', ')}; only apply and remove change anything`)
    .choices([...ACTIONS])
    .argParser((text) => {
      if ((ACTIONS as readonly string[]).includes(text)) return text;
      throw new WarmsetError(
        'WARMSET_BAD_ARGUMENT',
        `${JSON.stringify(text)} is not one of ${ACTIONS.join(', ')}`,
        {
          subject: 'ACTION',
          remedy: 'plan shows what apply would do',
        },
      );
    });
}

export function refuseOthers(action: Action): void {
  if (process.geteuid?.() === 0 || action === 'plan' || action === 'status') return;
  throw new WarmsetError('WARMSET_NVMEOF', `${action} needs root, and this is another user`, {
    remedy: 'run it as root; plan shows what would be done',
  });
}

/** Changes that are there, each step with whether the system still shows it. */
export async function showInEffect(
  changes: readonly ChangeInEffect[],
  schema: string,
  { json }: ChangeFlags,
  { out, terminal }: Session,
): Promise<number> {
  const whole = changes.every(
    ({ record, inEffect }) => record.state === 'applied' && inEffect.every(Boolean),
  );
  if (json) {
    const documents = changes.map(({ record, inEffect }) => ({
      ...changeRecordJson(record, STORAGE_STEPS),
      inEffect,
    }));
    await out.write(`${stringifyJson(terminal, { schema, changes: documents })}\n`);
  } else if (changes.length === 0) await out.writeLines(['nothing was applied']);
  for (const { record, inEffect } of json ? [] : changes) {
    const undone = inEffect.flatMap((is, at) => (is ? [] : [`step ${at + 1}`]));
    const told =
      undone.length === 0 ? 'everything is as it was set' : `no longer as it was set: ${undone.join(', ')}`;
    await out.writeLines([...renderChangeRecord(terminal, record, STORAGE_STEPS), told]);
  }
  return whole ? EXIT.done : EXIT.notAllDone;
}

export function changeOptions({ state }: ChangeFlags, session: Session) {
  return {
    directory: state,
    signal: session.signal,
    // Whoever applies something sees each step before it is done, also where the next one hangs.
    onStep: (step: Step, doing: 'apply' | 'undo') => {
      const words = kindOf(step, STORAGE_STEPS).describe(step);
      void session.err.writeLines([printable(doing === 'apply' ? words : `undo: ${words}`)]);
    },
  };
}

/** What a file will say: whoever is to agree to it must see it. */
function contents(step: Step): readonly string[] {
  if (step.do !== 'write-file') return [];
  const { path, text } = step as WriteFile;
  const lines = text.trimEnd().split('\n');
  return ['', printable(path), ...lines.map((line) => `    ${printable(line)}`.trimEnd())];
}

/** A plan, and whether it could be applied. */
export async function showPlan(
  plan: ChangePlan,
  schema: string,
  { json }: ChangeFlags,
  session: Session,
  hint: string,
): Promise<number> {
  const refused = plan.checks.some(({ verdict }) => verdict === 'refuse');
  if (json) {
    const document = { schema, applied: false, plan: changePlanJson(plan, STORAGE_STEPS) };
    await session.out.write(`${stringifyJson(session.terminal, document)}\n`);
  } else {
    const lines = [
      ...renderChangePlan(session.terminal, plan, STORAGE_STEPS),
      ...plan.steps.flatMap(contents),
    ];
    await session.out.writeLines(refused ? lines : [...lines, '', hint]);
  }
  return refused ? EXIT.notAllDone : EXIT.done;
}

export async function showRecords(
  records: readonly ChangeRecord[],
  schema: string,
  { json }: ChangeFlags,
  session: Session,
  more: object = {},
): Promise<void> {
  if (json) {
    const changes = records.map((record) => changeRecordJson(record, STORAGE_STEPS));
    const document = { schema, applied: true, changes, ...more };
    await session.out.write(`${stringifyJson(session.terminal, document)}\n`);
    return;
  }
  const lines = records.flatMap((record) => renderChangeRecord(session.terminal, record, STORAGE_STEPS));
  await session.out.writeLines(lines);
}
