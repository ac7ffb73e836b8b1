import { ask, type Cost, run } from '../measure/run.ts';
import { CLI, WORKER } from '../places.ts';
import type { Filler } from './filler.ts';

/** `warmset warm` as a process, with these options. */
export function warmCli(id: string, options: readonly string[]): Filler {
  const command = ['warmset warm', ...options, 'FILES'].join(' ');
  return {
    id,
    label: ['warmset warm', ...options].join(' '),
    command,
    needs: [],
    fill: async ({ targets }) => {
      const { cost, stdout } = await run([process.execPath, CLI, 'warm', '--json', ...options, ...targets]);
      const { seconds } = JSON.parse(stdout) as { readonly seconds: number };
      return { cost, own: seconds };
    },
  };
}

/** The same without the list of files, which for many thousands is most of the output. */
export function warmCliPlain(id: string): Filler {
  return {
    id,
    label: 'warmset warm',
    command: 'warmset warm DIRECTORY',
    needs: [],
    fill: async ({ targets }) => {
      const { cost } = await run([process.execPath, CLI, 'warm', '--quiet', ...targets], { discard: true });
      return { cost };
    },
  };
}

export interface LibraryWarm {
  /** The whole call: measured, planned, read, verified. */
  readonly callSeconds: number;
  /** From the first read to the last. */
  readonly fillSeconds: number;
  readonly cpuSeconds: number;
}

/** `warm()` called inside a Node process that runs already: only the call counts. */
export function warmLibrary(touch = true): Filler {
  const suffix = touch ? '' : '-untouched';
  return {
    id: `warmset-library${suffix}`,
    label: `warm() in a running Node process${touch ? '' : ', touch: false'}`,
    command: `await warm(set, { priority: 'normal'${touch ? '' : ', touch: false'} })`,
    needs: [],
    fill: async ({ targets }) => {
      const started = await run([process.execPath, WORKER, `warm${suffix}`, ...targets]);
      const { callSeconds, fillSeconds, cpuSeconds } = JSON.parse(started.stdout) as LibraryWarm;
      const cost: Cost = { ...started.cost, wall: callSeconds, user: cpuSeconds, sys: 0 };
      return { cost, own: fillSeconds };
    },
  };
}

/** Runs a job of bench/worker in a process of its own. */
export async function work<T>(job: string, words: readonly string[]): Promise<T> {
  return ask<T>([process.execPath, WORKER, job, ...words]);
}
