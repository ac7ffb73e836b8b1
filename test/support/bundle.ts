import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Options } from 'tsup';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = path.join(ROOT, 'build/test-dist');

// What tsup.config.ts ships, without types and source maps.
const OPTIONS: Options = {
  config: false,
  silent: true,
  entry: {
    index: path.join(ROOT, 'lib/index.ts'),
    native: path.join(ROOT, 'lib/native/index.ts'),
    cli: path.join(ROOT, 'lib/cli/main.ts'),
    // No entries of the package: for tests of what ends with its process, or depends on who asks.
    hits: path.join(ROOT, 'lib/keeper/hits.ts'),
    'node-lock': path.join(ROOT, 'lib/keeper/node-lock.ts'),
    'scheduler-switch': path.join(ROOT, 'lib/scheduler-switch/index.ts'),
    change: path.join(ROOT, 'lib/change/index.ts'),
    'storage-layers': path.join(ROOT, 'lib/storage/layers/index.ts'),
  },
  format: 'esm',
  target: 'node20',
  splitting: true,
};

let bundled: Promise<string> | undefined;

/**
 * The directory with the library and the program as plain JavaScript: `index.js`, `native.js`, `cli.js` and
 * those that only tests have.
 * Bundled again when the sources changed.
 */
export function bundle(): Promise<string> {
  bundled ??= bundleSources();
  return bundled;
}

async function bundleSources(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(OPTIONS));
  const sources = readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' });
  for (const name of sources.filter((source) => source.endsWith('.ts')).sort()) {
    hash.update(name).update(readFileSync(path.join(ROOT, 'lib', name)));
  }
  const directory = path.join(OUTPUT, hash.digest('hex').slice(0, 16));
  if (existsSync(directory)) return directory;
  // Under another name first: several test runs may bundle at once.
  const partial = `${directory}.${process.pid}`;
  await build({ ...OPTIONS, outDir: partial });
  await rename(partial, directory).catch(() => rm(partial, { recursive: true }));
  return directory;
}
