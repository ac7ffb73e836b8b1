import type { StartupReport } from '../probe/startup/index.ts';

/** The document of `warmset phases`, under the same contract as those of json-contract.ts. */
export function phasesJson(report: StartupReport): object {
  const { totalSeconds } = report;
  const shareOf = (seconds: number | null): number | null =>
    seconds === null || totalSeconds === null || totalSeconds === 0 ? null : seconds / totalSeconds;
  return {
    schema: 'warmset.phases/1',
    server: report.server,
    version: report.version,
    ready: report.ready,
    starts: report.starts,
    totalSeconds,
    totalSource: report.totalSource,
    phases: report.phases.map(({ name, seconds, within, source, reports }) => ({
      name,
      seconds,
      share: shareOf(seconds),
      within,
      source,
      reports,
    })),
    unattributedSeconds: report.unattributedSeconds,
    unattributedShare: shareOf(report.unattributedSeconds),
    overlapSeconds: report.overlapSeconds,
    modelBytes: report.modelBytes,
    kvCacheBytes: report.kvCacheBytes,
    compileCache: report.compileCache,
    lines: report.lines,
  };
}
