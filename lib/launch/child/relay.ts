import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ByteSink } from './sink.ts';

const QUIET_MS = 50;

// Where there is no cat, as in an image without a shell.
const COPY =
  "const fs = require('node:fs'); fs.createReadStream('', { fd: 0 }).pipe(fs.createWriteStream('', { fd: 1 }))";

/** Carries what a server writes on to where it would have gone, byte for byte. */
export class Relay {
  /** The server's end is closed, or the reader's. */
  readonly ended: Promise<void>;
  readonly #source: Socket;
  readonly #sink: ByteSink;
  #over = false;
  #busy = false;
  #chunks = 0;

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
        const written = this.#sink.write(chunk);
        onChunk(chunk);
        await written;
        this.#busy = false;
      }
    } catch {
      // Nobody reads on. Leaving the loop closed the pipe, and the server's next write tells it.
    }
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

/** Node has no public way to a socket's descriptor. */
function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}
