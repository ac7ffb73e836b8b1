import type {
  RawEntry,
  RawFailure,
  RawListing,
  RawListingColumns,
  RawSurvey,
  RawSurveyColumns,
} from './addon-types.ts';

/**
 * The addon hands over values of many files as columns, because an object costs it a call for each property. Here they
 * become objects again, which JavaScript makes much faster.
 */

const NUMBERS_A_SURVEY = 12;

/**
 * The same number, as V8's small integer where it is one. What comes straight out of a Float64Array is a double in a box of
 * its own, 16 bytes that live as long as its file.
 */
function unboxed(value: number): number {
  const small = value | 0;
  return small === value ? small : value;
}

/** One result a path that was asked about, in order. */
export function toSurveys({
  numbers,
  identities,
  details,
}: RawSurveyColumns): readonly (RawSurvey | RawFailure)[] {
  const surveys: (RawSurvey | RawFailure)[] = [];
  let next = 0;
  for (let index = 0; index * NUMBERS_A_SURVEY < numbers.length; index += 1) {
    const detail = details[next]?.index === index ? details[next] : undefined;
    if (detail) next += 1;
    surveys.push(detail?.failure ?? toSurvey(numbers, identities, index, detail));
  }
  return surveys;
}

function toSurvey(
  numbers: Float64Array,
  identities: BigUint64Array,
  index: number,
  detail: RawSurveyColumns['details'][number] | undefined,
): RawSurvey {
  const first = index * NUMBERS_A_SURVEY;
  const number = (at: number): number => unboxed(numbers[first + at] ?? 0);
  const survey: RawSurvey = {
    dev: identities[index * 3] ?? 0n,
    ino: identities[index * 3 + 1] ?? 0n,
    modifiedNs: BigInt.asIntN(64, identities[index * 3 + 2] ?? 0n),
    size: number(0),
    allocated: number(1),
    filesystem: number(2),
    cached: number(3),
    dirty: number(4),
    writeback: number(5),
    recentlyEvicted: number(6),
    sampled: number(7),
    disagreed: number(8),
    window: number(9),
    dax: number(10) === 1,
    tailCached: number(11) === 1,
  };
  if (!detail) return survey;
  const { cachedByWindow, dataByWindow, refusal } = detail;
  return {
    ...survey,
    ...(cachedByWindow && { cachedByWindow }),
    ...(dataByWindow && { dataByWindow }),
    ...(refusal && { refusal }),
  };
}

// As native/core/directory.h numbers them.
const KINDS = ['file', 'directory', 'socket', 'fifo', 'device', 'dangling', 'unreadable'] as const;

export function toListing({ names, kinds, sizes, identities, errors }: RawListingColumns): RawListing {
  const byIndex = new Map(errors.map(({ index, errno, syscall }) => [index, { errno, syscall }]));
  const own = identities[0] ?? 0n;
  const entries = names.map((name, index): RawEntry => {
    const error = byIndex.get(index);
    const dev = identities[index * 2 + 2] ?? 0n;
    return {
      name,
      kind: KINDS[kinds[index] ?? -1] ?? 'unreadable',
      // One number for all that are on the directory's device: each of its own would be held as long as its file.
      dev: dev === own ? own : dev,
      ino: identities[index * 2 + 3] ?? 0n,
      size: unboxed(sizes[index] ?? 0),
      ...(error && { error }),
    };
  });
  return { dev: own, ino: identities[1] ?? 0n, entries };
}

/** Numbers of several files, one group after the other, and how many groups each has. */
export function joinColumns(
  columns: readonly (readonly number[])[],
  group: number,
): { readonly counts: Uint32Array; readonly extents: Float64Array } {
  const counts = Uint32Array.from(columns, ({ length }) => length / group);
  const extents = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const column of columns) {
    extents.set(column, next);
    next += column.length;
  }
  return { counts, extents };
}
