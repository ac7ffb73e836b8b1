import { warmCli } from '../contenders/warmset.ts';
import { type Context, type Entrant, Recorder, type Values } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import { backMemory } from '../measure/back-memory.ts';
import { program } from '../measure/programs.ts';
import { run } from '../measure/run.ts';
import { makeCold, requireWarm } from '../measure/state.ts';
import { CLI } from '../places.ts';
import type { KindOutcome } from '../results.ts';

/** A server that imports and then maps and reads its model: alone, and started by `warmset run`. */

interface Starter extends Entrant {
  readonly commandFor: (set: FileSet, loader: readonly string[]) => readonly string[];
}

const STARTERS: readonly Starter[] = [
  {
    id: 'without',
    label: 'the loader alone',
    command: 'LOADER FILE',
    needs: [],
    commandFor: (_, loader) => loader,
  },
  {
    id: 'run',
    label: 'warmset run',
    command: 'warmset run --set FILE -- LOADER FILE',
    needs: [],
    commandFor: ({ files }, loader) => [
      process.execPath,
      CLI,
      'run',
      ...files.flatMap((file) => ['--set', file]),
      '--',
      ...loader,
    ],
  },
];

interface Variant {
  readonly name: string;
  readonly cold: boolean;
  readonly imports: boolean;
  /** Of the set. */
  readonly share: 1 | 0.5;
  /** Of the loader: all bytes are copied out of the mapping, or only a byte of each page is touched. */
  readonly way: 'copy' | 'mmap';
}

// A loader that copies nothing shows what the pages' layout and first touch cost, hidden otherwise behind the copying.
const VARIANTS: readonly Variant[] = [
  { name: 'warm', cold: false, imports: false, share: 1, way: 'copy' },
  // A processor that has slept for seconds is slower at first, for whoever loads then. A load that takes longer than the two
  // seconds after which a virtual machine's host takes memory back measures that: the one from cold at once is shorter.
  { name: 'warm, imports first', cold: false, imports: true, share: 1, way: 'copy' },
  { name: 'cold, reads at once', cold: true, imports: false, share: 0.5, way: 'copy' },
  { name: 'cold, imports first', cold: true, imports: true, share: 1, way: 'copy' },
  { name: 'warm, a byte a page', cold: false, imports: false, share: 1, way: 'mmap' },
  { name: 'cold, imports first, a byte a page', cold: true, imports: true, share: 1, way: 'mmap' },
];

// The import phase is to be longer than the cold read, whatever this disk is like today.
const IMPORT_FACTOR = 2;
const LEAST_IMPORT_MS = 1_000;

export async function launch(context: Context): Promise<KindOutcome> {
  const { size } = context.options;
  const set = await context.corpus.large('launch', [size]);
  const half = await context.corpus.large('launch-half', [Math.floor(size / 2)]);
  const recorder = new Recorder(context);
  const starters = recorder.admit(STARTERS);
  const fill = warmCli('fill', []);
  const [alone] = STARTERS;
  await makeCold(set);
  const first = alone ? await load(alone, set, 'copy', 0) : { load: 0 };
  const importMs = Math.max(LEAST_IMPORT_MS, Math.ceil((first.load ?? 0) * 1000 * IMPORT_FACTOR));
  const prepare = async (set: FileSet, { cold, way }: Variant): Promise<void> => {
    if (cold) {
      await makeCold(set);
      return backMemory(set.bytes);
    }
    await fill.fill(set);
    await requireWarm(set);
    // As a start that follows another one finds it: a virtual machine pays for a first touch of what a fill brought in.
    if (alone) await load(alone, set, way, 0);
  };
  await recorder.rounds(
    starters.flatMap((starter) => VARIANTS.map((variant) => ({ starter, variant }))),
    ({ starter, variant }, round) =>
      recorder.trial({ round, contender: starter.id, variant: variant.name }, async () => {
        const loaded = variant.share === 1 ? set : half;
        await prepare(loaded, variant);
        return load(starter, loaded, variant.way, variant.imports ? importMs : 0);
      }),
  );
  await recorder.rounds(recorder.admit([NODE, ...starters]), (starter, round) =>
    recorder.trial({ round, contender: starter.id, variant: 'spawn' }, () => spawnTime(starter, set)),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length, importSeconds: importMs / 1000 });
}

const NODE: Starter = {
  id: 'node',
  label: 'node -e 0',
  command: 'node -e 0',
  needs: [],
  commandFor: () => [process.execPath, '-e', '0'],
};

/** From the loader's first look at its file to its end, by its own clock; what was fetched for it, by the kernel's. */
async function load(
  { commandFor }: Starter,
  set: FileSet,
  way: Variant['way'],
  importMs: number,
): Promise<Values> {
  const loader = [program('loader'), String(importMs), way, '0', ...set.files];
  const { cost, stdout } = await run(commandFor(set, loader));
  const [, seconds, fetched] = /^loaded (\S+) (\d+)$/m.exec(stdout) ?? [];
  if (seconds === undefined) throw new Error(`the loader said ${JSON.stringify(stdout.slice(0, 200))}`);
  return {
    bytes: set.bytes,
    load: Number(seconds),
    fetched: Number(fetched),
    wall: cost.wall,
    cpu: cost.user + cost.sys,
    peakMemory: cost.peakMemory,
  };
}

/** From the command's start to that of the program behind it; of Node alone, to its end. */
async function spawnTime({ id, commandFor }: Starter, set: FileSet): Promise<Values> {
  await requireWarmOrFill(set);
  const started = Date.now() / 1000;
  const { cost, stdout } = await run(commandFor(set, ['date', '+%s.%N']));
  if (id === NODE.id) return { spawn: cost.wall };
  const at = Number(/^\d+\.\d+$/m.exec(stdout)?.[0]);
  if (!Number.isFinite(at)) throw new Error(`date said ${JSON.stringify(stdout.slice(0, 200))}`);
  return { spawn: at - started };
}

async function requireWarmOrFill(set: FileSet): Promise<void> {
  await requireWarm(set).catch(() => warmCli('fill', []).fill(set));
}
