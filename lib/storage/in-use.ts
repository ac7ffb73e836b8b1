import { usersInWords } from '../change/index.ts';
import { readUsersBelow } from '../host/index.ts';
import { elsewhereInWords, findMountedElsewhere } from './elsewhere.ts';

/** What is known of who uses a directory or something below it. */
export type Use =
  | { readonly state: 'free' }
  | { readonly state: 'used'; readonly by: string }
  /** Nobody is seen, and not everybody may be asked. */
  | { readonly state: 'unknown'; readonly unreadable: number };

export async function findUse(path: string): Promise<Use> {
  const elsewhere = await findMountedElsewhere(path);
  if (elsewhere.length > 0) return { state: 'used', by: elsewhereInWords(elsewhere) };
  const { users, unreadable } = await readUsersBelow(path);
  if (users.length > 0) return { state: 'used', by: await usersInWords(path) };
  return unreadable > 0 ? { state: 'unknown', unreadable } : { state: 'free' };
}
