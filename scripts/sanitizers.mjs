// Builds native/core with its doctest programs and runs them: plain, under AddressSanitizer with
// UndefinedBehaviorSanitizer, and under ThreadSanitizer. What can't run here is skipped by name.
//   --quick          plain only
//   --sanitized      not plain: the same programs without a sanitizer see less
//   --addon          the addon itself under AddressSanitizer, through the tests in test/lifecycle
//   --report FILE    the counts as JSON
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { takesColdPages } from './proactive-reclaim.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    sanitized: { type: 'boolean' },
    addon: { type: 'boolean' },
    report: { type: 'string' },
  },
});

const SECONDS = { configure: 60, build: 240, test: 120, addon: 300, probe: 30 };
const BUILDS = [
  { name: 'plain', sanitize: '' },
  { name: 'asan', sanitize: 'address,undefined' },
  { name: 'tsan', sanitize: 'thread' },
];
const ENVIRONMENT = {
  ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_init_order=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  // A thread that is left behind on purpose is one of the tests.
  TSAN_OPTIONS: 'report_thread_leaks=0:halt_on_error=1:second_deadlock_stack=1',
};

// Node's own leaks are none of ours.
const UNDER_NODE = 'detect_leaks=0';
// It measures resident memory, most of which is the sanitizer's own here.
const NOT_UNDER_NODE = 'test/lifecycle/growth.test.ts';

const total = { passed: 0, failed: 0, skipped: 0 };

/** coreutils' timeout, because it ends what the program has started, too. */
function run(seconds, program, args, extra = {}) {
  const { input, env, cwd = root } = extra;
  const result = spawnSync('timeout', ['--kill-after=5', String(seconds), program, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, ...ENVIRONMENT, ...env },
  });
  const late = result.status === 124 || result.status === 137;
  return {
    ok: result.status === 0,
    output:
      `${result.stdout ?? ''}${result.stderr ?? ''}${late ? `\nstopped after ${seconds} s` : ''}`.trim(),
  };
}

function say(name, what, since) {
  const took = since === undefined ? '' : ` (${((performance.now() - since) / 1000).toFixed(1)} s)`;
  console.log(`native ${name}: ${what}${took}`);
}

function skip(name, reason) {
  total.skipped += 1;
  say(name, `skipped: ${reason}`);
}

function fail(name, what, output) {
  total.failed += 1;
  say(name, `${what} failed`);
  console.log(output.split('\n').slice(-80).join('\n'));
}

/** Why nothing can be built here, if so. */
function missingTool() {
  if (!run(SECONDS.probe, 'cmake', ['--version']).ok) return 'cmake is not installed';
  const doctest = ['-E', '-x', 'c++', '-std=c++20', '-'];
  if (!run(SECONDS.probe, 'c++', ['--version']).ok) return 'no C++ compiler (c++) is installed';
  const found = run(SECONDS.probe, 'c++', doctest, { input: '#include <doctest/doctest.h>\n' });
  return found.ok ? undefined : 'doctest is not installed (Debian: doctest-dev)';
}

/** A sanitizer is there when a program built with it starts: its runtime may lack, or this kernel's address layout may not suit it. */
function missingSanitizer(sanitize) {
  if (sanitize === '') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'warmset-sanitizer-'));
  try {
    const program = join(folder, 'probe');
    const args = [`-fsanitize=${sanitize}`, '-x', 'c++', '-', '-o', program];
    if (!run(SECONDS.probe, 'c++', args, { input: 'int main() {}\n' }).ok)
      return `the compiler has no runtime for -fsanitize=${sanitize}`;
    return run(SECONDS.probe, program, []).ok
      ? undefined
      : `programs with -fsanitize=${sanitize} don't start here`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Configures and builds one target; false when that failed or can't be done. */
function build({ name, sanitize }, target) {
  const reason = missingSanitizer(sanitize);
  if (reason !== undefined) {
    skip(name, reason);
    return false;
  }
  const folder = join('build-native', name);
  const started = performance.now();
  const configured = run(SECONDS.configure, 'cmake', [
    '-S',
    '.',
    '-B',
    folder,
    `-DWARMSET_SANITIZE=${sanitize}`,
  ]);
  const built = configured.ok
    ? run(SECONDS.build, 'cmake', ['--build', folder, '--parallel', '2', '--target', target])
    : configured;
  if (built.ok) say(name, `${target} built`, started);
  else fail(name, `building ${target}`, built.output);
  return built.ok;
}

function testCore(kind) {
  if (!build(kind, 'native-tests')) return;
  const started = performance.now();
  const { ok, output } = runCore(join(root, 'build-native', kind.name, 'native-tests'));
  const counts = /test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|\s*(\d+) skipped/.exec(output);
  const [passed, failed, skipped] = (counts ?? [0, 0, 0, 0]).slice(1).map(Number);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (ok && counts !== null) return say(kind.name, `${passed} passed`, started);
  // A report of a sanitizer fails the run without failing a test.
  if (failed > 0) total.failed -= 1;
  fail(kind.name, 'native-tests', output);
}

// A few pages may go between two lines of any test that counts them. Elsewhere the first failure counts.
const ATTEMPTS = takesColdPages() ? 3 : 1;

function runCore(program) {
  let result = run(SECONDS.test, program, []);
  for (let attempt = 1; attempt < ATTEMPTS && !result.ok; attempt += 1)
    result = run(SECONDS.test, program, []);
  return result;
}

/** The whole process runs under the sanitizer's allocator, Node included. */
function testAddon() {
  const kind = BUILDS[1];
  if (!build(kind, 'warmset')) return;
  const started = performance.now();
  const libraries = ['libasan.so', 'libstdc++.so'].map((library) =>
    run(SECONDS.probe, 'c++', [`-print-file-name=${library}`]).output.trim(),
  );
  const report = join(root, 'build-native', 'addon-results.json');
  rmSync(report, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  skip('addon', `${NOT_UNDER_NODE}: resident memory says nothing under AddressSanitizer`);
  const args = [
    'run',
    'test/lifecycle',
    '--exclude',
    NOT_UNDER_NODE,
    '--testTimeout=120000',
    '--reporter=default',
    '--reporter=json',
  ];
  const { ok, output } = run(
    SECONDS.addon,
    process.execPath,
    [vitest, ...args, `--outputFile.json=${report}`],
    {
      env: {
        LD_PRELOAD: libraries.join(' '),
        ASAN_OPTIONS: `${ENVIRONMENT.ASAN_OPTIONS}:${UNDER_NODE}`,
        WARMSET_ADDON: join(root, 'build-native', kind.name, 'warmset.node'),
      },
    },
  );
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += numPassedTests;
    total.skipped += numPendingTests;
    if (ok) return say('addon', `${numPassedTests} passed under AddressSanitizer`, started);
    total.failed += Math.max(0, numFailedTests - 1);
  }
  fail('addon', 'test/lifecycle under AddressSanitizer', output);
}

function chosen() {
  if (options.quick) return BUILDS.slice(0, 1);
  return options.sanitized ? BUILDS.slice(1) : BUILDS;
}

mkdirSync(join(root, 'build-native'), { recursive: true });
const reason = missingTool();
if (reason !== undefined) skip('all', reason);
else if (options.addon) testAddon();
else for (const kind of chosen()) testCore(kind);

if (options.report !== undefined) writeFileSync(options.report, JSON.stringify(total));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`native: ${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
