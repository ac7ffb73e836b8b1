import type { FileFailure } from '../errors.ts';
import type { AllotInput } from './allot.ts';
import { backOffMs } from './back-off.ts';
import type { MeasuredFile, MeasuredSet } from './measure-sets.ts';
import { sum } from './report.ts';

// A read error costs seconds each time it is met.
const FIRST_RETRY_MS = 30_000;

interface Failed {
  readonly attempts: number;
  readonly retryAtMs: number;
  readonly failure: FileFailure;
}

/**
 * What is to be read of each file. Besides of what is missing that depends on what was tried before: a file that can't be
 * read is tried again ever more seldom, and one whose residency may not be asked for is read once and then believed to
 * stay, because reading it all over at every sweep would be the only other way.
 */
export class Wants {
  readonly #readBlindly = new Set<string>();
  readonly #failed = new Map<string, Failed>();

  /** Bytes that are to be read of a file. */
  missingOf({ identity, dataBytes, residentBytes, unknown }: MeasuredFile, nowMs: number): number {
    if ((this.#failed.get(identity)?.retryAtMs ?? 0) > nowMs) return 0;
    if (residentBytes !== null) return Math.max(0, dataBytes - residentBytes);
    const readable = unknown === 'not-permitted' || unknown === 'unsupported';
    return readable && !this.#readBlindly.has(identity) ? dataBytes : 0;
  }

  /** Bytes that a file takes of the budget: those that are resident, or may be. */
  chargeOf({ identity, dataBytes, residentBytes }: MeasuredFile): number {
    return residentBytes ?? (this.#readBlindly.has(identity) ? dataBytes : 0);
  }

  ofSet({ config, files }: MeasuredSet, nowMs: number): AllotInput {
    return {
      quotaBytes: config.quota,
      residentBytes: sum(files, (file) => this.chargeOf(file)),
      missingBytes: sum(files, (file) => this.missingOf(file, nowMs)),
    };
  }

  /** With what failed when a file was read last, until it is read again. */
  withFailures(set: MeasuredSet): MeasuredSet {
    if (this.#failed.size === 0) return set;
    const files = set.files.map((file) => ({
      ...file,
      failure: file.failure ?? this.#failed.get(file.identity)?.failure ?? null,
    }));
    return { ...set, files };
  }

  /** Takes in that a file was read, or could not be. */
  tried(
    { identity, unknown }: MeasuredFile,
    outcome: { readonly failure: FileFailure | null; readonly whole: boolean },
    when: { readonly nowMs: number; readonly random: number },
  ): void {
    const { failure } = outcome;
    if (failure === null) {
      this.#failed.delete(identity);
      if (unknown !== null && outcome.whole) this.#readBlindly.add(identity);
      return;
    }
    const attempts = (this.#failed.get(identity)?.attempts ?? 0) + 1;
    const retryAtMs = when.nowMs + backOffMs(attempts, FIRST_RETRY_MS, when.random);
    this.#failed.set(identity, { attempts, retryAtMs, failure });
  }

  /** Forgets files that no set has any more. */
  keepOnly(sets: readonly MeasuredSet[]): void {
    const there = new Set(sets.flatMap(({ files }) => files.map(({ identity }) => identity)));
    for (const identity of this.#readBlindly) if (!there.has(identity)) this.#readBlindly.delete(identity);
    for (const identity of this.#failed.keys()) if (!there.has(identity)) this.#failed.delete(identity);
  }
}
