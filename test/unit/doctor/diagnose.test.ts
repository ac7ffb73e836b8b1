import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Diagnosis, diagnose, examine, gather } from '../../../lib/doctor/index.ts';
import { resolveTargets, type WarmSet } from '../../../lib/targets/index.ts';
import { fixtureRoot } from '../host/fixture-root.ts';
import { TROUBLED } from './fixture-host.ts';
import { GIB, readings, setOf } from './healthy.ts';

const LEVELS = ['problem', 'warning', 'note', 'ok'];

function expectValid(diagnosis: Diagnosis): void {
  expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
  expect(diagnosis.findings.length).toBeGreaterThan(5);
  const ranks = diagnosis.findings.map(({ level }) => LEVELS.indexOf(level));
  expect(ranks).toEqual([...ranks].sort());
  expect(diagnosis.worst).toBe(diagnosis.findings[0]?.level);
  for (const { id, level, title, evidence, remedy } of diagnosis.findings) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(LEVELS).toContain(level);
    expect(title).toMatch(/^\S[^\n]*[^\s.]$/);
    expect(evidence).toMatch(/^[^\n]*[^\s]\.$|; and [\d,]+ more$/);
    for (const text of [title, evidence, remedy ?? 'x']) {
      expect(text).not.toMatch(/undefined|NaN|Infinity|\bnull\b|\[object/);
    }
    if (level === 'ok') expect(remedy).toBeNull();
  }
}

/** A file that isn't there, on the disk 259:1: what lies under it is told by its device number all the same. */
function lostSet(size: number): WarmSet {
  const file = { path: '/nowhere/model.gguf', dev: 0x10301n, ino: 1n, size };
  const skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
  return { files: [file], failures: [], skipped, size };
}

test('nothing is to be said against a healthy host', () => {
  expect(examine(readings({ set: setOf(GIB) }))).toMatchObject({ worst: 'ok' });
  expectValid(examine(readings({ set: setOf(GIB) })));
});

test('a troubled host, from its files to its findings', async () => {
  const diagnosis = await diagnose(lostSet(20 * GIB), await fixtureRoot(TROUBLED));
  expectValid(diagnosis);
  const level = (id: string) => diagnosis.findings.find((finding) => finding.id === id)?.level;
  const problems = ['residency-unreadable', 'cgroup-limit', 'memory-available'];
  const warnings = ['budget', 'swap', 'other-warmer', 'direct-loader', 'idle-priority', 'huge-pages'];
  expect(problems.map(level)).toEqual(problems.map(() => 'problem'));
  expect(warnings.map(level)).toEqual(warnings.map(() => 'warning'));
  expect(['read-ahead', 'pressure', 'lock-limit'].map(level)).toEqual(['note', 'note', 'note']);
  expect(level('unified-memory')).toBe('warning');
  expect(level('filesystem')).toBe('ok');

  const text = JSON.stringify(diagnosis);
  expect(text).toContain('echo mq-deadline > /sys/block/nvme0n1/queue/scheduler');
  expect(text).toContain('echo 2048 > /sys/block/nvme0n1/queue/read_ahead_kb');
  expect(text).toContain('on xfs at /');
  expect(text).toContain('vmtouch (600) in /proc');
  expect(text).not.toContain('s3cret');
});

test('a host that tells nothing yields notes, and no number is made up', async () => {
  const diagnosis = await diagnose(undefined, await fixtureRoot({ '/etc': null }));
  expectValid(diagnosis);
  const notes = diagnosis.findings.filter(({ level }) => level === 'note').map(({ id }) => id);
  expect(notes).toEqual(
    expect.arrayContaining([
      ...['no-set', 'may-measure', 'budget-unknowns', 'cgroup-limit', 'memory-available', 'swap'],
      ...['processes', 'huge-pages', 'pressure', 'lock-limit'],
    ]),
  );
  expect(diagnosis.findings[0]).toMatchObject({ id: 'budget', level: 'problem' });
});

test('a real file shows its filesystem and what is known of it', async () => {
  const { root = '' } = await fixtureRoot({ '/model': 'x'.repeat(10_000) });
  const set = await resolveTargets([join(root, 'model')]);
  const { set: found } = await gather(set);
  expect(found?.filesystems).toMatchObject([{ files: 1, bytes: 10_000, name: expect.any(String) }]);
  expect(found?.filesystems[0]?.mountPoint).toMatch(/^\//);
  expect(found?.measured).toEqual({ files: 1, unknown: [] });
});

test('files that changed since they were resolved are told apart', async () => {
  const { root = '' } = await fixtureRoot({ '/model': 'x', '/other': 'y' });
  const set = await resolveTargets([root]);
  const files = set.files.map((file, index) => (index === 0 ? { ...file, ino: 1n } : file));
  const { set: found } = await gather({ ...set, files });
  expect(found?.measured?.unknown).toMatchObject([{ code: 'replaced', files: 1 }]);
});

test('a mount of another namespace is not taken for the one of the file', async () => {
  // The path lies below `/` there too, and the number says that it is another `/`.
  const mounts = '20 1 4000:7 / / rw - xfs /dev/sdq1 rw\n';
  const { root = '' } = await fixtureRoot({ '/model': 'x', '/proc/self/mountinfo': mounts });
  const { set: found } = await gather(await resolveTargets([join(root, 'model')]), { root });
  expect(found?.filesystems).toMatchObject([{ mountPoint: null, files: 1 }]);
});

test('a warmer that really runs is seen', async () => {
  const idle = ['-e', 'setTimeout(() => {}, 30_000)', '--', '-t', '/models'];
  const child = spawn(process.execPath, idle, { argv0: 'vmtouch', stdio: 'ignore' });
  try {
    await once(child, 'spawn');
    const { findings } = await diagnose();
    const warmer = findings.find(({ id }) => id === 'other-warmer');
    expect(warmer?.level).toBe('warning');
    expect(warmer?.evidence).toContain(`(${child.pid})`);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('this machine gets a valid diagnosis, with a set and without', async () => {
  expectValid(await diagnose());
  const { root = '' } = await fixtureRoot({ '/models': null });
  await writeFile(join(root, 'models', 'a.gguf'), Buffer.alloc(100_000));
  const diagnosis = await diagnose(await resolveTargets([join(root, 'models')]));
  expectValid(diagnosis);
  expect(diagnosis.findings.map(({ id }) => id)).toContain('set');
});

test('an aborted diagnosis rejects with the reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(diagnose(lostSet(GIB), { signal })).rejects.toThrow('enough');
});
