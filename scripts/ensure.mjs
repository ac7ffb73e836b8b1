// Brings a clone to where it can run: installs and builds what is missing or older than its sources, and nothing else.
// Uses only Node itself, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const STEPS = [
  {
    name: 'installing packages',
    sources: ['package.json', 'package-lock.json'],
    // Inside, so that removing the folder removes the stamp.
    stamp: 'node_modules/.warmset-stamp',
    // Not `npm ci`: it refuses a lock without the optional packages of platforms that a registry mirror may not hold.
    command: ['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
  },
  {
    name: 'building the native part',
    sources: ['native', 'binding.gyp', 'package-lock.json'],
    stamp: 'build/Release/.warmset-stamp',
    command: ['npm', 'run', '--silent', 'build:native'],
  },
  {
    name: 'building the library',
    sources: ['lib', 'tsup.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'],
    stamp: 'dist/.warmset-stamp',
    command: ['npx', '--no-install', 'tsup', '--silent'],
  },
];

function addTo(hash, path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) addTo(hash, join(path, name));
    return;
  }
  hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
}

function fingerprint(sources) {
  const hash = createHash('sha256').update(process.arch);
  for (const source of sources) addTo(hash, join(root, source));
  return hash.digest('hex');
}

function run({ name, command }) {
  process.stderr.write(`warmset: ${name} ...\n`);
  const started = performance.now();
  const [program, ...args] = command;
  // Output only when it fails: a first start should show the product, not its compilers.
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
    process.stderr.write(`warmset: ${name} failed: ${command.join(' ')}\n`);
    process.exit(1);
  }
  process.stderr.write(`warmset: ${name} took ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

export function ensure({ force = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (process.platform !== 'linux' || major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      `warmset: needs Linux and Node 20.19 or newer; this is ${process.platform} and Node ${process.version}\n`,
    );
    process.exit(1);
  }
  for (const step of STEPS) {
    const stamp = join(root, step.stamp);
    const now = fingerprint(step.sources);
    const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === now;
    if (fresh && !force) continue;
    run(step);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, now);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensure({ force: process.argv.includes('--force') });
