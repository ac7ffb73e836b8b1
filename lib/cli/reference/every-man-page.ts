import { groupSummaries } from '../verbs.ts';
import { describeVerbs } from './describe.ts';
import { type ManPage, manPages } from './man.ts';
import { branchesOf } from './tree.ts';

/** What `npm run docs:man` writes to docs/man, and what a test compares it with. */
export async function everyManPage(): Promise<readonly ManPage[]> {
  const verbs = await describeVerbs();
  return manPages(verbs, branchesOf(verbs, groupSummaries()));
}
