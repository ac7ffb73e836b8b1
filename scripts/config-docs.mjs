// `npm run docs:config`: writes docs/config.md and docs/config.schema.json from lib/config/schema.ts.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'config-docs');

mkdirSync(outDir, { recursive: true });
try {
  const entry = { reference: join(root, 'lib', 'config', 'reference.ts') };
  await build({ config: false, silent: true, entry, format: 'esm', target: 'node20', outDir });
  const { configPage, jsonSchema } = await import(pathToFileURL(join(outDir, 'reference.js')).href);
  writeFileSync(join(root, 'docs', 'config.md'), configPage());
  writeFileSync(join(root, 'docs', 'config.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
