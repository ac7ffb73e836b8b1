import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,integration,lifecycle}/**/*.test.ts'],
    // A hanging test is a bug: every test and hook has a limit.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The page cache, cgroups and mounts are one for the whole machine: files that use them must not run at once.
    fileParallelism: false,
    pool: 'forks',
  },
});
