import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.ts';
import { fixture } from './compile.ts';
import { type Running, start } from './run.ts';

export interface LibraryChildOptions {
  readonly uid?: number;
  readonly gid?: number;
  /** Rules for `deny-syscall`, such as `cachestat=ENOSYS`. */
  readonly deny?: readonly string[];
  /** A command line that runs the one put behind it: `['unshare', '--user', '--map-root-user']`. */
  readonly wrap?: readonly string[];
}

// Each request is the body of an async function. BigInts come back as strings, typed arrays as arrays.
const SERVER = `
  import { createInterface } from 'node:readline';
  const warmset = await import(process.argv[1] + '/index.js');
  const native = await import(process.argv[1] + '/native.js');
  const AsyncFunction = (async () => {}).constructor;
  const plain = (key, value) =>
    typeof value === 'bigint' ? String(value) : ArrayBuffer.isView(value) ? Array.from(value) : value;
  console.log('@0 {}');
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, body, args } = JSON.parse(line);
    let answer;
    try {
      answer = { value: await new AsyncFunction('warmset', 'native', 'args', body)(warmset, native, args) };
    } catch (error) {
      answer = { error: { message: error.stack, code: error.code } };
    }
    console.log('@' + id + ' ' + JSON.stringify(answer, plain));
  }`;

/** A process of its own in which the library runs, as another user or under a sandbox. Disposing ends it. */
export class LibraryChild implements AsyncDisposable {
  readonly #running: Running;
  #calls = 0;

  constructor(running: Running) {
    this.#running = running;
  }

  /**
   * Runs the body of an async function that sees `warmset`, `native` and `args`; rejects as it throws. One at a time.
   * The caller says what comes back; BigInts are strings then, and typed arrays arrays.
   */
  async call<T>(body: string, args: unknown = null, timeoutMs = 20_000): Promise<T> {
    this.#calls += 1;
    const id = this.#calls;
    this.#running.stdin.write(`${JSON.stringify({ id, body, args })}\n`);
    const [, text = ''] = await this.#running.saw(new RegExp(`^@${id} (.*)$`, 'm'), timeoutMs);
    const answer = JSON.parse(text) as { value: T; error?: { message: string; code?: string } };
    if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop();
  }
}

export async function libraryChild(options: LibraryChildOptions = {}): Promise<LibraryChild> {
  const { uid, gid, deny = [], wrap = [] } = options;
  const sandbox = deny.length === 0 ? [] : [fixture('deny-syscall'), ...deny, '--'];
  const at = pathToFileURL(await bundle()).href;
  const node = [process.execPath, '--input-type=module', '--eval', SERVER, at];
  const [command = process.execPath, ...args] = [...wrap, ...sandbox, ...node];
  const user = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  const running = start(command, args, user);
  try {
    await running.saw(/^@0 /m);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return new LibraryChild(running);
}
