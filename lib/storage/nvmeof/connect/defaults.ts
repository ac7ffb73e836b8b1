import type { ConnectRequest } from './request.ts';

/**
 * What a canary connects with. Two aims: a hiccup of the network heals by itself before anybody sees an error, and one
 * node can't take much of the target.
 */
export const CANARY_DEFAULTS = {
  keepAliveSeconds: 5,
  reconnectDelaySeconds: 5,
  ctrlLossSeconds: 600,
  fastIoFailSeconds: null,
  queueSize: 128,
  headerDigest: false,
  dataDigest: false,
} as const satisfies Partial<ConnectRequest>;

/** More would be a claim on the target that a canary needn't make: reads of weights are large, four queues feed 100 Gbit/s. */
const MOST_QUEUES = 4;

/** @param processors that are online */
export function canaryQueues(processors: number): number {
  return Math.max(1, Math.min(MOST_QUEUES, processors));
}

/** The port that IANA has for it; `null` where a transport has none. */
export function usualService(transport: ConnectRequest['transport']): string | null {
  return transport === 'tcp' || transport === 'rdma' ? '4420' : null;
}

/** Why each is as it is, for the plan. */
export const REASONS = {
  'keep-alive-tmo': 'a target that is gone is noticed within this time although nothing is read',
  'reconnect-delay': 'how long after a failed attempt the next one comes; the kernel would wait 10 s',
  'ctrl-loss-tmo':
    'reads wait this long for a target that restarts; after it the disk is gone, and what is mounted on it fails',
  'fast-io-fail-tmo': 'reads fail after this time, so that another path or the application can act',
  'nr-io-queues': 'at most this many, so that one node does not take the queues of the target',
  'queue-size': 'what the kernel would take',
  'hdr-digest': 'headers are checked against damage on the way',
  'data-digest': 'data are checked against damage on the way, at the cost of processor time',
} as const satisfies Readonly<Record<string, string>>;
