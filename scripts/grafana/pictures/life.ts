import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cli } from '../../../test/support/cli.ts';
import type { Node, Scene } from './scene.ts';

/** How long a scene is recorded. */
export const SECONDS = 120;

/** What happens in a scene and when, in seconds from its start. */
export async function live(scene: Scene): Promise<void> {
  const { canary, control, neighbour } = scene;
  const until = performance.now() + SECONDS * 1e3;
  const events: readonly (readonly [second: number, what: () => Promise<unknown> | undefined])[] = [
    [24, () => evictSet(canary, 'llama-8b')],
    [34, () => evictSet(control, 'qwen3-8b')],
    // Both have to read while somebody else does, too.
    [50, () => evictSet(canary, 'llama-8b', 'qwen3-8b', 'gemma3-4b')],
    [52, () => evictSet(control, 'llama-8b', 'gemma3-4b')],
    [72, () => void control.made.path.live(false)],
    [
      81,
      () => {
        control.made.path.live(true);
        control.made.path.reconnected();
        return undefined;
      },
    ],
    [88, () => evictSet(control, 'gemma3-4b')],
    [102, () => evictSet(canary, 'qwen3-8b')],
  ];
  await Promise.all([
    ...events.map(([second, what]) => delay(second * 1e3).then(what)),
    serve(canary, until),
    serve(control, until),
    delay(46e3).then(() => disturb(neighbour, performance.now() + 20e3)),
    delay(SECONDS * 1e3),
  ]);
}

async function evictSet({ sets }: Node, ...names: readonly string[]): Promise<void> {
  await cli(['evict', ...names.flatMap((name) => sets.get(name) ?? [])]);
}

/** Reads one file after the other, as servers do that start. */
async function serve({ sets }: Node, until: number): Promise<void> {
  const files = [...sets.values()].flat();
  for (let turn = 0; performance.now() < until; turn += 1) {
    await read(files[turn % files.length] ?? '');
    await delay(2e3);
  }
}

/** Reads a file cold again and again. */
async function disturb(file: string, until: number): Promise<void> {
  while (performance.now() < until) {
    await read(file);
    await cli(['evict', file]);
  }
}

async function read(file: string): Promise<void> {
  for await (const _ of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    // Its bytes are of no interest.
  }
}
