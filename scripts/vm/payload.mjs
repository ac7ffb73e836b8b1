import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'tsup';
import { CACHE, hashOf, ownText, ROOT, RUN, removeOld } from './folders.mjs';
import { tool } from './tool.mjs';

const MIB = 2 ** 20;

/** Warmset as it is installed, with the scenario beside it: an image that is made for each run. */
export async function payloadImage() {
  const tree = join(RUN, 'payload');
  const image = join(RUN, 'payload.ext4');
  rmSync(tree, { recursive: true, force: true });
  await build({
    config: false,
    silent: true,
    entry: {
      index: join(ROOT, 'lib/index.ts'),
      native: join(ROOT, 'lib/native/index.ts'),
      cli: join(ROOT, 'lib/cli/main.ts'),
      scenario: join(ROOT, 'test/vm/guest/scenario.ts'),
    },
    outDir: join(tree, 'dist'),
    format: 'esm',
    target: 'node20',
    splitting: true,
  });
  const built = ['build/Release/warmset.node', 'build/Release/warmset-wait'];
  const shipped = ['package.json', ...built, 'deploy/systemd', 'docs/json.md'];
  for (const name of [...shipped, ...productionModules()]) {
    cpSync(join(ROOT, name), join(tree, name), { recursive: true });
  }
  rmSync(image, { force: true });
  tool('mkfs.ext4', ['-q', '-m', '0', '-d', tree, image, '64M']);
  rmSync(tree, { recursive: true });
  return image;
}

/** What `npm install --omit=dev` would leave. */
function productionModules() {
  const lines = tool('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: ROOT }).trim().split('\n');
  return lines.filter((line) => line !== ROOT).map((line) => line.slice(ROOT.length + 1));
}

/** @type {readonly { name: string, bytes: number }[]} */
const WEIGHTS = [
  { name: 'model-00001-of-00002.safetensors', bytes: 40 * MIB },
  { name: 'model-00002-of-00002.safetensors', bytes: 24 * MIB },
];

/** A model on a file system of its own: what the target exports. */
export function modelsImage() {
  const name = `models-${hashOf(ownText(import.meta.url))}.ext4`;
  const image = join(CACHE, name);
  if (existsSync(image)) return image;
  removeOld('models-');
  const tree = join(RUN, 'models');
  rmSync(tree, { recursive: true, force: true });
  for (const weight of WEIGHTS) writeWeights(join(tree, 'models/tiny', weight.name), weight.bytes);
  writeFileSync(join(tree, 'models/tiny/config.json'), '{"model_type":"llama"}\n');
  mkdirSync(join(tree, 'locks'));
  writeFileSync(join(tree, 'locks/model.lock'), '');
  tool('mkfs.ext4', ['-q', '-m', '0', '-d', tree, `${image}.${process.pid}`, '112M']);
  renameSync(`${image}.${process.pid}`, image);
  rmSync(tree, { recursive: true });
  return image;
}

/** Random, because mkfs makes holes of zeros, and holes have no pages. */
function writeWeights(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  const header = JSON.stringify({
    weight: { dtype: 'U8', shape: [bytes], data_offsets: [0, bytes] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, Buffer.from(header)]));
  for (let at = 0; at < bytes; at += MIB) writeSync(file, randomBytes(Math.min(MIB, bytes - at)));
  closeSync(file);
}
