import { loadFormatUse, mostTelling, REMOTE_MODEL, SGLANG_DROPS, SGLANG_PREFETCHES } from '../cache-use.ts';
import { type Command, fromCwd } from '../command.ts';
import { eachOnce, isPath, isRemote, nameHubModel } from '../model-name.ts';
import {
  isGiven,
  lastGiven,
  type OptionTable,
  type ParsedOptions,
  parseOptions,
  spelled,
} from '../options.ts';
import {
  addressOf,
  countOf,
  givenByFile,
  HUGGING_FACE,
  isTrue,
  jsonObject,
  type Match,
  pick,
  type RecogniseOptions,
  type ServerSpec,
  stringIn,
  variable,
} from '../server-spec.ts';

type Key =
  | 'model'
  | 'tokenizer'
  | 'revision'
  | 'draft'
  | 'draftRevision'
  | 'downloadDir'
  | 'lora'
  | 'loadFormat'
  | 'extra'
  | 'prefetch'
  | 'drop'
  | 'tensorParallel'
  | 'host'
  | 'port'
  | 'config'
  | 'tls';

const TABLE: OptionTable<Key> = {
  known: {
    ...spelled<Exclude<Key, 'lora' | 'prefetch' | 'drop'>>('one', {
      model: '--model-path --model',
      tokenizer: '--tokenizer-path',
      revision: '--revision',
      draft: '--speculative-draft-model-path --speculative-draft-model',
      draftRevision: '--speculative-draft-model-revision',
      downloadDir: '--download-dir',
      loadFormat: '--load-format',
      extra: '--model-loader-extra-config',
      tensorParallel: '--tensor-parallel-size --tp-size --tp',
      host: '--host',
      port: '--port',
      config: '--config',
      tls: '--ssl-certfile',
    }),
    ...spelled('many', { lora: '--lora-paths' }),
    ...spelled('none', {
      prefetch: '--weight-loader-prefetch-checkpoints',
      drop: '--weight-loader-drop-cache-after-load',
    }),
  },
  // Words without an option name nothing but the first one, which is read before its options are.
  isFlag: () => false,
  underscores: true,
};

function matches({ name, path, module, args }: Command): Match | null {
  if (module === 'sglang.launch_server') return { args, evidence: 'python -m sglang.launch_server' };
  const isCli = module === 'sglang' || module === 'sglang.cli.main' || /^sglang(@.*)?$/.test(name);
  if (isCli && args[0] === 'serve') return { args: args.slice(1), evidence: 'sglang serve' };
  if (/(^|\/)sglang\/launch_server\.py$/.test(path)) return { args, evidence: 'sglang’s launch_server.py' };
  return null;
}

function read({ args, evidence }: Match, { env, cwd }: Command, options: RecogniseOptions) {
  const line = parseOptions(args, TABLE);
  const config = lastGiven(line, 'config')?.value;
  const configFile = config === undefined ? undefined : fromCwd(config, cwd);
  const fromFile = configFile === undefined ? [] : givenByFile(configFile, TABLE, options);
  const parsed: ParsedOptions<Key> = { ...line, given: [...fromFile, ...line.given] };
  const value = (key: Key): string | undefined => lastGiven(parsed, key)?.value;
  const [first] = args;
  // Only `sglang serve` takes a model without an option, and only in the first place.
  const positional =
    evidence === 'sglang serve' && first !== undefined && !first.startsWith('-') ? first : null;
  const usesHub = !isTrue(variable(env, 'SGLANG_USE_MODELSCOPE'));
  const name = (
    given: { readonly value: string; readonly from: string } | null,
    kind: 'model' | 'tokenizer' | 'draft' | 'adapter',
    revision?: string,
  ) =>
    given !== null && (usesHub || isPath(given.value))
      ? nameHubModel(given.value, { from: given.from, kind, revision, cwd, isDirectory: options.isDirectory })
      : null;
  const model =
    positional === null
      ? lastGiven(parsed, 'model')
      : { value: positional, from: 'the first argument behind serve' };
  const adapters = parsed.given
    .filter(({ key }) => key === 'lora')
    .flatMap(({ values, written }) =>
      values.map((text) => name({ value: loraPath(text), from: written }, 'adapter')),
    );
  const format = loadFormatUse({
    loadFormat: value('loadFormat')?.toLowerCase(),
    extraConfig: value('extra'),
    env,
  });
  const uses = [model !== null && isRemote(model.value) ? REMOTE_MODEL : format];
  // A loader that reads past the cache has nothing to prefetch.
  if (isGiven(parsed, 'prefetch') && uses[0]?.state !== 'bypassed') uses.push(SGLANG_PREFETCHES);
  if (isGiven(parsed, 'drop')) uses.push(SGLANG_DROPS);
  const downloadDir = value('downloadDir');
  return {
    models: eachOnce([
      name(model, 'model', value('revision')),
      name(lastGiven(parsed, 'tokenizer'), 'tokenizer'),
      name(lastGiven(parsed, 'draft'), 'draft', value('draftRevision')),
      ...adapters,
    ]),
    address: addressOf(
      value('host') ?? '127.0.0.1',
      value('port') ?? 30_000,
      value('tls') === undefined ? {} : { tls: true },
    ),
    // `/health_generate` would generate a token each time.
    healthPaths: ['/health'],
    ...mostTelling(uses),
    tensorParallel: countOf(value('tensorParallel')),
    environment: {
      ...pick(env, [...HUGGING_FACE, 'SGLANG_USE_MODELSCOPE', 'MODELSCOPE_CACHE']),
      ...(downloadDir === undefined ? {} : { HF_HUB_CACHE: fromCwd(downloadDir, cwd) }),
    },
    ...(configFile === undefined ? {} : { configFile }),
  };
}

/** `name=path`, a path alone, or JSON with `lora_path`. */
function loraPath(text: string): string {
  if (text.startsWith('{')) return stringIn(jsonObject(text), 'lora_path') ?? '';
  return text.slice(text.indexOf('=') + 1);
}

export const SGLANG: ServerSpec = { server: 'sglang', matches, read };
