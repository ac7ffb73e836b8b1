import { WarmsetError, type WarmsetErrorCode } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { nameOptions } from './option-names.ts';
import { renderError } from './render/report-error.ts';
import type { Session } from './session.ts';

/** Says on standard error why a verb could not do its work, and returns the exit code for it. */
export async function reportFailure(error: unknown, session: Session): Promise<number> {
  const { signal, err, errTerminal } = session;
  if (signal.aborted && error === signal.reason) {
    // Whoever closed the output knows; whoever sent a signal sees that nothing came of it.
    if (!session.out.closed)
      await err.writeLines([`warmset: ${signal.reason.message} before anything was done`]);
    return EXIT.notAllDone;
  }
  await err.writeLines(renderError(errTerminal, nameOptions(error)));
  return isUsage(error) ? EXIT.usage : EXIT.notAllDone;
}

const USAGE: readonly WarmsetErrorCode[] = [
  'WARMSET_BAD_ARGUMENT',
  'WARMSET_BAD_CONFIG',
  'WARMSET_BAD_TARGET',
];

function isUsage(error: unknown): boolean {
  return WarmsetError.is(error) && USAGE.includes(error.code);
}
