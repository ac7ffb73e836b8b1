// `npm run bench`: installs and builds where needed, compiles bench/ and runs it. `npm run bench -- --help` has the options.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'bench');
for (const name of ['main.js', 'worker.js']) rmSync(join(outDir, name), { force: true });

// Imported here: before ensure() there may be no node_modules.
const { build } = await import('tsup');
await build({
  config: false,
  silent: true,
  entry: { main: join(root, 'bench/main.ts'), worker: join(root, 'bench/worker/main.ts') },
  outDir,
  format: 'esm',
  target: 'node20',
  // What is measured is the package as it is shipped, not a copy inside of the bench.
  external: [/^warmset(\/|$)/],
  clean: false,
  dts: false,
});
await import('../build/bench/main.js');
