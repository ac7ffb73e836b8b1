// `npm run docs:helm`: the parts of the Helm chart that are made of others: values.schema.json from lib/config/schema.ts and
// scripts/helm, and copies of the rules and dashboards, because a chart can read nothing outside its own folder.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const chart = join(root, 'deploy', 'helm', 'warmset');
const outDir = join(root, 'build', 'helm-schema');

mkdirSync(outDir, { recursive: true });
try {
  const entry = { schema: join(root, 'scripts', 'helm', 'values-schema.ts') };
  await build({ config: false, silent: true, entry, format: 'esm', target: 'node20', outDir });
  const { valuesSchema } = await import(pathToFileURL(join(outDir, 'schema.js')).href);
  writeFileSync(join(chart, 'values.schema.json'), `${JSON.stringify(valuesSchema(), null, 2)}\n`);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}

copyFileSync(join(root, 'deploy', 'prometheus', 'rules.yml'), join(chart, 'files', 'rules.yml'));
const dashboards = join(chart, 'files', 'dashboards');
rmSync(dashboards, { recursive: true, force: true });
mkdirSync(dashboards, { recursive: true });
for (const file of readdirSync(join(root, 'deploy', 'grafana')).filter((name) => name.endsWith('.json'))) {
  copyFileSync(join(root, 'deploy', 'grafana', file), join(dashboards, file));
}
