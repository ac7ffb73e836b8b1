import { readUsersBelow } from '../../host/index.ts';

const MOST_NAMED = 5;

/** Who keeps a path busy, in words; empty where nobody is seen. */
export async function usersInWords(path: string): Promise<string> {
  const { users, unreadable } = await readUsersBelow(path);
  const named = users
    .slice(0, MOST_NAMED)
    .map(({ pid, command, path: used }) => `${command || 'a process'} (pid ${pid}: ${used})`);
  if (users.length > MOST_NAMED) named.push(`${users.length - MOST_NAMED} more`);
  if (users.length === 0 && unreadable > 0) named.push(`perhaps one of ${unreadable} that may not be asked`);
  return named.join(', ');
}
