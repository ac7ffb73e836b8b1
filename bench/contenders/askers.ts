import { join } from 'node:path';
import type { Entrant } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import { run } from '../measure/run.ts';
import { CLI } from '../places.ts';
import { median } from '../statistics.ts';
import { work } from './warmset.ts';

export type Asked = {
  /** Of the whole process. */
  readonly wall: number;
  /** Without the program's start; undefined where that is too little to be told from it. */
  readonly query: number | undefined;
};

/** Somebody who says how much of a set is resident. */
export interface Asker extends Entrant {
  /**
   * @param empty a file without content: what asking about it takes is the program's start, not the question
   * @param times how often: a start of a few milliseconds varies by as much, so medians are taken and subtracted
   */
  ask(set: FileSet, empty: string, times: number): Promise<Asked>;
}

export function emptyFile(directory: string): string {
  return join(directory, 'empty');
}

async function subtractStart(
  whole: readonly string[],
  start: readonly string[],
  times: number,
): Promise<Asked> {
  const walls: number[] = [];
  const starts: number[] = [];
  for (let time = 0; time < times; time += 1) {
    starts.push((await run(start, { discard: true })).cost.wall);
    walls.push((await run(whole, { discard: true })).cost.wall);
  }
  const wall = median(walls);
  const query = wall - median(starts);
  return { wall, query: query > 0 ? query : undefined };
}

export interface LibraryQuery {
  /** The first call of a process, which loads and compiles what later ones have. */
  readonly firstSeconds: number;
  /** Median of the calls after it. */
  readonly seconds: number;
}

const warmsetStatus: Asker = {
  id: 'warmset',
  label: 'warmset status',
  command: 'warmset status --total FILES',
  needs: [],
  ask: async ({ targets }, _empty, times) => {
    const walls: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const words = [process.execPath, CLI, 'status', '--total', ...targets];
      walls.push((await run(words, { discard: true })).cost.wall);
    }
    // Its question is what the library's row tells, without Node's start and without a subtraction.
    return { wall: median(walls), query: undefined };
  },
};

const residencyCall: Asker = {
  id: 'warmset-library',
  label: 'residency() in a running Node process',
  command: "await residency(set, { priority: 'normal' })",
  needs: [],
  ask: async ({ targets }) => {
    const { firstSeconds, seconds } = await work<LibraryQuery>('residency', targets);
    return { wall: firstSeconds, query: seconds };
  },
};

const vmtouch: Asker = {
  id: 'vmtouch',
  label: 'vmtouch',
  command: 'vmtouch FILES',
  needs: ['vmtouch'],
  ask: ({ targets }, empty, times) => subtractStart(['vmtouch', ...targets], ['vmtouch', empty], times),
};

const FINCORE = ['fincore', '--bytes', '--raw'];
const FINCORE_BELOW = `find "$@" -type f -print0 | xargs -0 ${FINCORE.join(' ')}`;

const fincore: Asker = {
  id: 'fincore',
  label: 'fincore',
  command: 'fincore --bytes --raw FILES; for a directory, find -type f -print0 | xargs -0 fincore',
  needs: ['fincore', 'find', 'xargs'],
  ask: ({ targets, files }, empty, times) => {
    // It doesn't go into directories by itself.
    const words = (names: readonly string[]): readonly string[] =>
      targets === files ? [...FINCORE, ...names] : ['sh', '-c', FINCORE_BELOW, 'sh', ...names];
    return subtractStart(words(targets), words([empty]), times);
  },
};

export const ASKERS: readonly Asker[] = [warmsetStatus, residencyCall, vmtouch, fincore];
