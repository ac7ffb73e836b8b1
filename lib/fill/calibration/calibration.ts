import { formatRate } from '../../units.ts';
import type { Pass } from '../pass.ts';
import type { EngineChoice, PlannedFile } from '../types.ts';
import { nextStreams, settle, type Trial } from './climb.ts';
import { sliceFiles } from './slice.ts';

// A fifth of a second on a fast device; short against what is left to be read.
const SLICE_BYTES = 256 * 1024 * 1024;
const LEAST_BYTES = 1024 * 1024 * 1024;
// Below that files are opened and closed more than they are read, and a trial measures something else.
const LEAST_MEAN_FILE = 16 * 1024 * 1024;
// Enough pieces in a slice for every stream that may be tried, each long enough for sequential read-ahead.
const TRIAL_STRETCH = 8 * 1024 * 1024;

/** What is known of devices, by `st_dev`, for as long as the process lives: trying once is enough. */
export type CalibrationMemory = Map<bigint, { readonly streams: number; readonly why: string }>;

export const MEMORY: CalibrationMemory = new Map();

/** Finds out how many streams a device deserves, on bytes that must be read anyway. No byte is read twice. */
export class Calibration {
  readonly #dev: bigint;
  readonly #memory: CalibrationMemory;
  readonly #trials: Trial[] = [];
  #rest: Pass;
  #trying: number | null = null;

  private constructor(pass: Pass, dev: bigint, memory: CalibrationMemory) {
    this.#rest = pass;
    this.#dev = dev;
    this.#memory = memory;
  }

  /** `null` where there is nothing to find out: asked for, known, too little to read, or more than one device. */
  static begin(pass: Pass, memory: CalibrationMemory): Calibration | null {
    const { files, choice } = pass;
    const dev = onlyDevice(files);
    if (!choice.calibrate || dev === null || memory.has(dev)) return null;
    const bytes = files.reduce((sum, { toRead }) => sum + toRead, 0);
    if (bytes < LEAST_BYTES || bytes / files.length < LEAST_MEAN_FILE) return null;
    return new Calibration(pass, dev, memory);
  }

  /** What is left behind the slices so far. */
  get rest(): Pass {
    return this.#rest;
  }

  /** The next slice to be read and timed; `null` when enough is known. */
  next(): Pass | null {
    const { files, choice } = this.#rest;
    this.#trying = nextStreams(this.#trials, choice.streams);
    if (this.#trying === null) return null;
    const { head, rest } = sliceFiles(files, SLICE_BYTES);
    if (rest.length === 0) return null;
    this.#rest = { files: rest, choice };
    return { files: head, choice: { ...choice, streams: this.#trying }, stretchBytes: TRIAL_STRETCH };
  }

  /** @returns whether to go on. What was held back by somebody says nothing of the device. */
  note(bytesPerSecond: number, heldBack: boolean): boolean {
    if (heldBack || !(bytesPerSecond > 0) || this.#trying === null) return false;
    this.#trials.push({ streams: this.#trying, bytesPerSecond });
    return true;
  }

  /** What is left to be read, with what was found out. */
  finish(): Pass {
    const streams = settle(this.#trials);
    if (streams === null || this.#trials.length < 2) return this.#rest;
    const tried = this.#trials.map((trial) => `${trial.streams}: ${formatRate(trial.bytesPerSecond)}`);
    const why = `streams as tried on the first bytes (${tried.join(', ')})`;
    this.#memory.set(this.#dev, { streams, why });
    return { ...this.#rest, choice: withKnown(this.#rest.choice, { streams, why }) };
  }
}

/** The choice for these files, as far as their device is known already. */
export function recall(
  choice: EngineChoice,
  files: readonly PlannedFile[],
  memory: CalibrationMemory,
): EngineChoice {
  const dev = onlyDevice(files);
  const known = dev === null || !choice.calibrate ? undefined : memory.get(dev);
  return known ? withKnown(choice, known) : choice;
}

function withKnown(
  choice: EngineChoice,
  { streams, why }: { readonly streams: number; readonly why: string },
): EngineChoice {
  return { ...choice, streams, why: `${choice.why}; ${why}` };
}

function onlyDevice(files: readonly PlannedFile[]): bigint | null {
  const dev = files[0]?.file.dev;
  return dev !== undefined && files.every(({ file }) => file.dev === dev) ? dev : null;
}
