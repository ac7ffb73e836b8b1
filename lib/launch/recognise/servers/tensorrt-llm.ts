import { loadFormatUse, mostTelling, TENSORRT_LLM_PREFETCHES } from '../cache-use.ts';
import { type Command, fromCwd } from '../command.ts';
import { eachOnce, nameHubModel } from '../model-name.ts';
import { lastGiven, type OptionTable, type ParsedOptions, parseOptions, spelled } from '../options.ts';
import {
  addressOf,
  countOf,
  givenByFile,
  HUGGING_FACE,
  type Match,
  pick,
  type RecogniseOptions,
  type ServerSpec,
} from '../server-spec.ts';

type Key =
  | 'tokenizer'
  | 'revision'
  | 'backend'
  | 'tensorParallel'
  | 'host'
  | 'port'
  | 'config'
  | 'loadFormat';

const TABLE: OptionTable<Key> = {
  known: spelled<Key>('one', {
    tokenizer: '--tokenizer',
    revision: '--revision',
    backend: '--backend',
    tensorParallel: '--tensor-parallel-size --tp-size',
    host: '--host',
    port: '--port',
    config: '--config --extra-llm-api-options --extra-encoder-options',
    loadFormat: '--load-format',
  }),
  isFlag: (name) => /^--(trust|enable|disable|no|fail|grpc|skip|use)(-|$)/.test(name) || name === '-h',
  underscores: true,
};

function matches({ name, module, args }: Command): Match | null {
  if (name !== 'trtllm-serve' && module !== 'tensorrt_llm.commands.serve') return null;
  const [verb] = args;
  if (verb === 'serve' || verb === 'mm_embedding_serve') {
    return { args: args.slice(1), evidence: `trtllm-serve ${verb}` };
  }
  // A front that only hands requests on, and its MPI workers.
  if (verb === 'disaggregated' || verb === 'disaggregated_mpi_worker') return null;
  return { args, evidence: 'trtllm-serve' };
}

function read({ args, evidence }: Match, { env, cwd }: Command, options: RecogniseOptions) {
  const line = parseOptions(args, TABLE);
  const config = lastGiven(line, 'config')?.value;
  const configFile = config === undefined ? undefined : fromCwd(config, cwd);
  // Here the file wins over the command line.
  const fromFile = configFile === undefined ? [] : givenByFile(configFile, TABLE, options);
  const parsed: ParsedOptions<Key> = { ...line, given: [...line.given, ...fromFile] };
  const value = (key: Key): string | undefined => lastGiven(parsed, key)?.value;
  const [model] = parsed.words;
  const tokenizer = lastGiven(parsed, 'tokenizer');
  const backend = value('backend') ?? 'pytorch';
  const isEngine = backend === 'tensorrt' || backend === 'trt';
  const isDummy = value('loadFormat')?.toLowerCase() === 'dummy';
  const use = isDummy
    ? [loadFormatUse({ loadFormat: 'dummy', env })]
    : isEngine
      ? []
      : [TENSORRT_LLM_PREFETCHES];
  const naming = { cwd, isDirectory: options.isDirectory };
  return {
    models: eachOnce([
      model === undefined
        ? null
        : nameHubModel(model, {
            ...naming,
            from: evidence === 'trtllm-serve' ? 'the first argument' : 'the first argument behind serve',
            revision: value('revision'),
          }),
      tokenizer === null
        ? null
        : nameHubModel(tokenizer.value, { ...naming, from: tokenizer.from, kind: 'tokenizer' }),
    ]),
    address: addressOf(value('host') ?? 'localhost', value('port') ?? 8000),
    healthPaths: ['/health', '/v1/models'],
    ...mostTelling(use),
    tensorParallel: countOf(value('tensorParallel')),
    environment: pick(env, HUGGING_FACE),
    ...(configFile === undefined ? {} : { configFile }),
  };
}

export const TENSORRT_LLM: ServerSpec = { server: 'tensorrt-llm', matches, read };
