import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cli } from '../../../test/support/cli.ts';
import { mustRun } from '../../../test/support/run.ts';
import type { Node, Scene } from './scene.ts';

/** How long a scene is recorded. */
export const SECONDS = 120;

/** What happens in a scene and when, in seconds from its start. */
export async function live(scene: Scene): Promise<void> {
  const { canary, control, neighbour } = scene;
  const until = performance.now() + SECONDS * 1e3;
  const everything = [...canary.sets.keys()];
  // All that counts is counted from its second time on: a rate needs a value to grow from.
  const events: readonly (readonly [second: number, what: () => Promise<void>])[] = [
    [4, () => evictSets(canary, ...everything)],
    [5, () => evictSets(control, ...everything)],
    [28, () => evictSets(canary, 'gemma3-4b')],
    [30, () => evictSets(control, 'llama-8b')],
    [34, () => rm(control.adapters, { recursive: true })],
    [44, () => disturb(neighbour, 16)],
    [46, () => evictSets(canary, 'llama-8b')],
    [48, () => evictSets(control, 'llama-8b', 'qwen3-8b')],
    [62, () => mkdir(control.adapters)],
    [68, async () => control.made.path.live(false)],
    [70, () => rm(control.adapters, { recursive: true })],
    [
      77,
      async () => {
        control.made.path.live(true);
        control.made.path.reconnected();
      },
    ],
    [82, () => disturb(neighbour, 16)],
    [84, () => evictSets(canary, 'qwen3-8b')],
    [86, () => evictSets(control, 'llama-8b', 'qwen3-8b')],
    [108, () => evictSets(control, 'qwen3-8b')],
    [110, () => evictSets(canary, 'llama-8b')],
  ];
  await Promise.all([
    ...events.map(([second, what]) => delay(second * 1e3).then(what)),
    serve(canary, everything, until),
    // One model of the control isn't asked for, so that nobody but the keeper reads it, and the budget holds that back.
    serve(control, everything.slice(0, -1), until),
    delay(SECONDS * 1e3),
  ]);
}

async function evictSets({ sets }: Node, ...names: readonly string[]): Promise<void> {
  await cli(['evict', ...names.flatMap((name) => sets.get(name) ?? [])]);
}

/** Reads one file after the other, as servers do that start. */
async function serve({ sets }: Node, names: readonly string[], until: number): Promise<void> {
  const files = names.flatMap((name) => sets.get(name) ?? []);
  for (let turn = 0; performance.now() < until; turn += 1) {
    for await (const _ of createReadStream(files[turn % files.length] ?? '', { highWaterMark: 2 ** 20 })) {
      // Its bytes are of no interest.
    }
    await delay(4e3);
  }
}

/** A program that reads a file cold again and again. */
async function disturb(file: string, seconds: number): Promise<void> {
  for (const end = performance.now() + seconds * 1e3; performance.now() < end; ) {
    await mustRun('dd', [`if=${file}`, 'of=/dev/null', 'bs=1M']);
    await cli(['evict', file]);
  }
}
