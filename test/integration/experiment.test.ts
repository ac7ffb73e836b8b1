import { appendFileSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST_EXPERIMENT, readJournal, runExperiment, writeReport } from '../../lib/experiment/index.ts';
import { resolveTargets } from '../../lib/targets/index.ts';
import { hold, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, chromium, describeWith, itWith, tmpfsMount } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json, startCli } from '../support/cli.ts';
import { mountTmpfs } from '../support/mounts.ts';
import { run } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { aDesign } from '../unit/experiment/trials.ts';

const BYTES = 4 << 20;
let home: TemporaryDirectory;
let model: string;

beforeAll(async () => {
  home = await temporaryDirectory('experiment');
  model = home.file('model.bin');
  await writeRandomFile(model, BYTES);
});
let made = 0;
/** A directory of its own for each try of a test: results are never overwritten. */
const fresh = (name: string): string => home.file(`${name}-${made++}`);
afterAll(() => home[Symbol.asyncDispose]());

const QUICK = ['--rounds', '3', '--seed', '7', '--no-guard', '--fraction', '90%'];

describe('warmset experiment', { timeout: 90_000 }, () => {
  it('takes its trials, proves that they were cold, and writes every report', async () => {
    const out = fresh('out');
    const result = await cli(['experiment', ...QUICK, '--json', '--out', out, model]);
    expect(result.stderr).toContain('trial 12/12');
    expect(result.code).toBe(0);
    const document = json(result);
    expect(document).toMatchObject({ schema: 'warmset.experiment/1', missing: 0, bytes: BYTES });
    expect(JSON.parse(readFileSync(`${out}/experiment.json`, 'utf8'))).toEqual(document);
    const { trials } = await readJournal(out);
    const done = trials.filter((trial) => trial.state === 'done');
    expect(done).toHaveLength(12);
    for (const { condition, residentAtLoad, interference } of done) {
      if (condition === 'cold') {
        expect(residentAtLoad).toBe(0);
        // The kernel's own count of what we had read from the disk.
        expect(interference.ourBytes).toBeGreaterThanOrEqual(BYTES);
      }
      if (condition === 'warm') {
        expect(residentAtLoad).toBe(BYTES);
        expect(interference.ourBytes).toBe(0);
      }
    }
    for (const name of ['report.html', 'storage_load_bench.md', 'storage_load_bench.csv']) {
      expect(readFileSync(`${out}/${name}`, 'utf8').length).toBeGreaterThan(500);
    }
    expect((await oracle(model)).resident).toBeGreaterThan(0);
  });

  it("times the user's reader, and a command that prepares", async () => {
    const out = fresh('commands');
    const words = ['--conditions', 'cold,warm', '--condition', 'cat=cat {} > /dev/null'];
    const reader = 'test "$WARMSET_TARGETS" = "$(echo {})" && cat {} > /dev/null';
    const result = await cli(['experiment', ...QUICK, ...words, '--reader', reader, '--out', out, model]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^cat +3 +0 /m);
    const { trials } = await readJournal(out);
    const cat = trials.filter((trial) => trial.state === 'done' && trial.condition === 'cat');
    expect(cat).toMatchObject(Array(3).fill({ residentAtLoad: BYTES }));
  });

  it('says what is wrong with a reader before any trial', async () => {
    const out = fresh('bad-reader');
    const result = await cli([
      'experiment',
      ...QUICK,
      '--reader',
      'echo no such model >&2; exit 3',
      '--out',
      out,
      model,
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('ended with 3: no such model');
    expect(result.stdout).toBe('');
  });

  it('goes on after SIGKILL where it was', async () => {
    const out = fresh('killed');
    const running = await startCli([
      'experiment',
      ...QUICK,
      '--reader',
      'sleep 0.2; cat {} >/dev/null',
      '--out',
      out,
      model,
    ]);
    for (let tries = 0; tries < 400; tries += 1) {
      const found = await readJournal(out).catch(() => null);
      if ((found?.trials.length ?? 0) >= 3) break;
      await new Promise((wake) => setTimeout(wake, 25));
    }
    running.kill('SIGKILL');
    await running.ended;
    appendFileSync(`${out}/trials.jsonl`, '{"type":"trial","ind');
    const before = await readJournal(out);
    expect(before.trials.length).toBeGreaterThanOrEqual(3);
    expect(before.trials.length).toBeLessThan(12);
    const result = await cli(['experiment', '--resume', out]);
    expect(result.code).toBe(0);
    const after = await readJournal(out);
    expect(after.trials.slice(0, before.trials.length)).toEqual(before.trials);
    expect(after.trials.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    // And a third time there is nothing left to do.
    expect((await cli(['experiment', '--resume', out])).code).toBe(0);
    expect((await readJournal(out)).trials).toEqual(after.trials);
  });

  itWith(cc, 'refuses files that somebody has mapped', async () => {
    await using _holder = await hold('mmap', model, 0, PAGE_SIZE);
    const result = await cli(['experiment', ...QUICK, '--out', fresh('held'), model]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/stayed in memory.*mapped by hold/s);
  });

  itWith(tmpfsMount, 'refuses what lies in memory anyway', async () => {
    await using mount = await mountTmpfs();
    await writeFile(mount.file('a'), Buffer.alloc(8192, 1));
    const result = await cli(['experiment', ...QUICK, '--out', fresh('tmpfs'), mount.path]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/tmpfs/);
  });

  it('prints its design, and asks before it changes a disk', async () => {
    const plan = await cli(['experiment', '--dry-run', ...QUICK, '--scheduler', 'none,bfq', model]);
    expect(plan.code).toBe(0);
    expect(plan.stdout.match(/ bfq$/gm)).toHaveLength(12);
    const refused = await cli(['experiment', ...QUICK, '--scheduler', 'none', '--out', fresh('x'), model]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--yes|needs root/);
    for (const words of [['--rounds', '2'], ['--conditions', 'cold'], ['--url', 'http://x'], []]) {
      const targets = words.length === 0 ? [] : [model];
      expect((await cli(['experiment', ...words, ...targets])).code).toBe(2);
    }
  });
});

/** Loads a page as somebody would from a disk; what `--dump-dom` has and what the browser complained of. */
async function load(page: string, ...flags: string[]) {
  await using profile = await temporaryDirectory('chromium');
  const words = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--enable-logging=stderr', '--log-level=0'];
  return run(
    'chromium',
    [...words, ...quiet, `--user-data-dir=${profile.path}`, ...flags, `file://${page}`],
    {
      timeoutMs: 60_000,
      env: BARE_ENVIRONMENT,
    },
  );
}

describeWith(
  chromium,
  'the report in a browser',
  () => {
    it('opens from a disk without a complaint, fits a phone, and follows the scheme', async () => {
      const out = fresh('browser');
      const set = await resolveTargets([model]);
      await mkdir(out);
      const design = aDesign({ rounds: 3 });
      const fill = { guard: false, budget: { fractionOfAvailable: 0.9 } } as const;
      const host = { ...HOST_EXPERIMENT, server: null };
      await writeReport(out, await runExperiment(set, { design, directory: out, fill }, host));
      const page = `${out}/report.html`;
      // What would have to be fetched is refused by the page's own policy, and complained of.
      const plain = await load(page, '--dump-dom');
      expect(plain.stderr.match(/^.*:CONSOLE.*$/gm) ?? []).toEqual([]);
      expect(plain.stdout.match(/<circle class="dot /g)).toHaveLength(12);
      // Scripts are refused in the page itself: a frame round it measures.
      const probe = home.file('probe.html');
      await writeFile(
        probe,
        `<!doctype html><iframe src="file://${page}" width="360" height="800"></iframe><script>
        onload = () => { const frame = document.querySelector('iframe'); const page = frame.contentDocument;
          const style = frame.contentWindow.getComputedStyle(page.body);
          const { scrollWidth, clientWidth } = page.documentElement;
          document.title = (scrollWidth <= clientWidth ? 'fits' : 'too wide by ' + (scrollWidth - clientWidth)) + ' on ' + style.backgroundColor; };
        </script>`,
      );
      const measured = async (...flags: string[]) =>
        /<title>(.*)<\/title>/.exec(
          (await load(probe, '--allow-file-access-from-files', '--dump-dom', ...flags)).stdout,
        )?.[1];
      expect(await measured('--blink-settings=preferredColorScheme=1')).toBe('fits on rgb(246, 245, 241)');
      expect(await measured('--blink-settings=preferredColorScheme=0')).toBe('fits on rgb(18, 23, 28)');
    });
  },
  { timeout: 200_000 },
);
