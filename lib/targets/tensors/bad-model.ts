import { WarmsetError } from '../../errors.ts';

const REMEDY =
  'Fetch or copy it again; to warm it as plain bytes all the same, leave --tensors and --rank out, or give --damaged whole.';

// What is wrong may name a tensor, and a hostile file has long names.
const MOST_TOLD = 300;

/**
 * The error for a model file whose header can't be used.
 *
 * @param at the byte of the file at which that shows
 */
export function badModel(what: string, at: number): WarmsetError {
  const told = what.length > MOST_TOLD ? `${what.slice(0, MOST_TOLD)}…` : what;
  return new WarmsetError('WARMSET_BAD_MODEL', `This is no usable model file: ${told} (at byte ${at}).`, {
    remedy: REMEDY,
  });
}

/** The same error with the file's name in it. */
export function nameModel(error: unknown, path: string): unknown {
  if (!WarmsetError.is(error) || error.code !== 'WARMSET_BAD_MODEL') return error;
  return new WarmsetError(
    error.code,
    error.message.replace(/^This/, () => `${path}: this`),
    {
      subject: path,
      remedy: error.remedy ?? REMEDY,
    },
  );
}
