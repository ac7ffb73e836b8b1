import type { Corpus } from './corpus.ts';
import type { Options } from './options.ts';
import type { PeerVersions } from './peers.ts';
import { INSTALL, type Peer } from './peers.ts';
import { type Random, shuffled } from './random.ts';
import type { Contender, KindOutcome, Missing, Sample, VoidTrial } from './results.ts';

/** What the kinds of trials work with. */
export interface Context {
  readonly options: Options;
  readonly corpus: Corpus;
  readonly peers: PeerVersions;
  readonly random: Random;
  readonly log: (line: string) => void;
}

export interface Entrant extends Contender {
  /** Programs without which it can't be measured. */
  readonly needs: readonly Peer[];
}

/** Values of a trial; what wasn't told is left out of the sample. */
export type Values = Readonly<Record<string, number | undefined>>;

type Place = Omit<Sample, 'values'>;

/** Takes down what the trials of one kind came to. A trial that fails is void and the run goes on. */
export class Recorder {
  readonly #context: Context;
  readonly #contenders = new Map<string, Contender>();
  readonly #samples: Sample[] = [];
  readonly #voids: VoidTrial[] = [];
  readonly #missing: Missing[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** Those of the entrants that can be measured here; the others are named in the result. */
  admit<T extends Entrant>(entrants: readonly T[]): readonly T[] {
    return entrants.filter(({ id, label, command, needs }) => {
      this.#contenders.set(id, { id, label, command });
      const lacking = needs.filter((peer) => this.#context.peers[peer] === null);
      if (lacking.length === 0) return true;
      const why = lacking.map((peer) => `${peer} is not installed (${INSTALL[peer]})`).join('; ');
      this.#missing.push({ contender: id, why });
      this.#context.log(`${label}: ${why}`);
      return false;
    });
  }

  /** Every entrant once a round, each round in an order of its own. */
  async rounds<T>(
    entrants: readonly T[],
    trial: (entrant: T, round: number) => Promise<void>,
  ): Promise<void> {
    for (let round = 1; round <= this.#context.options.rounds; round += 1) {
      for (const entrant of shuffled(entrants, this.#context.random)) await trial(entrant, round);
    }
  }

  async trial(place: Place, work: () => Promise<Values>): Promise<void> {
    const { log } = this.#context;
    const { round, contender, variant } = place;
    const name = [contender, variant, round > 0 ? `round ${round}` : ''].filter(Boolean).join(', ');
    try {
      const given = await work();
      const values: Record<string, number> = {};
      for (const [key, value] of Object.entries(given)) if (value !== undefined) values[key] = shorten(value);
      this.#samples.push({ round, contender, variant, values });
      log(`  ${name}: ${describe(values)}`);
    } catch (error) {
      const why = this.#anonymous(error instanceof Error ? error.message : String(error));
      this.#voids.push({ round, contender, variant, why });
      log(`  ${name}: VOID: ${why}`);
    }
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  finish(settings: KindOutcome['settings']): KindOutcome {
    return {
      settings,
      contenders: [...this.#contenders.values()],
      samples: this.#samples,
      voids: this.#voids,
      missing: this.#missing,
    };
  }

  /** Results are published: they don't say where on this machine things lie. */
  #anonymous(text: string): string {
    return text.replaceAll(this.#context.corpus.directory, 'DIRECTORY').replaceAll(/\/\S*\/(?=\S)/g, '');
  }
}

/** Counts stay exact; of measured times, more digits than this are noise. */
function shorten(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}

function describe(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join('  ');
}
