/** Writing results so that a closed pipe ends quietly and a full disk doesn't. */
import type { Writable } from 'node:stream';

/** Where a command's result goes. */
export interface Output {
  /**
   * Resolves once the text has been handed to the kernel, so awaiting it keeps memory bounded. Resolves too when
   * the reader has gone (see {@link Output.closed}); rejects with the system error (`ENOSPC`, `EIO`) otherwise.
   */
  write(text: string): Promise<void>;
  /** {@link Output.write} with a line end after each line. */
  writeLines(lines: readonly string[]): Promise<void>;
  /** Whether the reader has gone (`| head`): there is nobody left to write for, and no reason to complain. */
  readonly closed: boolean;
  /** Resolves when the reader has gone; for commands that run until they are stopped. */
  readonly whenClosed: Promise<void>;
}

function hasGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/**
 * Wraps a stream, usually `process.stdout`. One wrapper a stream: it takes charge of the stream's errors.
 *
 * @param name What errors call the stream, which knows no path of its own.
 */
export function createOutput(stream: Writable, name?: string): Output {
  let closed = false;
  let failure: Error | undefined;
  let announce = (): void => {};
  const whenClosed = new Promise<void>((resolve) => {
    announce = resolve;
  });

  const settle = (error: Error): void => {
    // A failed stream is destroyed, and every write after that reports the destruction instead of the disk.
    if (failure === undefined && hasGone(error)) {
      closed = true;
      announce();
    } else failure ??= name === undefined || 'path' in error ? error : Object.assign(error, { path: name });
  };
  // Each write learns of its own error below; without a listener the same error would end the process.
  stream.on('error', settle);

  const write = (text: string): Promise<void> => {
    if (closed || text === '') return Promise.resolve();
    if (failure !== undefined) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => {
        if (error) settle(error);
        if (failure === undefined) resolve();
        else reject(failure);
      };
      try {
        // The callback and not `drain`: it comes for every write and carries that write's error.
        stream.write(text, done);
      } catch (error) {
        // Streams over files have thrown from inside write() in some versions of Node.
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  };

  return {
    write,
    writeLines: (lines) => write(lines.map((line) => `${line}\n`).join('')),
    get closed() {
      return closed;
    },
    whenClosed,
  };
}

/** An output that isn't worth failing for: what can't be written to it is lost. */
export function bestEffort(output: Output): Output {
  const write = (text: string): Promise<void> => output.write(text).catch(() => {});
  return {
    write,
    writeLines: (lines) => output.writeLines(lines).catch(() => {}),
    get closed() {
      return output.closed;
    },
    whenClosed: output.whenClosed,
  };
}
