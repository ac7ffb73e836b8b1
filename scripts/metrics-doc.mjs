// `npm run docs:metrics`: puts the table of all metrics between the markers in docs/metrics.md, from the registry itself.
import { EventEmitter } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'metrics-doc');

// Imported here: before ensure() there may be no node_modules.
const { build } = await import('tsup');
await build({
  config: false,
  silent: true,
  entry: {
    create: join(root, 'lib/metrics/create-metrics.ts'),
    describe: join(root, 'lib/metrics/describe.ts'),
  },
  outDir,
  format: 'esm',
  target: 'node20',
  clean: false,
  dts: false,
});
try {
  const { createMetrics } = await import(join(outDir, 'create.js'));
  const { metricsTable } = await import(join(outDir, 'describe.js'));
  const { registry } = createMetrics(new EventEmitter(), { fileSeries: 1 });
  const file = join(root, 'docs', 'metrics.md');
  const block = /(<!-- begin table -->)[\s\S]*?(<!-- end table -->)/;
  const table = metricsTable(registry);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(block, (_, begin, end) => `${begin}\n${table}\n${end}`),
  );
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
