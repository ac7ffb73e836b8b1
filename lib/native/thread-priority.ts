import { addon } from './addon.ts';
import { IO_CLASSES, type IoClass, ioClassNumber } from './job.ts';
import { isRawFailure, toSystemError } from './system-error.ts';

export interface IoPriority {
  readonly ioClass: IoClass;
  /** 0 (most urgent) to 7; without meaning for `none` and `idle`. */
  readonly level: number;
}

/** ioprio_get(2). @param thread a thread id; 0, the default, is the calling thread: Node's main thread or a Worker */
export function getIoPriority(thread = 0): IoPriority {
  const answer = addon().getIoPriority(thread);
  if (isRawFailure(answer)) throw toSystemError(answer);
  return { ioClass: IO_CLASSES[answer.ioClass] ?? 'none', level: answer.level };
}

/** ioprio_set(2), of one thread: the others of the process keep theirs. */
export function setIoPriority(priority: IoPriority, thread = 0): void {
  const failure = addon().setIoPriority(thread, ioClassNumber(priority.ioClass), priority.level);
  if (failure) throw toSystemError(failure);
}

/** getpriority(2): -20 to 19, of one thread. */
export function getNice(thread = 0): number {
  const answer = addon().getNice(thread);
  if (isRawFailure(answer)) throw toSystemError(answer);
  return answer;
}

/** setpriority(2), of one thread. Lowering it needs CAP_SYS_NICE or RLIMIT_NICE. */
export function setNice(nice: number, thread = 0): void {
  const failure = addon().setNice(thread, nice);
  if (failure) throw toSystemError(failure);
}
