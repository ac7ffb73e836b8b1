#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { EXIT } from './exit-codes.ts';
import { renderError } from './render/report-error.ts';
import { openSession, type Session } from './session.ts';
import { VERBS } from './verbs.ts';

function version(): string {
  const require = createRequire(import.meta.url);
  const manifest: unknown = require('warmset/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

async function buildProgram(
  argv: readonly string[],
  session: Session,
  exit: (code: number) => void,
): Promise<Command> {
  const program = new Command('warmset')
    .description('Keeps the files that a model server needs in memory: within a budget, and with proof.')
    .version(version(), '-V, --version')
    .showHelpAfterError('(try --help)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExample:\n  $ warmset status /models/llama\n\nExit codes: 0 done, 1 not all done, 2 usage, 3 stopped by the budget, 128+n by signal n.',
    );
  const called = argv.find((word) => !word.startsWith('-'));
  for (const { name, summary, load } of VERBS) {
    const command = program
      .command(name)
      .description(summary)
      .exitOverride()
      .showHelpAfterError('(try --help)');
    const wanted = called === name || (called === 'help' && argv.includes(name));
    if (wanted) (await load()).define(command, session, exit);
  }
  return program;
}

/** 0 where the error is no error: --help and --version end so too. */
async function codeOf(error: unknown, session: Session): Promise<number> {
  // Commander has printed its own message by now.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (session.signal.aborted && error === session.signal.reason) return EXIT.notAllDone;
  const usage = error instanceof Error && 'code' in error && error.code === 'WARMSET_BAD_ARGUMENT';
  await session.err.writeLines(renderError(session.errTerminal, error));
  return usage ? EXIT.usage : EXIT.notAllDone;
}

async function main(): Promise<void> {
  const { session, end } = openSession();
  let code: number = EXIT.done;
  try {
    const argv = process.argv.slice(2);
    const program = await buildProgram(argv, session, (given) => {
      code = given;
    });
    if (argv.length === 0) program.help();
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    code = await codeOf(error, session);
  }
  process.exitCode = end().signalExit ?? code;
}

await main();
