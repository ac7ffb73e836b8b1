import { WarmsetError } from '../errors.ts';
import { resolveTargets, type WarmSet } from '../targets/index.ts';
import type { TargetFlags } from './commands/options.ts';
import { renderError } from './render/report-error.ts';
import type { Session } from './session.ts';

/** Resolves the targets of a command line; what can't be used is reported on stderr and left in `failures`. */
export async function readTargets(
  words: readonly string[],
  flags: TargetFlags,
  session: Session,
): Promise<WarmSet> {
  const targets: (string | Buffer)[] = [];
  for (const word of words) {
    if (word === '-') targets.push(...(await readList(flags.null ? 0 : NEWLINE)));
    else targets.push(word);
  }
  const set = await resolveTargets(targets, { signal: session.signal });
  for (const { message, remedy, path } of set.failures) {
    const error = new WarmsetError('WARMSET_BAD_TARGET', message, { remedy, subject: path });
    await session.err.writeLines(renderError(session.errTerminal, error));
  }
  return set;
}

const NEWLINE = 10;

/** Names as bytes: they needn't be UTF-8. */
async function readList(separator: number): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const names: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(separator, start);
    const name = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (name.length > 0) names.push(name);
    start = end < 0 ? bytes.length : end + 1;
  }
  return names;
}

/** One line about what was left out on purpose; nothing when nothing was. */
export function describeSkipped({ skipped }: WarmSet): string | undefined {
  const { sockets, fifos, devices, danglingLinks, duplicates } = skipped;
  const parts = [
    count(sockets, 'socket'),
    count(fifos, 'FIFO'),
    count(devices, 'device'),
    count(danglingLinks, 'dangling link'),
    count(duplicates, 'second name', 'second names'),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? `left out: ${parts.join(', ')}` : undefined;
}

function count(number: number, one: string, many = `${one}s`): string | undefined {
  return number === 0 ? undefined : `${number} ${number === 1 ? one : many}`;
}
