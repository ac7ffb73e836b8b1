import type { Priority } from '../native/job.ts';
import { getNice } from '../native/thread-priority.ts';
import type { DeviceFacts } from './device-facts.ts';

/**
 * What the threads that read run at. Over NVMe/TCP the idle I/O class alone: whoever submits a read there sends it itself,
 * with a lock of the connection held (nvme_tcp_queue_request(), seen with Linux 6.12), and the kernel's own thread, at
 * nice -20, tries for that lock without a pause as soon as anybody else wants to read. A holder at nice 19 that lost its
 * processor meanwhile got it back after up to half a minute on a busy one, in which nobody read: the server neither.
 */
export function readingPriority(
  wanted: Priority | undefined,
  facts: DeviceFacts | undefined,
): Priority | undefined {
  if (facts?.nvmeTcp !== true || (wanted ?? 'idle') !== 'idle') return wanted;
  return { ioClass: 'idle', nice: getNice() };
}
