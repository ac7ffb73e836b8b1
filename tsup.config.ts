import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'lib/index.ts', native: 'lib/native/index.ts', cli: 'lib/cli/main.ts' },
  format: 'esm',
  target: 'node20',
  dts: { entry: { index: 'lib/index.ts', native: 'lib/native/index.ts' } },
  // Commands are imported when they are called: --help must not wait for what warm needs.
  splitting: true,
  clean: true,
  sourcemap: true,
});
