// `npm run docs:dashboards`: writes deploy/grafana/*.json from scripts/grafana.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'dashboards');

// Imported here: before ensure() there may be no node_modules.
const { build } = await import('tsup');
try {
  const entry = { dashboards: join(root, 'scripts', 'grafana', 'dashboards.ts') };
  await build({ config: false, silent: true, entry, format: 'esm', target: 'node20', outDir });
  const { dashboardFiles } = await import(pathToFileURL(join(outDir, 'dashboards.js')).href);
  const folder = join(root, 'deploy', 'grafana');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of dashboardFiles()) writeFileSync(join(folder, file), text);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
