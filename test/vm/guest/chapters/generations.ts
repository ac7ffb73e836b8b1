import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { check } from '../checks.ts';
import type { StatusDocument, WarmDocument } from '../documents.ts';
import { fincoreBytes, wholePages } from '../oracle.ts';
import { warmset } from '../programs.ts';
import { beneath, evictAll, through } from './residency.ts';

/** The kernel's two ways to choose what it drops: residency has to be right under both. */
export async function underBothReclaims(): Promise<void> {
  for (const [value, name] of [
    ['0', 'without'],
    ['7', 'with'],
  ] as const) {
    await check(`residency is right ${name} multi-generational LRU`, async () => {
      await writeFile('/sys/kernel/mm/lru_gen/enabled', value);
      await evictAll();
      assert.equal(await fincoreBytes(...beneath), 0);
      const [, second] = through;
      const warmed = await warmset<WarmDocument>('warm', String(second));
      assert.equal(warmed.residentNow, warmed.asked);
      const { total } = await warmset<StatusDocument>('status', ...through);
      assert.equal(total.residentBytes, warmed.asked);
      assert.equal(await fincoreBytes(...beneath), await wholePages(String(second)));
      return undefined;
    });
  }
}
