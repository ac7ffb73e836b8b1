import { defineConfig } from 'vitest/config';
import { takesColdPages } from './test/support/proactive-reclaim.ts';

export default defineConfig({
  test: {
    include: ['test/{unit,integration,lifecycle}/**/*.test.ts'],
    // A hanging test is a bug: every test and hook has a limit.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The page cache, cgroups and mounts are one for the whole machine: files that use them must not run at once.
    fileParallelism: false,
    // Where the kernel takes cold pages away although there is memory, a few may go between two lines of any test that
    // counts pages, or while a command fills and verifies. Elsewhere the first failure counts.
    retry: takesColdPages() ? 2 : 0,
    pool: 'forks',
  },
});
