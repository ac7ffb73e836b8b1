import { StartupLog } from './startup-log.ts';
import type { StartupEvent, StartupReport } from './types.ts';

export interface ParseStartupLogOptions {
  readonly onEvent?: ((event: StartupEvent) => void) | undefined;
  /** What time it is, in milliseconds, where the stream is live; used where the log has no time stamps. */
  readonly now?: (() => number | undefined) | undefined;
  /** Stop reading as soon as the server is ready. @default false: a log may hold another start */
  readonly untilReady?: boolean | undefined;
  /** Ends the reading with what is known by then. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a start-up log tells, read from a stream to its end, with the stream's own backpressure.
 *
 * @throws what the source throws
 */
export async function parseStartupLog(
  source: AsyncIterable<Uint8Array | string>,
  { onEvent, now, untilReady = false, signal }: ParseStartupLogOptions = {},
): Promise<StartupReport> {
  const log = new StartupLog();
  const tell = (events: readonly StartupEvent[]): boolean => {
    for (const event of events) onEvent?.(event);
    return untilReady && events.some(({ type }) => type === 'ready');
  };
  for await (const chunk of source) {
    if (tell(log.write(chunk, now?.()))) return log.report();
    if (signal?.aborted === true) break;
  }
  tell(log.end());
  return log.report();
}
