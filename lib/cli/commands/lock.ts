import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { lock } from '../../fill/index.ts';
import { formatBytes, formatCount, formatDuration, parseDuration } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { lockJson } from '../json-contract.ts';
import { readTargets } from '../read-targets.ts';
import { renderFailures } from '../render/failures.ts';
import { stringifyJson } from '../render/json.ts';
import { good } from '../render/style.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';

interface Flags extends CommonFlags {
  readonly for?: number;
}

// A timer keeps the process alive while nothing happens; longer ones overflow to 1 ms.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const define: Define = (command: Command, session, exit) => {
  withCommon(withTargets(command), 'idle')
    .option('--for <duration>', 'let go after this time, such as 10m (default: until stopped)', (text) =>
      parseDuration(text, '--for'),
    )
    .addHelpText('after', '\nExample:\n  $ warmset lock --for 10m /models/llama/*.safetensors')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      await using held = await lock(set, { priority: flags.priority, signal: session.signal });
      const failed = set.failures.length > 0 || held.failed.length > 0;
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, lockJson(set, held))}\n`);
      } else {
        const files = `${formatCount(held.lockedFiles)} ${held.lockedFiles === 1 ? 'file' : 'files'}`;
        const until = flags.for === undefined ? 'until stopped (^C)' : `for ${formatDuration(flags.for)}`;
        const text = `holding ${formatBytes(held.lockedBytes)} of ${files} ${until}`;
        await session.out.writeLines([
          good(session.terminal, text),
          ...renderFailures(session.terminal, held.failed),
        ]);
      }
      await wait(flags.for, session.signal);
      exit(failed ? EXIT.notAllDone : EXIT.done);
    });
};

/** Until the time is over or a signal comes; a signal isn't an error here. */
async function wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
  const until = ms === undefined ? Number.POSITIVE_INFINITY : performance.now() + ms;
  while (!signal.aborted) {
    const left = until - performance.now();
    if (left <= 0) return;
    await delay(Math.min(left, LONGEST_TIMER_MS), undefined, { signal }).catch(() => undefined);
  }
}
