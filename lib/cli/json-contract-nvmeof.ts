import type { BaselineComparison, Look, NvmeofStatus } from '../storage/nvmeof/index.ts';

/** The documents of `warmset nvmeof`, under the same contract as those of json-contract.ts. */

export function nvmeofStatusJson(status: NvmeofStatus): object {
  const { canConnect, ioTimeoutSeconds, nativeMultipath, subsystems } = status;
  return {
    schema: 'warmset.nvmeofStatus/1',
    ...{ canConnect, ioTimeoutSeconds, nativeMultipath },
    subsystems: subsystems.map(({ controllers, ...subsystem }) => ({
      ...subsystem,
      controllers: controllers.map((controller) => ({ ...controller, live: isLive(controller.state) })),
    })),
  };
}

/** `null` where the kernel doesn't tell (before 4.20 it had no such attribute). */
function isLive(state: string | null): boolean | null {
  return state === null ? null : state === 'live';
}

/** A line for each look of `--watch`. */
export function nvmeofWatchJson({ atMs, status, transitions, paths }: Look): object {
  return { ...nvmeofStatusJson(status), schema: 'warmset.nvmeofWatch/1', atMs, transitions, watched: paths };
}

export function nvmeofBaselineJson(comparisons: readonly BaselineComparison[]): object {
  const verdict = comparisons.some((one) => one.verdict === 'worse') ? 'worse' : 'same or better';
  return { schema: 'warmset.nvmeofCheck/1', verdict, comparisons };
}
