import type { FileSet } from '../corpus.ts';
import { program } from '../measure/programs.ts';
import { run } from '../measure/run.ts';
import type { Filler } from './filler.ts';

/** What people fill the page cache with today. */

const STRETCHES_A_FILE = 2;
const MIB = 1024 ** 2;

function filler(
  entrant: Pick<Filler, 'id' | 'label' | 'command' | 'needs'>,
  commandFor: (set: FileSet) => readonly string[],
): Filler {
  return {
    ...entrant,
    fill: async (set) => ({ cost: (await run(commandFor(set), { discard: true })).cost }),
  };
}

const inShell = (script: string, words: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  script,
  'sh',
  ...words,
];

export const vmtouch = filler(
  { id: 'vmtouch', label: 'vmtouch -t', command: 'vmtouch -t FILES', needs: ['vmtouch'] },
  ({ targets }) => ['vmtouch', '-t', '-q', ...targets],
);

export const cat = filler(
  { id: 'cat', label: 'cat', command: 'cat FILES > /dev/null', needs: ['cat'] },
  ({ files }) => ['cat', ...files],
);

export const dd = filler(
  {
    id: 'dd',
    label: 'dd bs=1M',
    command: 'dd if=FILE of=/dev/null bs=1M, one file after the other',
    needs: ['dd'],
  },
  ({ files }) => inShell('for file; do dd if="$file" of=/dev/null bs=1M status=none || exit 1; done', files),
);

export const parallelCat = filler(
  {
    id: 'parallel-cat',
    label: 'cat, files in parallel',
    command: "printf '%s\\0' FILES | xargs -0 -n1 -P4 cat > /dev/null",
    needs: ['cat', 'xargs'],
  },
  ({ files }) => inShell(`printf '%s\\0' "$@" | xargs -0 -n1 -P4 cat`, files),
);

export const parallelStretches = filler(
  {
    id: 'parallel-dd',
    label: `dd, ${STRETCHES_A_FILE} stretches a file in parallel`,
    command: 'dd if=FILE of=/dev/null bs=1M skip=N count=M, 4 at once (xargs -P4)',
    needs: ['dd', 'xargs'],
  },
  ({ files, bytes }) => {
    // Stretches of equal length; those behind the end of a shorter file read nothing.
    const length = Math.ceil(bytes / files.length / STRETCHES_A_FILE / MIB);
    const words = files.flatMap((file) =>
      Array.from({ length: STRETCHES_A_FILE }, (_, index) => [file, String(index * length)]).flat(),
    );
    const one = `exec dd if="$1" of=/dev/null bs=1M skip="$2" count=${length} status=none`;
    return inShell(`printf '%s\\0' "$@" | xargs -0 -n2 -P4 sh -c '${one}' sh`, words);
  },
);

export const findCat = filler(
  {
    id: 'find-cat',
    label: 'find | xargs -P4 cat',
    command: 'find DIRECTORY -type f -print0 | xargs -0 -P4 -n256 cat > /dev/null',
    needs: ['find', 'xargs', 'cat'],
  },
  ({ targets }) => inShell(`find "$@" -type f -print0 | xargs -0 -P4 -n256 cat`, targets),
);

export const willneed: Filler = {
  id: 'willneed',
  label: 'WILLNEED, 1 MiB a call',
  command: 'bench/native/willneed.c: posix_fadvise(WILLNEED) a MiB at a time, then waits for mincore',
  needs: [],
  fill: async ({ files }) => {
    const { cost, stdout } = await run([program('willneed')], { paths: files });
    return { cost, own: (JSON.parse(stdout) as { readonly seconds: number }).seconds };
  },
};
