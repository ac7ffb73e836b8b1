import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseServerConfig } from '../../../../lib/launch/recognise/config-file.ts';
import { recogniseServer } from '../../../../lib/launch/recognise/index.ts';
import { parseShellCommands } from '../../../../lib/launch/recognise/shell-words.ts';
import { WRAPPERS } from '../../../../lib/launch/recognise/wrappers.ts';
import { modelsOf } from './lines.ts';

const VOCABULARY = [
  ...Object.keys(WRAPPERS),
  ...'vllm serve python3 -m vllm.entrypoints.openai.api_server sglang sglang.launch_server trtllm-serve'.split(
    ' ',
  ),
  ...'llama-server ollama run runner text-generation-launcher sh bash -c -lc -- - = --= -x --model'.split(
    ' ',
  ),
  ...'--model= --config --lora-modules a=b {"a": {"model":"x/y"} --speculative-config [] a/b /m $A "$@"'.split(
    ' ',
  ),
  ...'__proto__ constructor toString --__proto__ --constructor hasOwnProperty A=b && | ; > 2>&1'.split(' '),
  '',
  ' ',
];
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VOCABULARY) },
  fc.array(fc.constantFrom(...VOCABULARY), { maxLength: 8 }).map((parts) => parts.join(' ')),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const environment = fc.dictionary(
  fc.constantFrom(
    'HF_HOME',
    'LLAMA_ARG_MODEL',
    'MODEL_ID',
    'OLLAMA_HOST',
    'PORT',
    'A',
    'HOSTNAME',
    'LORA_ADAPTERS',
  ),
  fc.oneof(fc.string(), fc.constantFrom('a/b', '::', '[', 'http://[::1]:1/x', '99999999999', 'x=y@z,,')),
);

test('whatever it is given it never throws, and what it says is well-formed', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 14 }), environment, fc.jsonValue(), (argv, env, content) => {
      const server = recogniseServer(argv, env, { configFile: () => content, isDirectory: () => false });
      if (server === null) return;
      expect(new Set(server.models.map(({ target }) => target)).size).toBe(server.models.length);
      for (const { target, from } of server.models) {
        expect(target).not.toBe('');
        expect(target).not.toContain('://');
        expect(from).not.toBe('');
      }
      if (server.address !== null) {
        expect(server.address.port).toBeGreaterThan(0);
        expect(server.address.port).toBeLessThan(65_536);
        expect(server.address.host).not.toBe('');
      }
      expect(server.healthPaths.length).toBeGreaterThan(0);
      expect(server.tensorParallel === null || server.tensorParallel > 0).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

/** Options of a server that say nothing about its models. */
const unrelated = (server: string) =>
  fc
    .tuple(
      fc.constantFrom(
        'gpu-memory-utilization',
        'max-model-len',
        'served',
        'kv-cache-dtype',
        'seed',
        'foo_bar',
      ),
      fc.constantFrom('0.9', 'x/y', '-1', 'true', '/path', 'auto'),
      fc.boolean(),
    )
    .chain(([name, value, joined]) =>
      fc.constantFrom(
        joined ? [`--${name}=${value}`] : [`--${name}`, value],
        server === 'llama-server' ? ['-ngl', value] : [`--enable-${name}`],
        [`--${name}=`],
      ),
    );

test.each([
  ['vllm serve', ['a/b']],
  ['vllm serve', ['--model', 'a/b']],
  ['vllm serve', ['--model=a/b']],
  ['python -m sglang.launch_server', ['--model-path', 'a/b']],
  ['trtllm-serve serve', ['a/b']],
  ['llama-server', ['-m', 'a/b']],
  ['text-generation-launcher', ['--model-id', 'a/b']],
])('options in between do not change which model %s %j names', (start, model) => {
  const options = fc.array(unrelated(start), { maxLength: 6 }).map((all) => all.flat());
  const argv = start.split(' ');
  const expected = modelsOf([...argv, ...model]);
  fc.assert(
    fc.property(options, options, (before, behind) => {
      expect(modelsOf([...argv, ...before, ...model, ...behind])).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

test('a quoted command line comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 }), (words) => {
      const commands = parseShellCommands(words.map(quote).join(' '), { env: {}, positional: [] });
      expect(commands).toEqual([{ words, joinedBy: null }]);
    }),
  );
});

test('text of a shell never throws', () => {
  const text = fc.array(fc.constantFrom(...'abA=$"\'\\ \n\t;|&<>{}()#`@*~-0'), { maxLength: 40 });
  fc.assert(
    fc.property(
      text.map((chars) => chars.join('')),
      (script) => {
        const commands = parseShellCommands(script, { env: { A: 'x y', a: '' }, positional: ['p'] });
        expect(commands === null || commands.every(({ words }) => words.length > 0)).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a configuration that is no YAML never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'a:-[]{}&*!|>\'"#% \n\t,?'), { maxLength: 60 }), (chars) => {
      parseServerConfig(chars.join(''));
    }),
    { numRuns: 500 },
  );
});

test('long lines end soon', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `--option-${index}`);
  expect(modelsOf(['vllm', 'serve', ...many, '--model', 'a/b'])).toEqual(['model hf:a/b']);
  const script = `${'true && '.repeat(20)}vllm serve a/b ${'--x=1 '.repeat(8000)}`;
  expect(modelsOf(['sh', '-c', script])).toEqual(['model hf:a/b']);
  expect(recogniseServer(['sh', '-c', '"'.repeat(65_000)], {})).toBeNull();
  expect(recogniseServer(['sh', '-c', '\\\n'.repeat(30_000)], {})).toBeNull();
}, 20_000);
