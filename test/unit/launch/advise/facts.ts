import { adviseFill, type FillFacts } from '../../../../lib/launch/advise/index.ts';
import type { CacheUse, RecognisedServer } from '../../../../lib/launch/types.ts';
import type { ServerKind } from '../../../../lib/server-kind.ts';

export const GIB = 2 ** 30;
export const MIB = 2 ** 20;

export function server(kind: ServerKind = 'vllm', cacheUse: CacheUse = { state: 'used' }): RecognisedServer {
  return {
    server: kind,
    evidence: kind,
    models: [],
    address: null,
    healthPaths: ['/health'],
    cacheUse,
    tensorParallel: null,
    environment: {},
  };
}

/** A cold set that fits, on a disk of its own, for a server that profits; and what a test says otherwise. */
export function facts(changes: Partial<FillFacts> = {}): FillFacts {
  return {
    recognised: server(),
    setBytes: 10 * GIB,
    residentBytes: 0,
    budget: { allowed: 20 * GIB, binding: 'fractionOfAvailable' },
    unifiedMemory: null,
    sourceBytesPerSecond: 2 * GIB,
    filesystem: 'disk',
    ...changes,
  };
}

/** `ahead: fits`, `nothing: warm-already`. */
export function advised(changes: Partial<FillFacts> = {}): string {
  const { how, what, reasons } = adviseFill(facts(changes));
  return `${how}${what === 'small' ? ' small' : ''}: ${reasons.map(({ code }) => code).join(' ')}`;
}
