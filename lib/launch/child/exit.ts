import { constants } from 'node:os';

/** How a server's first process ended. */
export type ServerExit =
  | { readonly state: 'exited'; readonly code: number }
  | { readonly state: 'signalled'; readonly signal: NodeJS.Signals }
  /** It never ran: `code` is an errno name. */
  | { readonly state: 'not-started'; readonly code: string; readonly message: string }
  /** It was somebody else's child, who alone knows how it ended. */
  | { readonly state: 'gone' };

/** What a shell would have for it: 128 + n by signal n, 127 for what isn't there, 126 for what can't be run. */
export function exitCodeOf(exit: ServerExit): number {
  switch (exit.state) {
    case 'exited':
      return exit.code;
    case 'signalled':
      return 128 + constants.signals[exit.signal];
    case 'not-started':
      return exit.code === 'ENOENT' ? 127 : 126;
    case 'gone':
      return 0;
  }
}

/** What is wrong with a command that could not be started, in words that name it. */
export function whyNotStarted(file: string, code: string, cwd: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return cwd === undefined
        ? `${file}: there is no such program`
        : `${file}: there is no such program, or no directory ${cwd} to start it in`;
    case 'EACCES':
      return `${file}: it may not be executed`;
    case 'E2BIG':
      return `${file}: its arguments and environment are larger than the kernel takes`;
    default:
      return `${file}: it could not be started (${code})`;
  }
}
