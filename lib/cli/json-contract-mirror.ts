import type { ChangeRecord } from '../change/index.ts';
import type { MirrorPreview, MirrorResult, MirrorStatus } from '../storage/mirror/index.ts';
import type { DeviceScheduler } from '../storage/scheduler/index.ts';
import { STORAGE_STEPS } from '../storage/step-kinds.ts';
import { changeRecordJson } from './json-contract-change.ts';

/** The documents of `warmset storage mirror` and `storage scheduler`, under the contract of json-contract.ts. */

export function mirrorJson(result: MirrorResult): object {
  const files = result.files.map(({ failure, ...file }) => ({ ...file, error: failure }));
  return { schema: 'warmset.mirror/1', ...result, files };
}

export function mirrorPlanJson(source: string, local: string, { tree, plan }: MirrorPreview): object {
  const names = (kind: string): readonly string[] =>
    plan.actions.flatMap((action) =>
      action.do !== kind ? [] : ['file' in action ? action.file.relative : action.relative],
    );
  return {
    schema: 'warmset.mirrorPlan/1',
    ...{ source, local },
    copy: plan.actions.flatMap((action) =>
      action.do === 'copy' ? [{ path: latin1ToText(action.file.relative), size: action.file.size }] : [],
    ),
    compare: names('adopt').map(latin1ToText),
    name: names('name').map(latin1ToText),
    directories: names('directory').map(latin1ToText),
    links: names('link').map(latin1ToText),
    refused: plan.actions.flatMap((action) =>
      action.do === 'refuse' ? [{ path: latin1ToText(action.relative), why: action.why }] : [],
    ),
    keep: plan.actions.filter((action) => action.do === 'keep').length,
    gone: plan.gone.map(latin1ToText),
    failures: tree.failures,
  };
}

export function mirrorStatusJson(status: MirrorStatus, switches: readonly ChangeRecord[]): object {
  return {
    schema: 'warmset.mirrorStatus/1',
    ...status,
    switches: switches.map((record) => changeRecordJson(record, STORAGE_STEPS)),
  };
}

export function schedulerJson(devices: readonly DeviceScheduler[], changes: readonly ChangeRecord[]): object {
  return {
    schema: 'warmset.scheduler/1',
    devices,
    changes: changes.map((record) => changeRecordJson(record, STORAGE_STEPS)),
  };
}

function latin1ToText(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
