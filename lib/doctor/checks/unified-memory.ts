import { unifiedMemoryEvidence } from '../../host/index.ts';
import { type Finding, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

/** Machines whose GPU has no memory of its own, where their names give them away. Silent everywhere else. */
export function checkUnifiedMemory({ machine }: Readings): readonly Finding[] {
  const evidence = unifiedMemoryEvidence(machine);
  if (evidence === null) return [];
  return [
    warning(
      'unified-memory',
      'The GPU shares the memory: a warm page cache may make a server fail to start',
      `${evidence}. Servers that ask for free GPU memory there may not count page cache as free.`,
      "Set maxBytes so that the server's own share stays free, and evict the set once it is loaded.",
    ),
  ];
}
