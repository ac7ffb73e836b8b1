import { formatBytes } from '../../units.ts';
import type { Condition, Reader } from '../types.ts';
import type { Report } from './report.ts';

/** What was done, in a few sentences. */
export function describeDesign({ header, bytes, missing, differences }: Report): string {
  const { design, files, startedAt } = header;
  const { rounds, seed, conditions, schedulers, prelude, dropCaches } = design;
  const names = conditions.map(({ name }) => name).join(', ');
  const drop = dropCaches ? ', and the whole page cache was dropped' : '';
  return [
    `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}, begun ${startedAt}.`,
    `${rounds} rounds of ${names}, in an order shuffled anew each round (seed ${seed}).`,
    ...(schedulers.length > 0 ? [`Each with the I/O schedulers ${schedulers.join(', ')}.`] : []),
    `Reader: ${describeReader(design.reader)}.`,
    `Before each trial just these files were evicted${drop}, and mincore had to find no page of them; otherwise the trial is void.`,
    prelude
      ? 'One unrecorded read came first, because the host of a virtual machine may keep its disk in memory from then on.'
      : 'No unrecorded read came first: where a host below keeps the disk in memory, the first cold trial stands out.',
    ...(missing > 0 ? [`The run was ended before ${missing} of its trials.`] : []),
    ...(differences.length > 0
      ? [
          `It was continued with something changed: ${differences.map(({ what, was, is }) => `${what} was ${was} and is ${is}`).join('; ')}.`,
        ]
      : []),
  ].join(' ');
}

export function describeReader(reader: Reader): string {
  switch (reader.kind) {
    case 'scan':
      return 'the built-in scan, which faults every page in through a mapping and then copies every byte out';
    case 'mmap':
      return 'the built-in scan that faults every page in through a mapping';
    case 'read':
      return 'the built-in scan that copies every byte out with read(2)';
    case 'command':
      return `the command ${reader.command}`;
    case 'server':
      return `the server ${reader.command}, from its start to the first token of its first answer`;
  }
}

/** What a condition means, in words. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'cold':
      return 'nothing in memory';
    case 'prewarm':
      return 'filled first; the fill counts';
    case 'warm':
      return 'all in memory';
    case 'run':
      return 'filled beside the reader';
    case 'command':
      return `${condition.command} first; it counts`;
  }
}
