import { mostTelling } from '../cache-use.ts';
import { type Command, fromCwd } from '../command.ts';
import { eachOnce, nameHubModel } from '../model-name.ts';
import { lastGiven, type OptionTable, type ParsedOptions, parseOptions, spelled } from '../options.ts';
import {
  addressOf,
  countOf,
  HUGGING_FACE,
  type Match,
  pick,
  type RecogniseOptions,
  type ServerSpec,
  variable,
} from '../server-spec.ts';

type Key = 'model' | 'revision' | 'lora' | 'speculate' | 'shards' | 'hostname' | 'port' | 'cache';

const TABLE: OptionTable<Key> = {
  known: spelled<Key>('one', {
    model: '--model-id',
    revision: '--revision',
    lora: '--lora-adapters',
    speculate: '--speculate',
    shards: '--num-shard',
    hostname: '--hostname',
    port: '--port -p',
    cache: '--huggingface-hub-cache',
  }),
  isFlag: () => false,
  joinedShort: true,
};

/** Each option has a variable of its name. */
const VARIABLES: readonly (readonly [Key, string])[] = [
  ['model', 'MODEL_ID'],
  ['revision', 'REVISION'],
  ['lora', 'LORA_ADAPTERS'],
  ['shards', 'NUM_SHARD'],
  ['hostname', 'HOSTNAME'],
  ['port', 'PORT'],
  ['cache', 'HUGGINGFACE_HUB_CACHE'],
];

const PROGRAMS = new Set(['text-generation-launcher', 'tgi-entrypoint.sh']);

function matches({ name, args }: Command): Match | null {
  return PROGRAMS.has(name) ? { args, evidence: name } : null;
}

function read({ args }: Match, { env, cwd }: Command, options: RecogniseOptions) {
  const line = parseOptions(args, TABLE);
  const given = VARIABLES.flatMap(([key, name]) => {
    const value = variable(env, name);
    return value === undefined || value === '' ? [] : [{ key, written: `$${name}`, values: [value] }];
  });
  const parsed: ParsedOptions<Key> = { ...line, given: [...given, ...line.given] };
  const value = (key: Key): string | undefined => lastGiven(parsed, key)?.value;
  const model = lastGiven(parsed, 'model');
  const lora = lastGiven(parsed, 'lora');
  const naming = { cwd, isDirectory: options.isDirectory };
  const adapters = (lora?.value ?? '')
    .split(',')
    // `id`, `name=path` and either with `@revision` behind it.
    .map((text) =>
      text
        .slice(text.indexOf('=') + 1)
        .trim()
        .split('@'),
    )
    .map(([name = '', revision]) =>
      nameHubModel(name, { ...naming, from: lora?.from ?? '', kind: 'adapter', revision }),
    );
  const hostname = value('hostname') ?? '';
  const cache = value('cache');
  return {
    models: eachOnce([
      model === null
        ? null
        : nameHubModel(model.value, { ...naming, from: model.from, revision: value('revision') }),
      ...adapters,
    ]),
    // In a container HOSTNAME is a name that it can't listen on: then it listens everywhere.
    address: addressOf(/^[\d.]+$|:/.test(hostname) ? hostname : '', value('port') ?? 3000),
    healthPaths: ['/health'],
    ...mostTelling([]),
    tensorParallel: countOf(value('shards')),
    environment: {
      ...pick(env, HUGGING_FACE),
      ...(cache === undefined ? {} : { HUGGINGFACE_HUB_CACHE: fromCwd(cache, cwd) }),
    },
  };
}

export const TGI: ServerSpec = { server: 'tgi', matches, read };
