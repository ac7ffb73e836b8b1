import { Argument, type Command } from 'commander';
import { describeVerbs } from '../reference/describe.ts';
import { bashCompletion } from '../reference/shells/bash.ts';
import { fishCompletion } from '../reference/shells/fish.ts';
import { zshCompletion } from '../reference/shells/zsh.ts';
import { branchesOf } from '../reference/tree.ts';
import { type Define, groupSummaries } from '../verbs.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export const define: Define = (command: Command, session) => {
  command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(SHELLS)))
    .addHelpText('after', '\nExample:\n  $ warmset completion bash')
    .action(async (shell: keyof typeof SHELLS) => {
      const verbs = await describeVerbs();
      await session.out.write(SHELLS[shell](verbs, branchesOf(verbs, groupSummaries())));
    });
};
