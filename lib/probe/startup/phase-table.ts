import type { Dialect, Grade } from './dialect.ts';
import type { PhaseName, PhaseSource, StartupPhase } from './types.ts';

const GRADES: readonly Grade[] = ['bar', 'stamps', 'parts', 'said', 'whole'];

// The order in which they usually happen.
const ORDER: readonly PhaseName[] = [
  'import',
  'runner',
  'distributed',
  'model',
  'download',
  'prefetch',
  'weights',
  'engine',
  'compile',
  'profile',
  'kv-cache',
  'graphs',
];

/** Bounds for logs that mean ill: what comes beyond is counted with the rest. */
const MOST_RANKS = 4096;
const MOST_SEEN = 512;
const LONGEST_SECONDS = 1e7;

export interface Finding {
  readonly phase: PhaseName;
  readonly seconds: number;
  readonly grade: Grade;
  readonly source: PhaseSource;
  /** Which process says it. */
  readonly rank: string;
  /** The line, to tell a repeated one: wrappers print some twice. */
  readonly line: string;
  /** How many processes say the same on this line. */
  readonly times: number;
}

interface Entry {
  grade: Grade;
  source: PhaseSource;
  seconds: number;
  reports: number;
  /** Sums by rank, while the grade is `parts`. */
  readonly ranks: Map<string, number>;
  readonly seen: Set<string>;
}

/** What is known of every phase so far. Ranks work beside each other, so that the longest of them is how long it took. */
export class PhaseTable {
  readonly #entries = new Map<PhaseName, Entry>();
  readonly #contained = new Map<PhaseName, PhaseName>();

  get size(): number {
    return this.#entries.size;
  }

  /** Counts one phase in another, before what its dialect says. */
  contain(outer: PhaseName, inner: PhaseName): void {
    this.#contained.set(inner, outer);
  }

  /** Whether it changes what the phase's seconds are. */
  record(finding: Finding): boolean {
    const { phase, seconds, grade, source } = finding;
    if (!(seconds >= 0 && seconds < LONGEST_SECONDS)) return false;
    const known = this.#entries.get(phase);
    const rise = known === undefined ? 1 : GRADES.indexOf(grade) - GRADES.indexOf(known.grade);
    if (rise < 0) return false;
    const entry =
      known !== undefined && rise === 0
        ? known
        : { grade, source, seconds: -1, reports: 0, ranks: new Map(), seen: new Set<string>() };
    if (isRepeated(entry.seen, `${finding.rank}\n${finding.line}`)) return false;
    this.#entries.set(phase, entry);
    const before = entry.seconds;
    entry.seconds = Math.max(before, grade === 'parts' ? addPart(entry.ranks, finding) : seconds);
    entry.reports = grade === 'parts' ? entry.ranks.size : entry.reports + finding.times;
    return entry.seconds !== before;
  }

  get(name: PhaseName, within: Dialect['within']): StartupPhase | null {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    const { seconds, source, reports } = entry;
    const containers = [this.#contained.get(name) ?? [], within[name] ?? []].flat();
    const container = containers.find((outer) => this.#entries.has(outer)) ?? null;
    return { name, seconds: roundToMicroseconds(seconds), within: container, source, reports };
  }

  /** Each in front of its parts. */
  list(within: Dialect['within']): StartupPhase[] {
    const all = ORDER.flatMap((name) => this.get(name, within) ?? []);
    const below = (outer: PhaseName | null): StartupPhase[] =>
      all.filter((phase) => phase.within === outer).flatMap((phase) => [phase, ...below(phase.name)]);
    return below(null);
  }
}

function addPart(ranks: Map<string, number>, { rank, seconds }: Finding): number {
  const key = ranks.size < MOST_RANKS || ranks.has(rank) ? rank : '';
  const sum = (ranks.get(key) ?? 0) + seconds;
  ranks.set(key, sum);
  return sum;
}

function isRepeated(seen: Set<string>, line: string): boolean {
  if (seen.has(line)) return true;
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.add(line);
  return false;
}

/** Finer than any log says, and coarse enough that sums of doubles come out even. */
export function roundToMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
