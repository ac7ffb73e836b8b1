import type { LaunchReport } from '../launch/report.ts';
import { escapeRest } from './render/json.ts';

/** The document of `warmset run --report`, under the same contract as those of json-contract.ts. */
export function runJson(report: LaunchReport, cpuSeconds: number): object {
  const { found, fill, exit, ...rest } = report;
  return {
    schema: 'warmset.run/1',
    ...rest,
    server: found?.server?.server ?? null,
    evidence: found?.server?.evidence ?? null,
    targets: found?.targets ?? [],
    files: found?.files ?? null,
    size: found?.size ?? null,
    residentBefore: fill?.residentBefore ?? found?.residentBytes ?? null,
    residentAfter: fill?.residentAfter ?? null,
    failures: found?.failures ?? [],
    fill: fill && {
      asked: fill.asked,
      warmedAhead: fill.warmedAhead,
      leftToLoader: fill.leftToLoader,
      dropped: fill.dropped,
      how: fill.how,
      stopped: fill.stopped,
      guard: fill.guard,
    },
    cpuSeconds,
    exit: exit && {
      state: exit.state,
      signal: exit.state === 'signalled' ? exit.signal : null,
      error: exit.state === 'not-started' ? { code: exit.code, message: exit.message } : null,
    },
  };
}

/** As a file has it: indented, for people and programs. */
export function runJsonText(report: LaunchReport, cpuSeconds: number): string {
  return `${escapeRest(JSON.stringify(runJson(report, cpuSeconds), null, 2))}\n`;
}
