import type { Command } from 'commander';
import type { ChangePlan, ChangeRecord, Step } from '../../change/index.ts';
import { CHANGES_DIRECTORY, kindOf } from '../../change/index.ts';
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
    const lines = renderChangePlan(session.terminal, plan, STORAGE_STEPS);
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
