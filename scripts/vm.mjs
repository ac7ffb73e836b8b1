// `npm run test:vm`: what needs a kernel of its own, in a virtual machine. Boots a Debian kernel under QEMU, runs
// test/vm/guest in it, and prints a line for each check; the last one is `vm: N passed, N failed`.
//   --report FILE    the counts as JSON
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFolders, ROOT } from './vm/folders.mjs';
import { whyNot } from './vm/missing.mjs';
import { modelsImage, payloadImage } from './vm/payload.mjs';
import { boot, CONSOLE } from './vm/qemu.mjs';
import { rootImage } from './vm/root-image.mjs';

const { values: options } = parseArgs({ options: { report: { type: 'string' } } });

// Twice what it takes on two slow cores without KVM.
const SECONDS = 280;
const CONSOLE_LINES = 20;

const counts = { passed: 0, failed: 0, skipped: 0 };

function end() {
  if (options.report !== undefined) writeFileSync(options.report, JSON.stringify(counts));
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`vm: ${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exit(counts.failed > 0 ? 1 : 0);
}

function fail(name, why) {
  counts.failed += 1;
  console.log(`vm ✗ ${name}\n${why.replace(/^/gm, '    ')}`);
}

function timed(name, seconds) {
  console.log(`vm   ${name} (${seconds.toFixed(1)} s)`);
}

async function prepare(name, make) {
  const started = performance.now();
  const made = await make();
  timed(name, (performance.now() - started) / 1000);
  return made;
}

/** One line of the guest's; returns whether it was its last. */
function take(line) {
  let told;
  try {
    told = JSON.parse(line);
  } catch {
    console.log(`vm   guest: ${line}`);
    return false;
  }
  if (told.end) return true;
  if (!told.ok) {
    fail(`${told.check} (${told.seconds} s)`, told.why);
    return false;
  }
  counts.passed += 1;
  console.log(`vm ✓ ${told.check} (${told.seconds} s)${told.seen === null ? '' : `\n    ${told.seen}`}`);
  return false;
}

const reason = whyNot();
if (reason !== null) {
  counts.skipped = 1;
  console.log(`vm   skipped: ${reason}`);
  end();
}

async function attempt() {
  Object.assign(counts, { passed: 0, failed: 0 });
  try {
    makeFolders();
    const root = await prepare('root image', rootImage);
    const models = await prepare('models', modelsImage);
    const payload = await prepare('warmset', payloadImage);
    let ended = false;
    const { late, seconds } = await boot({
      kernel: root.kernel,
      disks: [root.image, payload, models],
      seconds: SECONDS,
      onLine: (line) => {
        ended = take(line) || ended;
      },
    });
    timed('virtual machine', seconds);
    if (!ended) {
      const log = readFileSync(CONSOLE, 'utf8').trimEnd().split('\n').slice(-CONSOLE_LINES).join('\n');
      const why = late ? `ended after ${SECONDS} s` : 'the machine ended first';
      fail(
        'the scenario comes to its end',
        `${why}; the console's end (${relative(ROOT, CONSOLE)}):\n${log}`,
      );
    }
  } catch (error) {
    fail('the virtual machine', error instanceof Error ? error.message : String(error));
  }
}

await attempt();
// An emulated processor stands still while its host is busy, and what the guest waits for comes too late then.
if (counts.failed > 0) {
  console.log('vm   once more: something failed under emulation');
  await attempt();
}
end();
