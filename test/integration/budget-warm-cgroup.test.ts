import { expect, it } from 'vitest';
import type { FillPlan, WarmResult } from '../../lib/index.ts';
import { evict } from '../support/cache.ts';
import { cc, cgroupV1Memory, describeWith, root } from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { scriptCommand } from '../support/library-script.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const LIMIT = 256 * MIB;
const SIZE = 2048 * MIB;

const SNIPPET = `
  const set = await warmset.resolveTargets([args.file]);
  let plan;
  const result = await warmset.warm(set, { ...args.options, onPlan: (said) => { plan = said; } });
  return { plan: { ...plan, files: [] }, result };`;

describeWith([root, cc, cgroupV1Memory], 'a process limited to 256 MiB that is asked to warm 2 GiB', () => {
  it.for(['populate', 'read'])(
    'says so before, and claims no more than is there: %s',
    { timeout: 120_000 },
    async (engine) => {
      await using directory = await temporaryDirectory();
      const file = directory.file('model');
      await mustRun('dd', ['if=/dev/zero', `of=${file}`, 'bs=4M', 'count=512', 'conv=fsync', 'status=none']);
      await evict(file);
      await using cgroup = await memoryCgroup(LIMIT);
      const [command, args] = await scriptCommand(SNIPPET, { args: { file, options: { engine } } });
      const { code, stdout, stderr } = await cgroup.run(command, args, { timeoutMs: 60_000 });
      expect([code, stderr]).toEqual([0, '']);
      const { plan, result } = JSON.parse(stdout) as { plan: FillPlan; result: WarmResult };

      expect(plan.budget).toMatchObject({ binding: 'cgroup' });
      expect(plan.budget.limits.find(({ bytes }) => bytes === plan.budget.allowed)?.path).toBe(cgroup.path);
      expect(plan.budget.allowed).toBeLessThan(LIMIT);
      expect(plan.toRead).toBeLessThanOrEqual(plan.budget.allowed);
      expect(plan.leftOut).toBe(SIZE - plan.toRead);

      // At its limit the cgroup pays for the process's own end, and this reading, with a few more pages.
      const truth = await residentBytes(file);
      expect(truth).toBeLessThanOrEqual(result.residentNow);
      expect(truth).toBeGreaterThan(result.residentNow - 8 * MIB);
      expect(result.residentNow).toBeLessThanOrEqual(plan.budget.allowed);
      expect(result.read + result.alreadyResident - result.lost).toBe(result.residentNow);
      expect(result.stopped).toMatchObject({ reason: 'budget' });
      // What the cgroup took back of its own is said, and to whom it went.
      if (result.lost > 0) expect(result.lostTo).toContain(cgroup.path);
      expect(result.residentNow).toBeGreaterThan(200 * MIB);
    },
  );

  it('keeps to the page all that it read, with a margin of 8 MiB', { timeout: 120_000 }, async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await mustRun('dd', ['if=/dev/zero', `of=${file}`, 'bs=4M', 'count=128', 'conv=fsync', 'status=none']);
    await evict(file);
    await using cgroup = await memoryCgroup(LIMIT);
    const snippet = `
      const set = await warmset.resolveTargets([args]);
      const { budget } = await warmset.planWarm(set);
      return warmset.warm(set, { budget: { maxBytes: budget.allowed - (8 << 20) } });`;
    const [command, args] = await scriptCommand(snippet, { args: file });
    const result = JSON.parse((await cgroup.run(command, args, { timeoutMs: 60_000 })).stdout) as WarmResult;
    expect(result).toMatchObject({ lost: 0, lostTo: null });
    expect(await residentBytes(file)).toBe(result.residentNow);
    expect(result.residentNow).toBe(result.read);
  });
});
