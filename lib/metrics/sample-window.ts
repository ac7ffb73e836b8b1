import type { LatencyQuantiles } from './types.ts';

/** The latest samples, up to a number of them. */
export class SampleWindow {
  readonly #samples: number[] = [];
  readonly #capacity: number;
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(samples: readonly number[]): void {
    for (const sample of samples) {
      this.#samples[this.#next] = sample;
      this.#next = (this.#next + 1) % this.#capacity;
    }
  }

  summary(): LatencyQuantiles | null {
    const sorted = Float64Array.from(this.#samples).sort();
    if (sorted.length === 0) return null;
    return {
      samples: sorted.length,
      p50Ms: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
      p99Ms: quantile(sorted, 0.99),
    };
  }
}

/** Nearest rank: the smallest sample that at least this share of all doesn't exceed. NaN of nothing. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(sorted.length * share);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}

/** What can be a duration. A probe that goes wrong must not end the process that it is embedded in. */
export function durations(milliseconds: readonly number[]): readonly number[] {
  return milliseconds.filter((value) => Number.isFinite(value) && value >= 0);
}
