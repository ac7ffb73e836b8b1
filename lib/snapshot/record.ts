import type { UnknownCode } from '../residency/index.ts';

/** Bits of a record's first byte. */
export const RECORD = { unknown: 1, modified: 2 } as const;

/** By their number in the file: only ever appended to. */
export const REASON_CODES: readonly UnknownCode[] = [
  'not-permitted',
  'no-page-cache',
  'unsupported',
  'unreadable',
  'replaced',
];
