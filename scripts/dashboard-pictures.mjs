// `npm run docs:pictures`: plays a scene of two minutes, and writes docs/dashboards/*.svg from what a Prometheus saw of it.
// With `-- --redraw` it draws the last scene again.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensure } from './ensure.mjs';

ensure();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'build', 'pictures');
const scene = join(root, 'build', 'pictures.json');

// Imported here: before ensure() there may be no node_modules.
const { build } = await import('tsup');
try {
  const pictures = join(root, 'scripts', 'grafana', 'pictures');
  const entry = { record: join(pictures, 'record-scene.ts'), draw: join(pictures, 'draw-pictures.ts') };
  // As deep as test/support, whose modules find the root of the repository by their own place.
  await build({
    config: false,
    silent: true,
    entry,
    format: 'esm',
    target: 'node20',
    outDir,
    splitting: false,
    skipNodeModulesBundle: true,
  });
  const load = (name) => import(pathToFileURL(join(outDir, `${name}.js`)).href);
  if (!process.argv.includes('--redraw')) {
    const { recordScene } = await load('record');
    writeFileSync(scene, JSON.stringify(await recordScene()));
  }
  const { pictureFiles } = await load('draw');
  const folder = join(root, 'docs', 'dashboards');
  const files = pictureFiles(JSON.parse(readFileSync(scene, 'utf8')));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of files) writeFileSync(join(folder, file), text);
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
