import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ByteSink } from './sink.ts';
import { descriptorOf } from './socket-descriptor.ts';

const QUIET_MS = 50;

// Where there is no cat, as in an image without a shell.
const COPY =
  "const fs = require('node:fs'); fs.createReadStream('', { fd: 0 }).pipe(fs.createWriteStream('', { fd: 1 }))";

/** A relay as whoever carries it on has to know it. */
export interface Carrying {
  /** Descriptors. */
  readonly source: number;
  readonly sink: number;
  /** What was read and not written. */
  readonly held: Buffer;
}

/** Carries what a server writes on to where it would have gone, byte for byte. */
export class Relay {
  /** The server's end is closed, or the reader's. */
  readonly ended: Promise<void>;
  readonly #source: Socket;
  readonly #sink: ByteSink;
  #over = false;
  #busy = false;
  #chunks = 0;
  #writing: Promise<void> = Promise.resolve();
  /** Null while it may write. */
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null;
  /** Read, and waiting at the gate. */
  #waiting: Buffer | null = null;

  constructor(source: Socket, sink: ByteSink, onChunk: (chunk: Buffer) => void) {
    this.#source = source;
    this.#sink = sink;
    this.ended = this.#carry(onChunk).finally(() => {
      this.#over = true;
    });
  }

  async #carry(onChunk: (chunk: Buffer) => void): Promise<void> {
    try {
      for await (const chunk of this.#source) {
        this.#busy = true;
        this.#chunks += 1;
        this.#waiting = chunk;
        while (this.#gate) await this.#gate.opened;
        this.#waiting = null;
        const written = this.#sink.write(chunk);
        this.#writing = written.catch(() => {});
        onChunk(chunk);
        await written;
        this.#busy = false;
      }
    } catch {
      // Nobody reads on. Leaving the loop closed the pipe, and the server's next write tells it.
    }
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whether a write is on its way, which ends with our threads. */
  get writing(): boolean {
    return this.#busy && this.#waiting === null;
  }

  /** Writes nothing more until {@link resume}; resolves when what was being written is written. */
  hold(): Promise<void> {
    if (!this.#gate) {
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      this.#gate = { opened, open };
    }
    return this.#writing;
  }

  resume(): void {
    this.#gate?.open();
    this.#gate = null;
  }

  /**
   * While it is held: what another process needs to go on from here; null where that can't be. Right only as long as
   * nothing has run since the event loop took its turn, because what was read is on its way to us otherwise.
   */
  describe(): Carrying | null {
    const source = descriptorOf(this.#source);
    if (source === null || this.#sink.fd === undefined) return null;
    const behind: unknown = this.#source.read();
    if (Buffer.isBuffer(behind)) this.#source.unshift(behind);
    const held = [this.#waiting, behind].filter((bytes) => Buffer.isBuffer(bytes));
    return { source, sink: this.#sink.fd, held: Buffer.concat(held) };
  }

  /**
   * The server has ended: resolves when all that it wrote is written. What it left running may still hold the pipe; then
   * a process of its own carries that on, because without one its next write would be its end.
   */
  async finish(): Promise<void> {
    for (let seen = -1; !this.#over; seen = this.#chunks) {
      await Promise.race([this.ended, delay(QUIET_MS)]);
      const quiet = seen === this.#chunks && !this.#busy && this.#source.readableLength === 0;
      if (this.#over || !quiet) continue;
      // Whoever gave a sink of his own lives on, and so does this loop.
      if (this.#sink.fd !== undefined) this.#handOver(this.#sink.fd);
      return;
    }
  }

  /** Nothing is read between here and the end of the function: no byte is lost or doubled. */
  #handOver(sink: number): void {
    const source = descriptorOf(this.#source);
    if (source !== null) {
      for (const [file, ...args] of [['cat'], [process.execPath, '-e', COPY]]) {
        if (file === undefined) continue;
        const carrier = spawn(file, args, { stdio: [source, sink, 'ignore'], detached: true });
        // Its failure is that it has no process id.
        carrier.on('error', () => {});
        carrier.unref();
        if (carrier.pid !== undefined) break;
      }
    }
    this.#source.destroy();
  }
}
