import { type Finding, note, ok } from '../finding.ts';
import type { Readings } from '../readings.ts';

/** Whether the kernel measures pressure, by which a fill notices that it hurts someone. */
export function checkPressure({ pressure }: Readings): readonly Finding[] {
  const absent = (['cpu', 'io', 'memory'] as const).filter((resource) => !pressure[resource]);
  if (absent.length === 0) {
    const evidence = '/proc/pressure/cpu, io and memory hold readings.';
    return [ok('pressure', 'The host measures pressure (PSI)', evidence)];
  }
  const files = absent.map((resource) => `/proc/pressure/${resource}`).join(', ');
  const evidence = `${files} absent, empty or unreadable: stalls that a fill causes can't be seen there.`;
  const title = `No pressure readings (PSI) for ${absent.join(', ')}`;
  const remedy = 'Boot with psi=1 on the kernel command line (needs CONFIG_PSI).';
  return [note('pressure', title, evidence, remedy)];
}
