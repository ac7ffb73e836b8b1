/** A progress line that stays on the screen while a job runs. */
import { type ProgressReading, renderPlainProgress, renderProgress } from './progress-line.ts';
import { createRateMeter } from './rate.ts';
import type { Terminal } from './terminal.ts';

/** The part of a stream that progress is written to; usually `process.stderr`. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  listenerCount?(event: 'error'): number;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** How {@link createProgress} names the job and how often it writes. */
export interface ProgressOptions {
  /** What is being done, such as `warming`. */
  readonly label: string;
  /** How often a line is written; on a terminal at least 100. @default 100 on a terminal, 5000 without one */
  readonly intervalMs?: number;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** A progress line on screen. Its timer doesn't keep the process alive. */
export interface Progress extends Disposable {
  /** Takes in a reading; the line itself follows at its own pace. */
  update(reading: ProgressReading): void;
  /** Writes a line of its own above the progress line. */
  log(line: string): void;
  /** Takes the line off the terminal and stops. May be called twice. */
  finish(): void;
}

const ERASE_LINE = '\r\x1b[2K';

/**
 * Shows progress on a stream: one redrawn line on a terminal, now and then a plain line elsewhere (none at all
 * for a job that ends before the first is due). The line is redrawn without new readings too: a rate that isn't
 * true any more must not stay on the screen.
 */
export function createProgress(
  stream: ProgressStream,
  terminal: Terminal,
  options: ProgressOptions,
): Progress {
  const { label, now = () => performance.now() } = options;
  const live = terminal.isTTY;
  const intervalMs = live ? Math.max(100, options.intervalMs ?? 100) : (options.intervalMs ?? 5000);
  const meter = createRateMeter();
  let reading: ProgressReading | undefined;
  let timer: NodeJS.Timeout | undefined;
  let finished = false;

  // Nobody waits for these writes: a reader of stderr that has gone must not end the work by an unheard error.
  if (stream.listenerCount?.('error') === 0) stream.on?.('error', () => {});

  const draw = (): void => {
    if (reading === undefined) return;
    const state = { ...reading, label, bytesPerSecond: meter.rate(now()) };
    if (!live) stream.write(`${renderPlainProgress(state)}\n`);
    // The window may have been resized since.
    else
      stream.write(
        ERASE_LINE + renderProgress({ ...terminal, columns: stream.columns || terminal.columns }, state),
      );
  };
  const finish = (): void => {
    if (live && timer !== undefined && !finished) stream.write(ERASE_LINE);
    clearInterval(timer);
    finished = true;
  };

  return {
    update(next) {
      if (finished) return;
      reading = next;
      meter.sample(now(), next.doneBytes);
      if (timer !== undefined) return;
      timer = setInterval(draw, intervalMs).unref();
      if (live) draw();
    },
    log(line) {
      const shown = live && timer !== undefined && !finished;
      stream.write(`${shown ? ERASE_LINE : ''}${line}\n`);
      if (shown) draw();
    },
    finish,
    [Symbol.dispose]: finish,
  };
}
