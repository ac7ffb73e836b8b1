import { type RecogniseOptions, recogniseServer } from '../../../../lib/launch/recognise/index.ts';
import type { RecognisedServer } from '../../../../lib/launch/types.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A line without quotes, cut at its spaces. */
export function words(line: string): readonly string[] {
  return line.split(' ').filter((word) => word !== '');
}

/** What a line of words without quotes is recognised as; fails when it is nothing. */
export function recognised(
  line: string | readonly string[],
  env: Environment = {},
  options: RecogniseOptions = {},
): RecognisedServer {
  const argv = typeof line === 'string' ? words(line) : line;
  const server = recogniseServer(argv, env, options);
  if (server === null) throw new Error(`not recognised: ${argv.join(' ')}`);
  return server;
}

/** `model hf:a/b`, `draft /x`: kinds and targets in their order. */
export function modelsOf(
  line: string | readonly string[],
  env: Environment = {},
  options: RecogniseOptions = {},
): readonly string[] {
  return recognised(line, env, options).models.map(({ kind, target }) => `${kind} ${target}`);
}
