import type { ChangePlan, ChangeRecord, StepKinds } from '../change/index.ts';
import type { OverlayStatus } from '../storage/overlay/index.ts';
import { changePlanJson, changeRecordJson } from './json-contract-change.ts';

/** The documents of `storage overlay`, `storage bind` and `storage recover`, under the contract of json-contract.ts. */

type Mounts = OverlayStatus['mounts'];

export function overlayPlanJson(plan: ChangePlan, kinds: StepKinds): object {
  return { schema: 'warmset.storageOverlay/1', action: 'plan', plan: changePlanJson(plan, kinds) };
}

export function overlayRecordJson(
  action: 'apply' | 'remove',
  record: ChangeRecord,
  kept: string | null,
  kinds: StepKinds,
): object {
  return { schema: 'warmset.storageOverlay/1', action, change: changeRecordJson(record, kinds), kept };
}

export function overlayStatusJson(
  action: 'status' | 'diff',
  { record, mounts, lower, upper, layer, drift, aside }: OverlayStatus,
  kinds: StepKinds,
): object {
  return {
    schema: 'warmset.storageOverlay/1',
    action,
    change: changeRecordJson(record, kinds),
    ...{ mounts, lower, upper, aside, layer, drift },
  };
}

export function bindPlanJson(plan: ChangePlan, kinds: StepKinds): object {
  return { schema: 'warmset.storageBind/1', action: 'plan', plan: changePlanJson(plan, kinds) };
}

/** @param mounts of `status` */
export function bindJson(
  action: 'apply' | 'remove' | 'status',
  record: ChangeRecord,
  mounts: Mounts | null,
  kinds: StepKinds,
): object {
  const change = changeRecordJson(record, kinds);
  return { schema: 'warmset.storageBind/1', action, change, ...(mounts === null ? {} : { mounts }) };
}

export function recoverJson(list: boolean, records: readonly ChangeRecord[], kinds: StepKinds): object {
  return {
    schema: 'warmset.storageRecover/1',
    action: list ? 'list' : 'recover',
    changes: records.map((record) => changeRecordJson(record, kinds)),
  };
}
