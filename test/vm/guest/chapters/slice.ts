import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { readEntry, readNumber } from '../cgroup.ts';
import { check, until } from '../checks.ts';
import type { KeepDocument } from '../documents.ts';
import { fincoreBytes, wholePages } from '../oracle.ts';
import { mustRun } from '../programs.ts';
import { installUnits, show, systemctl, written } from '../units.ts';
import { beneath, evictAll, through } from './residency.ts';

const MIB = 2 ** 20;
const PAGE = 4096;
const KEEP = 'warmset-keep@models.service';
const ONCE = 'warmset-once@models.service';
const SLICE = '/sys/fs/cgroup/warmset.slice';
const LISTEN = '127.0.0.1:9464';
// So much of the set has to go.
const TOO_MUCH = 24 * MIB;
// systemd-run would want a message bus.
const NEIGHBOUR = 'neighbour.service';
const NEIGHBOUR_TEXT = `[Service]
Type=oneshot
Slice=warmset.slice
ExecStart=dd if=/run/disk1 of=/dev/null bs=1M count=32
`;
// While it runs systemd remembers how what it wanted has ended.
const BACKEND = 'models.service';
const BACKEND_TEXT = `[Unit]
Wants=${ONCE}
After=${ONCE}
[Service]
Type=exec
ExecStart=sleep infinity
`;
const CONFIGURATION = `sets: [{name: m, targets: [${through.join(', ')}]}]
sweep: {interval: 1s}
listen: ${LISTEN}
`;

/** The shipped units under a systemd that is the machine's first process, and what the kernel makes of them. */
export async function keepInSlice(): Promise<void> {
  await check('the kernel has the weights and the ceiling of warmset.slice', async () => {
    // Its own file has the weight where bfq decides; io.weight is that of blk-iocost.
    await mustRun('modprobe', 'bfq');
    await installUnits('models', CONFIGURATION);
    await evictAll();
    assert.equal(await fincoreBytes(...beneath), 0);
    await systemctl('start', KEEP);
    const file = async (name: string): Promise<string> =>
      (await readFile(path.join(SLICE, name), 'utf8')).trim();
    assert.equal(await file('cpu.weight'), await written('warmset.slice', 'CPUWeight'));
    assert.equal(await file('pids.max'), await written('warmset.slice', 'TasksMax'));
    const weight = `default ${await written('warmset.slice', 'IOWeight')}`;
    for (const name of ['io.weight', 'io.bfq.weight']) assert.equal(await file(name), weight, name);
    const high = Number(await file('memory.high'));
    const share = Number(/^(\d+)%$/.exec(await written('warmset.slice', 'MemoryHigh'))?.[1]) / 100;
    assert.ok(Math.abs(high - totalmem() * share) <= PAGE, `${high} of ${totalmem()} bytes`);
    return `cpu.weight ${await file('cpu.weight')}, io.weight and io.bfq.weight ${weight}, memory.high ${high}`;
  });
  await check('the keeper is in it, and what it reads is charged there', async () => {
    const pid = await show(KEEP, 'MainPID');
    const cgroup = path.join(SLICE, KEEP);
    assert.deepEqual((await readFile(path.join(cgroup, 'cgroup.procs'), 'utf8')).trim().split('\n'), [pid]);
    await until('resident', keeper, (said) => said.cache_hit_ratio === 1);
    assert.equal(await fincoreBytes(...beneath), await wholePages(...beneath));
    const charged = await readEntry(cgroup, 'memory.stat', 'file');
    assert.ok(charged >= (await wholePages(...beneath)), `${charged} bytes are charged to it`);
    return `process ${pid}, ${charged} bytes of files`;
  });
  await check('above memory.high pages go, nobody is killed, and the keeper says what is left', () =>
    crowd(),
  );
  await check(
    'once under the same ceiling is held back, which is a success, and nobody is killed',
    async () => {
      await systemctl('stop', KEEP);
      await evictAll();
      await writeFile(`/run/systemd/system/${BACKEND}`, BACKEND_TEXT);
      await systemctl('start', BACKEND);
      assert.equal(await show(ONCE, 'ExecMainStatus'), '3');
      assert.equal(await show(ONCE, 'Result'), 'success');
      const resident = await fincoreBytes(...beneath);
      assert.ok(resident < (await wholePages(...beneath)), `${resident} bytes resident`);
      assert.equal(await readEntry(SLICE, 'memory.events', 'oom_kill'), 0);
      return `${resident} bytes resident`;
    },
  );
  await systemctl('stop', BACKEND, KEEP, 'warmset.slice');
}

/** A neighbour in the slice reads more than the ceiling leaves. */
async function crowd(): Promise<string> {
  const pid = await show(KEEP, 'MainPID');
  const high = Math.floor(((await readNumber(SLICE, 'memory.current')) - TOO_MUCH) / PAGE) * PAGE;
  await systemctl('set-property', '--runtime', 'warmset.slice', `MemoryHigh=${high}`);
  assert.equal(await readNumber(SLICE, 'memory.high'), high);
  await writeFile(`/run/systemd/system/${NEIGHBOUR}`, NEIGHBOUR_TEXT);
  await systemctl('start', NEIGHBOUR);
  assert.ok((await readEntry(SLICE, 'memory.events', 'high')) > 0, 'nothing was held back');
  for (const event of ['max', 'oom', 'oom_kill'])
    assert.equal(await readEntry(SLICE, 'memory.events', event), 0, event);
  const whole = await wholePages(...beneath);
  const seen = await until('the keeper and fincore agree', bothSay, ({ said, counted }) => {
    return counted < whole && Math.abs(said - counted) < PAGE * beneath.length;
  });
  const held = await until(
    'the reason',
    async () => (await keeper()).sweep?.held ?? null,
    // Which of the two comes first depends on what the last sweep found.
    (why) =>
      /^(cgroup-headroom: .*warmset\.slice |budget: .*memory\.high )/.test(`${why?.code}: ${why?.message}`),
  );
  assert.equal(await show(KEEP, 'MainPID'), pid);
  return `${seen.counted} of ${whole} bytes: ${held?.message}`;
}

async function bothSay(): Promise<{ readonly said: number; readonly counted: number }> {
  const { sweep } = await keeper();
  const said = sweep?.sets.reduce((sum, { residentBytes }) => sum + residentBytes, 0) ?? 0;
  return { said, counted: await fincoreBytes(...beneath) };
}

async function keeper(): Promise<KeepDocument> {
  return (await (await fetch(`http://${LISTEN}/status.json`)).json()) as KeepDocument;
}
