import { onTestFinished } from 'vitest';

/**
 * Ties a resource to the running test, whose end disposes it even when the test timed out and hangs.
 * `await using` alone is enough where nothing can hang.
 */
export function owned<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(async () => {
    await resource[Symbol.asyncDispose]();
  });
  return resource;
}
