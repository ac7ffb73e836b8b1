import { WarmsetError } from '../errors.ts';

/** The library's names of what the command line calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  maxBytes: '--max-bytes',
  fractionOfAvailable: '--fraction',
  windowBytes: '--window',
  streams: '--streams',
  blockBytes: '--block',
  stretchBytes: '--stretch',
  bytesPerSecond: '--rate',
  maxTokens: '--max-tokens',
  headers: '--header',
  labels: '--label',
};

/** The error in the words of the command line, where the library refused an option by its own name. */
export function nameOptions(error: unknown): unknown {
  if (!WarmsetError.is(error) || error.subject === undefined) return error;
  const option = Object.hasOwn(NAMES, error.subject) ? NAMES[error.subject] : undefined;
  if (option === undefined) return error;
  return new WarmsetError(error.code, error.message.replaceAll(error.subject, option), {
    subject: option,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    cause: error.cause,
  });
}
