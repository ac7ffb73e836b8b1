import { defineConfig } from 'vitest/config';
import { takesColdPages } from './scripts/proactive-reclaim.mjs';

export default defineConfig({
  test: {
    // A hanging test is a bug: every test and hook has a limit.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Where the kernel takes cold pages away although there is memory, a few may go between two lines of any test that
    // counts pages, or while a command fills and verifies. Elsewhere the first failure counts.
    retry: takesColdPages() ? 2 : 0,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/{integration,lifecycle}/**/*.test.ts'],
          // The page cache, cgroups and mounts are one for the whole machine: files that use them must not run at once,
          // nor beside anything else.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
