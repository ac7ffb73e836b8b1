import { WarmsetError } from '../errors.ts';

/** The error for bytes that are no snapshot, or not one to be trusted. */
export function badSnapshot(what: string, remedy = DAMAGED): WarmsetError {
  return new WarmsetError('WARMSET_BAD_SNAPSHOT', `This is not a usable snapshot: ${what}.`, { remedy });
}

const DAMAGED = 'Save it again, or restore it from a copy.';

/** The same error with the file's name in it. */
export function nameSnapshot(error: unknown, path: string): unknown {
  if (!WarmsetError.is(error) || error.code !== 'WARMSET_BAD_SNAPSHOT') return error;
  return new WarmsetError(error.code, error.message.replace(/^This/, `${path}: this`), {
    subject: path,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    cause: error.cause,
  });
}
