import { addon } from './addon.ts';
import type { RawFailure } from './addon-types.ts';
import { toRawPriority } from './job.ts';

type Text = string | RawFailure;

interface Wanted {
  readonly path: string;
  readonly resolve: (text: Text) => void;
  readonly reject: (error: unknown) => void;
}

// What is asked for in one turn of the event loop is read by one job: Node's own readFile goes to its thread pool and
// back four times for each file, and a look at the host takes two dozen of them.
let wanted: Wanted[] = [];

/** All of a text file of the kernel's (`/proc`, `/sys`), or the failure. Read on warmset's own threads. */
export function readText(path: string): Promise<Text> {
  return new Promise((resolve, reject) => {
    wanted.push({ path, resolve, reject });
    if (wanted.length === 1) queueMicrotask(readAll);
  });
}

async function readAll(): Promise<void> {
  const batch = wanted;
  wanted = [];
  try {
    const paths = batch.map(({ path }) => path);
    const texts = await addon().readTexts(paths, toRawPriority('normal'), null);
    batch.forEach(({ resolve, path }, at) => {
      const text = texts[at];
      if (text === undefined) throw new Error(`${path} was not read: the environment is ending.`);
      resolve(text);
    });
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
