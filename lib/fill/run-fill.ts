import type { FileFailure } from '../errors.ts';
import type { RawFill, RawFillOutcomes } from '../native/fill-types.ts';
import type { JobOptions } from '../native/job.ts';
import { toFileFailure } from '../native/system-error.ts';
import { Calibration, MEMORY, recall } from './calibration/calibration.ts';
import { toPasses } from './exact-end.ts';
import { fillBatch, toFailure } from './fill-batch.ts';
import type { Pass } from './pass.ts';
import type { RateLimit } from './rate-limit.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

export interface FillOutcome {
  /** Of the missing bytes. */
  readonly read: number;
  readonly failure: FileFailure | null;
}

export const NOTHING_DONE: FillOutcome = { read: 0, failure: null };

export interface FillRunResult {
  /** In the order of the files given, {@link NOTHING_DONE} for those it was stopped before. */
  readonly outcomes: readonly FillOutcome[];
  /** With what was found out on the way. */
  readonly choice: EngineChoice;
  readonly seconds: number;
  /** Before everything was attempted. */
  readonly aborted: boolean;
  readonly priorityFailure: FileFailure | null;
}

interface RunOptions extends JobOptions {
  /** Each of them limits the fill. */
  readonly rates: readonly RateLimit[];
  /** Called before anything is read, with a way to ask how many of the missing bytes were read so far. */
  readonly onStart?: ((readBytes: () => number) => void) | undefined;
  readonly onProgress?: ((done: { readonly read: number; readonly filesDone: number }) => void) | undefined;
}

// A batch's paths and extents are held twice, here and in the addon: batches bound that.
const FILES_A_BATCH = 4096;

/** Reads what a plan says. Aborting ends it within a window and keeps what was done. */
export async function runFill(
  files: readonly PlannedFile[],
  wanted: EngineChoice,
  options: RunOptions,
): Promise<FillRunResult> {
  const run = new FillRun(files, options);
  let choice = recall(wanted, files, MEMORY);
  const passes = toPasses(files, choice);
  const started = performance.now();
  for (const [index, pass] of passes.entries()) {
    const later = passes.slice(index + 1);
    const rest = await run.calibrate(pass, later);
    await run.read(rest, later);
    // Exact passes have an engine of their own.
    if (rest.choice.engine === choice.engine) choice = rest.choice;
  }
  const seconds = (performance.now() - started) / 1000;
  const { outcomes, priorityFailure } = run;
  // A signal that came behind the last byte stopped nothing.
  const complete = files.every(({ toRead }, at) => {
    const { failure, read } = outcomes[at] ?? NOTHING_DONE;
    return failure !== null || read >= toRead;
  });
  const aborted = !complete && (options.signal?.aborted ?? false);
  return { outcomes, choice, seconds, aborted, priorityFailure };
}

/** What a fill has come to so far. */
class FillRun {
  readonly outcomes: FillOutcome[];
  priorityFailure: FileFailure | null = null;
  readonly #files: readonly PlannedFile[];
  readonly #options: RunOptions;
  #read = 0;
  #running: RawFill | null = null;
  #places: ReadonlyMap<PlannedFile['file'], number> | null = null;

  constructor(files: readonly PlannedFile[], options: RunOptions) {
    this.outcomes = files.map(() => NOTHING_DONE);
    this.#files = files;
    this.#options = options;
    options.onStart?.(() => this.#read + (this.#running?.progress().read ?? 0));
  }

  /** Reads the first bytes of a pass in trials, where they are worth it; what is left of it, with what they showed. */
  async calibrate(pass: Pass, later: readonly Pass[]): Promise<Pass> {
    const { rates, signal } = this.#options;
    const calibration = Calibration.begin(pass, MEMORY);
    for (let slice = calibration?.next(); calibration && slice; slice = calibration.next()) {
      const [readBefore, started] = [this.#read, performance.now()];
      await this.read(slice, [calibration.rest, ...later]);
      const seconds = (performance.now() - started) / 1000;
      const heldBack = rates.some((rate) => rate.paused || rate.bytesPerSecond !== null);
      const goesOn = calibration.note((this.#read - readBefore) / seconds, heldBack);
      if (!goesOn || signal?.aborted) break;
    }
    return calibration?.finish() ?? pass;
  }

  /** @param later what is read behind it: a file that goes on there isn't done yet */
  async read(pass: Pass, later: readonly Pass[]): Promise<void> {
    const { signal, onProgress } = this.#options;
    const most = this.#files.length - countFiles(later);
    const ahead = this.#files.length - countFiles([pass, ...later]);
    for (let start = 0; start < pass.files.length && !signal?.aborted; start += FILES_A_BATCH) {
      const files = pass.files.slice(start, start + FILES_A_BATCH);
      const result = await fillBatch(
        { files, pass },
        {
          ...this.#options,
          onStart: (fill) => {
            this.#running = fill;
          },
          onProgress:
            onProgress &&
            (({ read, filesDone }) =>
              onProgress({
                read: this.#read + read,
                filesDone: Math.min(ahead + start + filesDone, most),
              })),
        },
      ).finally(() => {
        this.#running = null;
      });
      if (result.priorityError) this.priorityFailure = toFileFailure(result.priorityError);
      this.#addUp(result, files);
    }
  }

  #addUp({ read, troubles }: RawFillOutcomes, files: readonly PlannedFile[]): void {
    const failures = new Map(troubles.map((trouble) => [trouble.index, toFailure(trouble)]));
    this.#places ??= new Map(this.#files.map(({ file }, at) => [file, at]));
    for (const [at, planned] of files.entries()) {
      const place = this.#places.get(planned.file) ?? at;
      const [bytes, before] = [read[at] ?? 0, this.outcomes[place] ?? NOTHING_DONE];
      const failure = before.failure ?? failures.get(at) ?? null;
      if (bytes > 0 || failure) this.outcomes[place] = { read: before.read + bytes, failure };
      this.#read += bytes;
    }
  }
}

/** Passes may share files. */
function countFiles(passes: readonly Pass[]): number {
  if (passes.length <= 1) return passes[0]?.files.length ?? 0;
  return new Set(passes.flatMap(({ files }) => files.map(({ file }) => file))).size;
}
