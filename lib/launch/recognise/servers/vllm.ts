import { loadFormatUse, mostTelling, REMOTE_MODEL } from '../cache-use.ts';
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
  | 'tokenizerRevision'
  | 'downloadDir'
  | 'speculative'
  | 'speculativeName'
  | 'lora'
  | 'loadFormat'
  | 'strategy'
  | 'extra'
  | 'tensorParallel'
  | 'host'
  | 'port'
  | 'config'
  | 'uds'
  | 'tls'
  | 'headless'
  | 'list'
  | 'value';

/** By how the names of its switches begin: there are about eighty of them, and each version has more. */
const FLAGS = new RegExp(
  `^--(${[
    'no|enable|disable|use|skip|trust|return|calculate|enforce|allow|exclude|headless|grpc|worker-use|engine-use',
    'fully-sharded|async-scheduling|multi-step|ray-workers|language-model-only|mm-encoder-only|interleave-mm',
    'kv-sharing-fast|kv-cache-metrics|cudagraph-metrics|log-error|tokens-only|cohere-is|speculative-disable-mqa',
    'data-parallel-(?:hybrid|external)-lb',
  ].join('|')})(?:-|$)`,
);
const SHORT_FLAGS = /^-(?:h|v|O\d|dph|dpe|ep)$/;

/** As of vLLM 0.29, with what older versions had. */
const TABLE: OptionTable<Key> = {
  known: {
    ...spelled<Exclude<Key, 'lora' | 'headless' | 'list'>>('one', {
      model: '--model',
      tokenizer: '--tokenizer',
      revision: '--revision',
      tokenizerRevision: '--tokenizer-revision',
      downloadDir: '--download-dir',
      speculative: '--speculative-config -sc',
      speculativeName: '--speculative-model --speculative-config.model',
      loadFormat: '--load-format',
      strategy: '--safetensors-load-strategy',
      extra: '--model-loader-extra-config',
      tensorParallel: '--tensor-parallel-size -tp',
      host: '--host',
      port: '--port',
      config: '--config',
      uds: '--uds',
      tls: '--ssl-certfile',
      // It looks like a flag and has a value.
      value: '--disable-access-log-for-endpoints',
    }),
    ...spelled('many', {
      lora: '--lora-modules',
      list: '--served-model-name --api-key --middleware --allowed-origins --cudagraph-capture-sizes --collect-detailed-traces --logits-processors --prompt-adapters',
    }),
    ...spelled('none', { headless: '--headless' }),
  },
  isFlag: (name) => FLAGS.test(name) || SHORT_FLAGS.test(name),
  underscores: true,
  joinedShort: false,
};

const MODULES = new Set(['vllm.entrypoints.openai.api_server', 'vllm.entrypoints.api_server']);

function matches({ name, path, module, args }: Command): Match | null {
  if (module !== null && MODULES.has(module)) return { args, evidence: `python -m ${module}` };
  const isCli = module === 'vllm' || module === 'vllm.entrypoints.cli.main' || /^vllm(@.*)?$/.test(name);
  if (isCli && args[0] === 'serve') return { args: args.slice(1), evidence: 'vllm serve' };
  if (/(^|\/)vllm\/entrypoints\/(openai\/)?api_server\.py$/.test(path))
    return { args, evidence: 'vllm’s api_server.py' };
  return null;
}

function read({ args, evidence }: Match, { env, cwd }: Command, options: RecogniseOptions) {
  const line = parseOptions(args, TABLE);
  const config = lastGiven(line, 'config')?.value;
  const configFile = config === undefined ? undefined : fromCwd(config, cwd);
  // The command line wins over the file.
  const fromFile = configFile === undefined ? [] : givenByFile(configFile, TABLE, options);
  const parsed: ParsedOptions<Key> = { ...line, given: [...fromFile, ...line.given] };
  const value = (key: Key): string | undefined => lastGiven(parsed, key)?.value;
  // Only `vllm serve` takes a model without an option.
  const names = namesOf(evidence === 'vllm serve' ? parsed : { ...parsed, words: [] });
  const usesHub = !isTrue(variable(env, 'VLLM_USE_MODELSCOPE'));
  const models = names.map(({ name, from, kind, revision }) =>
    usesHub || isPath(name)
      ? nameHubModel(name, { from, kind, revision, cwd, isDirectory: options.isDirectory })
      : null,
  );
  const use = loadFormatUse({
    loadFormat: value('loadFormat')?.toLowerCase(),
    loadStrategy: value('strategy'),
    extraConfig: value('extra'),
    env,
  });
  const downloadDir = value('downloadDir');
  const isRemoteModel = names.some(({ kind, name }) => kind === 'model' && isRemote(name));
  const hasAddress = value('uds') === undefined && !isGiven(parsed, 'headless');
  return {
    models: eachOnce(models),
    address: hasAddress
      ? addressOf(value('host') ?? '', value('port') ?? 8000, value('tls') === undefined ? {} : { tls: true })
      : null,
    // It listens only when its engine is ready.
    healthPaths: ['/health', '/v1/models'],
    ...mostTelling(isRemoteModel ? [REMOTE_MODEL] : [use]),
    tensorParallel: countOf(value('tensorParallel')),
    environment: {
      ...pick(env, [...HUGGING_FACE, 'VLLM_CACHE_ROOT', 'VLLM_USE_MODELSCOPE', 'MODELSCOPE_CACHE']),
      // It hands the folder to the hub's library as its cache.
      ...(downloadDir === undefined ? {} : { HF_HUB_CACHE: fromCwd(downloadDir, cwd) }),
    },
    ...(configFile === undefined ? {} : { configFile }),
  };
}

interface Name {
  readonly name: string;
  readonly from: string;
  readonly kind: 'model' | 'draft' | 'adapter' | 'tokenizer';
  readonly revision?: string | undefined;
}

function namesOf(parsed: ParsedOptions<Key>): readonly Name[] {
  const names: Name[] = [];
  const revision = lastGiven(parsed, 'revision')?.value;
  const model = lastGiven(parsed, 'model');
  // What a new switch with a value leaves over is a number or JSON, never a model.
  const positional = parsed.words.find((word) => !/^(?:[{["]|-?\d+(?:\.\d+)?$)/.test(word));
  if (positional !== undefined) {
    names.push({ name: positional, from: 'the first argument behind serve', kind: 'model', revision });
  } else if (model !== null) names.push({ name: model.value, from: model.from, kind: 'model', revision });
  const tokenizer = lastGiven(parsed, 'tokenizer');
  if (tokenizer !== null) {
    const of = lastGiven(parsed, 'tokenizerRevision')?.value;
    names.push({ name: tokenizer.value, from: tokenizer.from, kind: 'tokenizer', revision: of });
  }
  const drafts = lastGiven(parsed, 'speculative');
  const drafted = drafts === null ? {} : jsonObject(drafts.value);
  const direct = lastGiven(parsed, 'speculativeName');
  const draft = direct?.value ?? stringIn(drafted, 'model');
  const from = direct?.from ?? drafts?.from;
  // `ngram` and `[ngram]` stand for a method, not a model.
  if (draft !== undefined && from !== undefined && !/^\[?\w*ngram\w*\]?$/i.test(draft)) {
    names.push({ name: draft, from, kind: 'draft', revision: stringIn(drafted, 'revision') });
  }
  for (const { key, values, written } of parsed.given) {
    if (key !== 'lora') continue;
    for (const text of values) {
      const name = text.startsWith('{')
        ? stringIn(jsonObject(text), 'path')
        : text.slice(text.indexOf('=') + 1);
      if (name !== undefined) names.push({ name, from: written, kind: 'adapter' });
    }
  }
  return names;
}

export const VLLM: ServerSpec = { server: 'vllm', matches, read };
