export { applyChange, listChanges, recoverChanges, removeChange } from './change.ts';
export { CHANGES_DIRECTORY } from './journal.ts';
export { kindOf } from './kind-of.ts';
export { runCommand } from './run-command.ts';
export * from './steps/index.ts';
export type {
  ChangeOptions,
  ChangePlan,
  ChangeRecord,
  ChangeState,
  Check,
  Step,
  StepContext,
  StepKind,
  StepKinds,
} from './types.ts';
