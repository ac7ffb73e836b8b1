import type { Config } from '../config/index.ts';
import type { JobOptions } from '../native/job.ts';
import { HOST } from './dependencies.ts';
import { measureSets } from './measure-sets.ts';
import { sum } from './report.ts';

/**
 * Which share of the sets' bytes is resident, whoever made it so: 0 to 1, 1 where there are none. What nobody can be
 * trusted to know counts as not resident. `null` where a target can't be used.
 */
export async function measureShare(
  { sets }: Pick<Config, 'sets'>,
  options: JobOptions = {},
): Promise<number | null> {
  const measured = await measureSets(sets, HOST, options);
  if (measured.some(({ failures }) => failures.length > 0)) return null;
  const files = measured.flatMap((set) => set.files);
  const asked = sum(files, ({ dataBytes }) => dataBytes);
  return asked === 0 ? 1 : sum(files, ({ residentBytes }) => residentBytes ?? 0) / asked;
}
