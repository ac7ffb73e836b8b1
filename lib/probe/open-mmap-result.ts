import type { FileFailure } from '../errors.ts';
import type { RawOpenProbe, RawTouch } from '../native/probe-types.ts';
import { toFileFailure } from '../native/system-error.ts';
import type { WarmFile } from '../targets/index.ts';
import { replacedFailure, truncatedFailure } from './failures.ts';
import type { StretchResult, StretchSample, StretchTemperature } from './probe-stretch.ts';
import { type LatencySummary, summariseLatency } from './summary.ts';

/** Whether a page was resident just before. `unknown`: the kernel doesn't tell this user. */
export type Temperature = 'cold' | 'warm' | 'unknown';

export interface TouchSample {
  readonly file: WarmFile;
  readonly offset: number;
  readonly temperature: Temperature;
  readonly milliseconds: number;
}

export interface OpenSample {
  readonly file: WarmFile;
  /** Of the whole file, just before. */
  readonly temperature: StretchTemperature;
  readonly openMs: number;
  readonly mmapMs: number;
}

export interface ProbeFailure {
  readonly file: WarmFile;
  /** Of the page that couldn't be touched; `null` when it is about the whole file. */
  readonly offset: number | null;
  readonly failure: FileFailure;
}

/** Latencies of what a loader does with a file. Each is `null` when there is no such sample. */
export interface OpenMmapProbe {
  /** open(2). The kernel knows the file's inode already where the set has just been resolved. */
  readonly open: LatencySummary | null;
  /** mmap(2) of the whole file. */
  readonly mmap: LatencySummary | null;
  /** Both kinds of calls together: their p95 is `open_mmap_latency_p95_ms`. */
  readonly openMmap: LatencySummary | null;
  /** The first touch of single pages, without the read-ahead that a fault may start; never mixed. */
  readonly firstTouch: Readonly<Record<Temperature, LatencySummary | null>>;
  /** Whole stretches with read-ahead, by what of them was resident; only where they were asked for. */
  readonly stretch: Readonly<Record<StretchTemperature, LatencySummary | null>>;
  readonly opens: readonly OpenSample[];
  readonly touches: readonly TouchSample[];
  readonly stretches: readonly StretchSample[];
  readonly failures: readonly ProbeFailure[];
  /** Pages that touches and stretches brought in; an upper bound where others read there, `null` where nobody tells. */
  readonly broughtPages: number | null;
  /** Of those, pages that are still resident: the probe takes out what it brought in. 0 is the rule. */
  readonly leftPages: number | null;
}

/** Builds the result file by file. */
export class CollectedOpens {
  readonly #opens: OpenSample[] = [];
  readonly #touches: TouchSample[] = [];
  readonly #stretches: StretchSample[] = [];
  readonly #failures: ProbeFailure[] = [];
  #brought: number | null = 0;
  #left: number | null = 0;

  fail(file: WarmFile, offset: number | null, failure: FileFailure): void {
    this.#failures.push({ file, offset, failure });
  }

  add(
    file: WarmFile,
    offsets: readonly number[],
    raw: RawOpenProbe,
    fileTemperature: StretchTemperature,
  ): void {
    if (raw.replaced) {
      this.fail(file, null, replacedFailure());
      return;
    }
    this.#opens.push({ file, temperature: fileTemperature, openMs: raw.openMs, mmapMs: raw.mapMs });
    this.#brought = add(this.#brought, raw.broughtPages);
    this.#left = add(this.#left, raw.leftPages);
    raw.touches.forEach((touch, at) => {
      const offset = offsets[at] ?? 0;
      const failure = failureOf(touch);
      const { temperature, milliseconds } = touch;
      if (failure) this.fail(file, offset, failure);
      else this.#touches.push({ file, offset, temperature, milliseconds });
    });
  }

  addStretch(file: WarmFile, offset: number, result: StretchResult): void {
    if (result.state === 'failed') {
      this.fail(file, offset, result.failure);
      return;
    }
    this.#stretches.push(result.sample);
    this.#brought = add(this.#brought, result.sample.broughtPages);
    this.#left = add(this.#left, result.sample.leftPages);
  }

  result(): OpenMmapProbe {
    const ofStretches = (temperature: StretchTemperature): LatencySummary | null =>
      summariseLatency(
        this.#stretches.flatMap((one) => (one.temperature === temperature ? one.milliseconds : [])),
      );
    const ofTouches = (temperature: Temperature): LatencySummary | null =>
      summariseLatency(
        this.#touches.flatMap((touch) => (touch.temperature === temperature ? touch.milliseconds : [])),
      );
    return {
      open: summariseLatency(this.#opens.map(({ openMs }) => openMs)),
      mmap: summariseLatency(this.#opens.map(({ mmapMs }) => mmapMs)),
      firstTouch: { cold: ofTouches('cold'), warm: ofTouches('warm'), unknown: ofTouches('unknown') },
      openMmap: summariseLatency(this.#opens.flatMap(({ openMs, mmapMs }) => [openMs, mmapMs])),
      stretch: {
        cold: ofStretches('cold'),
        warm: ofStretches('warm'),
        partly: ofStretches('partly'),
        unknown: ofStretches('unknown'),
      },
      opens: this.#opens,
      touches: this.#touches,
      stretches: this.#stretches,
      failures: this.#failures,
      broughtPages: this.#brought,
      leftPages: this.#left,
    };
  }
}

function add(sum: number | null, pages: number | null): number | null {
  return sum === null || pages === null ? null : sum + pages;
}

function failureOf(touch: RawTouch): FileFailure | null {
  switch (touch.fate) {
    case 'touched':
      return null;
    case 'ended':
      return truncatedFailure();
    case 'failed':
      return toFileFailure(touch.error);
  }
}
