import { defineConfig } from 'vitest/config';
import { takesColdPages } from './scripts/proactive-reclaim.mjs';

// Whole programs with namespaces and servers of their own: they wait more than they work, and ask nothing of the page cache
// that another could spoil.
const APART = [
  'integration/deploy-{image,compose,helm*}',
  'integration/support-podman',
  'integration/prometheus-*',
  'integration/grafana',
  'integration/rollout-*',
  'integration/change',
  'integration/storage-{overlay-crash*,locks}',
  'integration/nvmeof-tune',
  'integration/cli-{help,completion,phases,terminal,signals}',
  'integration/launch-{small*,signals,child,exec}',
  'integration/unanswered',
  'lifecycle/{addon-arguments,exit,workers}',
].map((name) => `test/${name}.test.ts`);

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
        // More at once than there are processors: see above.
        test: { name: 'apart', include: APART, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/{integration,lifecycle}/**/*.test.ts'],
          exclude: APART,
          // The page cache, cgroups and mounts are one for the whole machine: files that use them must not run at once,
          // nor beside anything else.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
