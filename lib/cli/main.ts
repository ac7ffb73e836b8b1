#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { openSession, type Session } from './session.ts';
import { findVerb } from './verbs.ts';

/**
 * Everything is loaded when it is needed: whoever asks for the version or the help waits for neither the command-line
 * parser nor the library.
 */
async function run(argv: readonly string[], session: Session, exit: (code: number) => void): Promise<void> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-V') {
    const { version, versions } = await import('./version.ts');
    return session.out.writeLines([rest[0] === '--json' ? JSON.stringify(versions()) : version()]);
  }
  const bareHelp = first === '--help' || first === '-h' || (first === 'help' && rest.length === 0);
  if (first === undefined || bareHelp) {
    const { renderHelp } = await import('./help.ts');
    if (bareHelp) return session.out.writeLines(renderHelp(session.terminal));
    exit(EXIT.usage);
    return session.err.writeLines(renderHelp(session.errTerminal));
  }
  const asked = first === 'help' ? [...rest.slice(0, 2), '--help'] : argv;
  const verb = findVerb(asked[0] ?? '');
  if ('verbs' in verb) {
    const { runGroup } = await import('./run-group.ts');
    return runGroup(verb, asked.slice(1), session, exit);
  }
  const { runVerb } = await import('./run-verb.ts');
  await runVerb(verb, asked.slice(1), session, exit);
}

/** A server is started before anything else is so much as looked at: not even the streams that it inherits. */
async function startServer(words: readonly string[]) {
  const { startEarly } = await import('./run/start-early.ts');
  return startEarly(words).catch((error: unknown) => ({ state: 'refused', error }) as const);
}

async function main(): Promise<void> {
  const early = process.argv[2] === 'run' ? await startServer(process.argv.slice(3)) : null;
  if (early?.state === 'ended') process.exit(early.code);
  const { session, end } = openSession();
  let code: number = EXIT.done;
  try {
    if (early?.state === 'refused') throw early.error;
    await run(process.argv.slice(2), session, (given) => {
      code = given;
    });
  } catch (error) {
    const { reportFailure } = await import('./report-failure.ts');
    code = await reportFailure(error, session);
  }
  process.exitCode = end().signalExit ?? code;
}

await main();
