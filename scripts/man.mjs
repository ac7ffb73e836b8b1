// `npm run docs:man`: writes docs/man/*.1 from the commands themselves.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'man');

// Imported here: before ensure() there may be no node_modules.
const { build } = await import('tsup');
try {
  const entry = { man: join(root, 'lib', 'cli', 'reference', 'every-man-page.ts') };
  await build({ config: false, silent: true, entry, format: 'esm', target: 'node20', outDir });
  const { everyManPage } = await import(pathToFileURL(join(outDir, 'man.js')).href);
  const folder = join(root, 'docs', 'man');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of await everyManPage()) writeFileSync(join(folder, file), text);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
