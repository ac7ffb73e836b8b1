import { readFileSync } from 'node:fs';
import { StartupLog, type StartupReport } from '../../../../lib/probe/startup/index.ts';

/** A start-up log of test/fixtures/startup. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/startup/${name}.log`, import.meta.url), 'utf8');
}

export function reportOf(log: string | Uint8Array): StartupReport {
  const reader = new StartupLog();
  reader.write(log);
  reader.end();
  return reader.report();
}

/** Phases as `name: seconds`, those within another as `outer/name: seconds`. */
export function phasesOf({ phases }: StartupReport): Record<string, number> {
  return Object.fromEntries(
    phases.map(({ name, within, seconds }) => [within === null ? name : `${within}/${name}`, seconds]),
  );
}
