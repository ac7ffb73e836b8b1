/** Which test file sees to it that everything that docs/json.md says of a document comes from the real program. */
export const DOCUMENT_GROUPS = {
  files: [
    ...['warmset.status/1', 'warmset.plan/1', 'warmset.warm/1', 'warmset.evict/1', 'warmset.lock/1'],
    ...['warmset.doctor/1', 'warmset.configCheck/1', 'warmset.configShow/1', 'warmset.targetsExplain/1'],
    ...['warmset.targetsTensors/1', 'warmset.phases/1', 'Failures', 'Budget', 'Errors of a file', 'Guard'],
  ],
  snapshot: [
    ...['warmset.snapshotSave/1', 'warmset.snapshotPlan/1', 'warmset.snapshotRestore/1'],
    'warmset.snapshotDiff/1',
  ],
  probe: [
    ...['warmset.probeOpen/1', 'warmset.probeRead/1', 'warmset.probeReadConcurrent/1'],
    ...['warmset.probeTtft/1', 'warmset.probeTtftTraffic/1', 'warmset.probeHost/1'],
  ],
  runs: [
    ...['warmset.keep/1', 'warmset.run/1', 'warmset.experimentPlan/1', 'warmset.experiment/1'],
    'Start of a server',
    ...['warmset.rolloutPlan/1', 'warmset.rolloutCheck/1', 'warmset.rolloutPromote/1'],
    'warmset.rolloutRollback/1',
  ],
  storage: [
    ...['warmset.storageInspect/1', 'warmset.footprint/1', 'warmset.storageOverlay/1'],
    ...['warmset.storageBind/1', 'warmset.storageRecover/1', 'warmset.mirror/1', 'warmset.mirrorPlan/1'],
    ...['warmset.mirrorStatus/1', 'warmset.mirrorStop/1', 'warmset.mirrorSwitchPlan/1'],
    ...['warmset.mirrorSwitch/1', 'warmset.scheduler/1', 'warmset.schedulerPlan/1'],
    ...['warmset.schedulerChange/1', 'Changes of the system'],
  ],
  nvmeof: [
    ...['warmset.nvmeofStatus/1', 'warmset.nvmeofWatch/1', 'warmset.nvmeofSaved/1', 'warmset.nvmeofCheck/1'],
    ...['warmset.nvmeofConnect/1', 'warmset.nvmeofDisconnect/1', 'warmset.nvmeofTune/1'],
    'warmset.nvmeofUnits/1',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
