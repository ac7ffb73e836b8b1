import { type Command, Option } from 'commander';
import { parseDuration, parseRate, parseShare, parseSize } from '../../units.ts';
import type { Define } from '../verbs.ts';
import { type MirrorFlags, MirrorVerb } from './mirror-actions.ts';
import { oneOf } from './options.ts';

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('<source>', 'a directory, hf:ORG/NAME[@REVISION], ollama:NAME[:TAG], a file or glob')
    .argument('<local>', 'the directory of the mirror; made where it is missing')
    .option('--dry-run', 'only say what would be done')
    .option('--rate <rate>', 'read no faster than this, such as 200MiB/s', (text) =>
      parseRate(text, '--rate'),
    )
    .option('--max-bytes <size>', 'what the mirror may take on its disk', (text) =>
      parseSize(text, '--max-bytes'),
    )
    .option('--keep-free <share>', "of the mirror's filesystem (default: 5%)", (text) =>
      parseShare(text, '--keep-free'),
    )
    .addOption(
      oneOf(
        new Option('--verify <what>', 'read back what was written, or compare names with the source alone'),
        ['destination', 'source'],
      ).default('destination'),
    )
    .option('--warm', 'leave what was written in memory')
    .option('--delete', 'remove from the mirror what is gone from the source')
    .option('--overwrite', 'replace what somebody else put or changed in the mirror')
    .option('--loop <seconds>', 'do it again and again, so long after each round', (text) =>
      parseDuration(/^\d+$/.test(text) ? `${text}s` : text, '--loop'),
    )
    .option('--stop', 'end the process that works on this mirror, and wait for it')
    .option('--status', 'how the mirror stands, and where it stands in')
    .option('--switch <path>', 'when all is there, have the mirror stand at this path')
    .option('--switch-back <path>', 'put back what stood at this path')
    .addOption(
      oneOf(new Option('--by <how>', 'of --switch (default: symlink where a link is, else bind)'), [
        'symlink',
        'bind',
      ]),
    )
    .option('--state <dir>', 'where journals of changes lie (default: /var/lib/warmset/changes)')
    .addOption(
      oneOf(new Option('--priority <class>', 'I/O class and nice value of the threads that work'), [
        'idle',
        'normal',
      ]).default('idle'),
    )
    .option('--no-guard', 'copy at full speed whoever waits for the device')
    .option('-q, --quiet', 'no progress')
    .option('--json', 'JSON for programs, with sizes in bytes')
    .addHelpText('after', EXAMPLES)
    .action(async (source: string, local: string, flags: MirrorFlags) => {
      exit(await new MirrorVerb(source, local, flags, session).run());
    });
};

const EXAMPLES = `
Example:
  $ warmset storage mirror --rate 200MiB/s /models/llama /var/lib/warmset/mirror
  $ warmset storage mirror --loop 300 --delete hf:Qwen/Qwen3-8B /var/lib/hub
  $ warmset storage mirror --switch /srv/vllm/cache /mnt/nvmeof/models /var/lib/models`;
