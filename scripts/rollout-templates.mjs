// `npm run docs:rollout`: writes what is made from deploy/rollout/rollout.yaml and from the schema of such files.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'rollout-templates');
try {
  const entry = { templates: join(root, 'scripts', 'rollout', 'templates.ts') };
  await build({ config: false, silent: true, entry, format: 'esm', target: 'node20', outDir });
  const { readFile, rolloutFiles } = await import(pathToFileURL(join(outDir, 'templates.js')).href);
  const example = readFile(readFileSync(join(root, 'deploy', 'rollout', 'rollout.yaml'), 'utf8'));
  for (const { file, text } of rolloutFiles(example)) writeFileSync(join(root, file), text);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
