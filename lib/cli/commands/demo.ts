import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { evict } from '../../fill/index.ts';
import { filesystemName } from '../../host/index.ts';
import { statfsMagic } from '../../native/index.ts';
import { residency } from '../../residency/index.ts';
import { resolveTargets, type WarmSet } from '../../targets/index.ts';
import { formatBytes, formatDuration, formatRate, parseSize } from '../../units.ts';
import { writeModel } from '../demo/model.ts';
import { type ReadTime, timeReading } from '../demo/reader.ts';
import { EXIT } from '../exit-codes.ts';
import { renderWarmResult, rows } from '../render/fill-report.ts';
import { renderResidency, STRIP_CELLS } from '../render/residency-table.ts';
import { bold } from '../render/style.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { warmWithProgress } from './warm.ts';

interface Flags {
  readonly size: number;
  readonly dir?: string;
}

const SHARDS = 4;

export const define: Define = (command: Command, session, exit) => {
  command
    .option('--size <size>', 'bytes of weights', (text) => parseSize(text, '--size'), 1024 ** 3)
    .option(
      '--dir <path>',
      'where to make the model; removed afterwards (default: a temporary directory on disk)',
    )
    .addHelpText('after', '\nExample:\n  $ warmset demo --size 4GiB --dir /var/tmp')
    .action(async ({ size, dir }: Flags) => {
      const home = await mkdtemp(join(dir ?? (await diskDirectory()), 'warmset-demo-'));
      try {
        exit(await demonstrate(join(home, 'model'), size, session));
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    });
};

/** Where /tmp is memory there is nothing to warm. */
async function diskDirectory(): Promise<string> {
  const name = filesystemName(await statfsMagic(tmpdir()));
  return name === 'tmpfs' || name === 'ramfs' ? '/var/tmp' : tmpdir();
}

async function demonstrate(directory: string, bytes: number, session: Session): Promise<number> {
  const { signal, terminal, out } = session;
  const say = (title: string, lines: readonly string[]): Promise<void> =>
    out.writeLines(['', bold(terminal, title), ...lines]);

  await out.writeLines([`Making a model of ${formatBytes(bytes)} in ${directory}`]);
  await writeModel(directory, { bytes, shards: SHARDS }, signal);
  const set = await resolveTargets([directory], { signal });

  await evict(set, { sync: true, signal });
  const cold = await timeReading(set, signal);
  await evict(set, { signal });
  const before = await show(set, session);
  await say('Cold: nothing of it is in memory', before.lines);

  const result = await warmWithProgress(set, { priority: 'idle', guard: true }, session);
  await say('Warmed', renderWarmResult(terminal, result));
  const after = await show(set, session);
  await say('Verified', after.lines);

  const warmed = await timeReading(set, signal);
  await say('What a reader of all the bytes waits', compare(session, cold, warmed));
  if (after.ratio === 1) return EXIT.done;
  return result.stopped ? EXIT.stopped : EXIT.notAllDone;
}

async function show(set: WarmSet, { signal, terminal }: Session) {
  const report = await residency(set, { map: STRIP_CELLS, priority: 'normal', signal });
  return { lines: renderResidency(terminal, report), ratio: report.total.cacheHitRatio };
}

function compare({ terminal }: Session, cold: ReadTime, warmed: ReadTime): string[] {
  const line = ({ bytes, milliseconds }: ReadTime): string =>
    `${formatDuration(milliseconds)}  ${formatRate((bytes / milliseconds) * 1000)}`;
  const factor = cold.milliseconds / warmed.milliseconds;
  const verdict =
    factor >= 1.1 ? `${factor.toFixed(1)} times faster` : 'no faster: this disk is as quick as memory';
  return rows(terminal, [
    ['cold', line(cold)],
    ['warm', `${line(warmed)}  ${bold(terminal, verdict)}`],
  ]);
}
