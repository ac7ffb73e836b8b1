import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resolveTargets, warm } from '../../../lib/index.ts';
import {
  getIoPriority,
  getNice,
  type IoPriority,
  mincore,
  setIoPriority,
  setNice,
} from '../../../lib/native/index.ts';
import { describeWith, fuse, root } from '../../support/capabilities.ts';
import { inScript } from '../../support/library-script.ts';
import { mountSlowfs } from '../../support/mounts.ts';
import { owned } from '../../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../../support/temp.ts';

interface Thread {
  readonly name: string;
  readonly io: IoPriority;
  readonly nice: number;
}

function threads(): Thread[] {
  return readdirSync('/proc/self/task').flatMap((tid) => {
    try {
      const name = readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim();
      return [{ name, io: getIoPriority(Number(tid)), nice: getNice(Number(tid)) }];
    } catch {
      return []; // It ended between the listing and the question.
    }
  });
}

const ours = (all: readonly Thread[]) => all.filter(({ name }) => name.startsWith('warmset-'));
const others = (all: readonly Thread[]) => all.filter(({ name }) => !name.startsWith('warmset-'));

describeWith([root, fuse], 'the priority of a fill', () => {
  it.for([
    { priority: undefined, io: 'idle', nice: 19 },
    { priority: 'idle' as const, io: 'idle', nice: 19 },
    { priority: { ioClass: 'best-effort' as const, ioLevel: 6, nice: 7 }, io: 'best-effort', nice: 7 },
  ])("is that of warmset's threads alone: $priority", async ({ priority, io, nice }) => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 << 20);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 30_000 } }));
    const host = others(threads());
    const seen: Thread[][] = [];
    const result = await warm(await resolveTargets([mount.file('model')]), {
      priority,
      onProgress: () => seen.push(threads()),
    });
    expect(result.priorityFailure).toBeNull();
    const filling = seen
      .flatMap(ours)
      .filter(({ name, io: { ioClass } }) => name === 'warmset-fill' && ioClass === io);
    expect(filling.length).toBeGreaterThan(0);
    expect(filling.every((thread) => thread.nice === nice)).toBe(true);
    for (const all of seen) {
      expect(others(all).filter(({ io: { ioClass } }) => ioClass === 'idle')).toEqual([]);
      expect(others(all).every((thread) => thread.nice === host[0]?.nice)).toBe(true);
    }
    expect([getIoPriority(), getNice()]).toEqual([host[0]?.io, host[0]?.nice]);
  });

  it('normal leaves even those as the host is', async () => {
    const answer = await inScript<{ name: string; nice: number; ioClass: string }[]>(`
      const { readdirSync, readFileSync } = await import('node:fs');
      await native.mincore('/proc/self/exe', { priority: 'normal' });
      return readdirSync('/proc/self/task').map((tid) => ({
        name: readFileSync('/proc/self/task/' + tid + '/comm', 'utf8').trim(),
        nice: native.getNice(Number(tid)), ioClass: native.getIoPriority(Number(tid)).ioClass }));`);
    const work = answer.filter(({ name }) => name === 'warmset-work');
    expect(work).toHaveLength(1);
    expect(
      answer.every(({ nice, ioClass }) => nice === answer[0]?.nice && ioClass === answer[0]?.ioClass),
    ).toBe(true);
  });

  it('is given to a thread by its number, and taken back', async () => {
    await mincore('/proc/self/exe');
    const tid = readdirSync('/proc/self/task')
      .map(Number)
      .find((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').startsWith('warmset-'));
    setIoPriority({ ioClass: 'best-effort', level: 2 }, tid);
    setNice(5, tid);
    expect([getIoPriority(tid), getNice(tid)]).toEqual([{ ioClass: 'best-effort', level: 2 }, 5]);
    expect(getNice()).not.toBe(5);
    setIoPriority({ ioClass: 'idle', level: 0 }, tid);
    setNice(19, tid);
  });
});
