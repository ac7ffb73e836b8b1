/**
 * Works on slices of a list, several at once, and yields what they come to in the list's order. When one fails, or the
 * caller stops asking, those that were begun are waited for and no more are begun.
 *
 * @param size items a slice
 * @param most slices at once, from 1
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  size: number,
  most: number,
  work: (slice: readonly Item[], start: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let next = 0;
  const begin = (): void => {
    while (begun.length < most && next < items.length) {
      const promise = work(items.slice(next, next + size), next);
      // Whoever waits for it sees the failure; until then it isn't one that nobody handles.
      promise.catch(() => undefined);
      begun.push(promise);
      next += size;
    }
  };
  try {
    for (begin(); begun[0]; begin()) {
      const result = await begun[0];
      begun.shift();
      // The next slice is at work while the caller looks at this one.
      begin();
      yield result;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
