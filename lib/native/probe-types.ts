/** What the addon's probes take and answer. */
import type { RawFailure, RawPath } from './addon-types.ts';

export interface RawProbeFile {
  readonly path: RawPath;
  readonly dev: bigint;
  readonly ino: bigint;
}

export type RawReadWay = 'direct' | 'dontcache' | 'buffered';

export type RawProbedRead = {
  /** Pages near the place that are resident now and weren't before; null where mincore doesn't say. */
  readonly addedPages: number | null;
} & (
  | {
      readonly fate: 'read';
      readonly way: RawReadWay;
      readonly milliseconds: number;
      readonly bytes: number;
    }
  | { readonly fate: 'resident' | 'unknown' | 'hole' | 'ended' | 'replaced' }
  | { readonly fate: 'failed'; readonly error: RawFailure }
);

export type RawTouch = {
  readonly temperature: 'cold' | 'warm' | 'unknown';
  readonly milliseconds: number;
} & ({ readonly fate: 'touched' | 'ended' } | { readonly fate: 'failed'; readonly error: RawFailure });

export interface RawOpenProbe {
  /** Another file is at the path: nothing else was done. */
  readonly replaced: boolean;
  readonly openMs: number;
  readonly mapMs: number;
  readonly touches: readonly RawTouch[];
  readonly broughtPages: number | null;
  readonly leftPages: number | null;
}

export interface RawStretchProbe {
  /** Another file is at the path: nothing else was done. */
  readonly replaced: boolean;
  /** It became shorter meanwhile. */
  readonly ended: boolean;
  readonly pages: number;
  readonly touchedPages: number;
  readonly milliseconds: number;
  /** Just before; null where mincore doesn't say, as below. */
  readonly residentPages: number | null;
  readonly broughtPages: number | null;
  readonly leftPages: number | null;
  /** Of the page that couldn't be touched. */
  readonly error?: RawFailure;
}
