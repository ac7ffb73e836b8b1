import type { CacheUse, NamedModel } from '../../types.ts';
import { directIo, mostTelling } from '../cache-use.ts';
import type { Command, Environment } from '../command.ts';
import { eachOnce, nameFile } from '../model-name.ts';
import { lastGiven, type OptionTable, type ParsedOptions, parseOptions, spelled } from '../options.ts';
import {
  addressOf,
  HUGGING_FACE,
  isTrue,
  type Match,
  pick,
  type ServerSpec,
  variable,
} from '../server-spec.ts';
import { nameDownload, nameRepository } from './llama-cpp-names.ts';

type Key =
  | 'model'
  | 'repository'
  | 'file'
  | 'url'
  | 'projector'
  | 'projectorUrl'
  | 'autoProjector'
  | 'noProjector'
  | 'draft'
  | 'draftRepository'
  | 'speculation'
  | 'lora'
  | 'scaledLora'
  | 'modelsDir'
  | 'loadMode'
  | 'direct'
  | 'buffered'
  | 'host'
  | 'port'
  | 'prefix'
  | 'tls';

const TABLE: OptionTable<Key> = {
  known: {
    ...spelled<Exclude<Key, 'direct' | 'buffered' | 'autoProjector' | 'noProjector'>>('one', {
      model: '-m --model',
      repository: '-hf -hfr --hf-repo',
      file: '-hff --hf-file',
      url: '-mu --model-url',
      projector: '-mm --mmproj',
      projectorUrl: '-mmu --mmproj-url',
      draft: '-md --model-draft --spec-draft-model',
      draftRepository: '-hfd -hfrd --hf-repo-draft --spec-draft-hf',
      speculation: '--spec-type',
      lora: '--lora',
      scaledLora: '--lora-scaled',
      modelsDir: '--models-dir',
      loadMode: '-lm --load-mode',
      host: '--host',
      port: '--port',
      prefix: '--api-prefix',
      tls: '--ssl-cert-file',
    }),
    // The old ways to say --load-mode; the last of all of them counts.
    ...spelled('none', {
      direct: '-dio --direct-io',
      buffered: '-ndio --no-direct-io --mmap --no-mmap --mlock',
      autoProjector: '--mmproj-auto',
      noProjector: '--no-mmproj --no-mmproj-auto',
    }),
  },
  isFlag: () => false,
  underscores: true,
  dashValues: true,
};

const VARIABLES: readonly (readonly [Key, string])[] = [
  ['model', 'LLAMA_ARG_MODEL'],
  ['repository', 'LLAMA_ARG_HF_REPO'],
  ['file', 'LLAMA_ARG_HF_FILE'],
  ['url', 'LLAMA_ARG_MODEL_URL'],
  ['projector', 'LLAMA_ARG_MMPROJ'],
  ['projectorUrl', 'LLAMA_ARG_MMPROJ_URL'],
  ['draft', 'LLAMA_ARG_SPEC_DRAFT_MODEL'],
  ['draft', 'LLAMA_ARG_MODEL_DRAFT'],
  ['draftRepository', 'LLAMA_ARG_SPEC_DRAFT_HF_REPO'],
  ['draftRepository', 'LLAMA_ARG_HFD_REPO'],
  ['speculation', 'LLAMA_ARG_SPEC_TYPE'],
  ['modelsDir', 'LLAMA_ARG_MODELS_DIR'],
  ['loadMode', 'LLAMA_ARG_LOAD_MODE'],
  ['host', 'LLAMA_ARG_HOST'],
  ['port', 'LLAMA_ARG_PORT'],
  ['prefix', 'LLAMA_ARG_API_PREFIX'],
  ['tls', 'LLAMA_ARG_SSL_CERT_FILE'],
];

function matches({ name, args }: Command): Match | null {
  if (name === 'llama-server') return { args, evidence: 'llama-server' };
  if (name === 'llama' && args[0] === 'serve') return { args: args.slice(1), evidence: 'llama serve' };
  return null;
}

function read({ args }: Match, { env, cwd }: Command) {
  const line = parseOptions(args, TABLE);
  // The command line wins over variables.
  const parsed: ParsedOptions<Key> = { ...line, given: [...givenByEnvironment(env), ...line.given] };
  const value = (key: Key): string | undefined => lastGiven(parsed, key)?.value;
  const file = (key: Key, kind: NamedModel['kind']) => {
    const given = lastGiven(parsed, key);
    return given === null ? null : nameFile(given.value, { from: given.from, kind, cwd });
  };
  const speculation = parsed.given.filter(({ key }) => key === 'speculation').flatMap(({ values }) => values);
  const projector =
    file('projector', 'projector') ?? nameDownload(lastGiven(parsed, 'projectorUrl'), 'projector');
  const draft =
    nameRepository(lastGiven(parsed, 'draftRepository'), {
      kind: 'draft',
      file: value('draft'),
      projector: false,
      speculation,
    }) ?? file('draft', 'draft');
  const fromRepository = nameRepository(lastGiven(parsed, 'repository'), {
    kind: 'model',
    // A path beside a repository is a file of that.
    file: value('file') ?? value('model'),
    projector: projector === null && loadsProjector(parsed),
    // What is named as a draft stands in for what the repository has.
    speculation: draft === null ? speculation : [],
  });
  const adapters = parsed.given
    .filter(({ key }) => key === 'lora' || key === 'scaledLora')
    .flatMap(({ key, values, written }) =>
      values
        .flatMap((list) => list.split(','))
        .map((text) => (key === 'scaledLora' ? text.replace(/:[^:/]*$/, '') : text))
        .map((path) => nameFile(path, { from: written, kind: 'adapter', cwd })),
    );
  const host = value('host') ?? '127.0.0.1';
  const prefix = value('prefix') ?? '';
  const tls = value('tls') === undefined ? {} : ({ tls: true } as const);
  return {
    models: eachOnce([
      fromRepository ??
        // With both, the address is what is downloaded to the path.
        file('model', 'model') ??
        nameDownload(lastGiven(parsed, 'url'), 'model') ??
        file('modelsDir', 'model'),
      projector,
      draft,
      ...adapters,
    ]),
    address: host.endsWith('.sock')
      ? null
      : // The default is about to move to 9931 (llama.cpp#26508).
        value('port') === undefined
        ? addressOf(host.split(',')[0] ?? host, 8080, { ...tls, otherPorts: [9931] })
        : addressOf(host.split(',')[0] ?? host, value('port') ?? '', tls),
    // 503 while it loads.
    healthPaths: [`${prefix}/health`],
    ...mostTelling(loadModes(parsed)),
    tensorParallel: null,
    environment: pick(env, ['LLAMA_CACHE', ...HUGGING_FACE]),
  };
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(0|false|off|no|disabled)$/i.test(value);
}

function givenByEnvironment(env: Environment): ParsedOptions<Key>['given'] {
  const given = VARIABLES.flatMap(([key, name]) => {
    const value = variable(env, name);
    return value === undefined || value === '' ? [] : [{ key, written: `$${name}`, values: [value] }];
  });
  const flags: ParsedOptions<Key>['given'] = [
    ...(isTrue(variable(env, 'LLAMA_ARG_DIO'))
      ? [{ key: 'direct' as const, written: '$LLAMA_ARG_DIO', values: [] }]
      : []),
    ...(isFalse(variable(env, 'LLAMA_ARG_MMPROJ_AUTO')) || isTrue(variable(env, 'LLAMA_ARG_NO_MMPROJ'))
      ? [{ key: 'noProjector' as const, written: '$LLAMA_ARG_MMPROJ_AUTO', values: [] }]
      : []),
  ];
  return [...flags, ...given];
}

/** A projector of the model's repository comes by itself, unless the last that was said is no. */
function loadsProjector({ given }: ParsedOptions<Key>): boolean {
  return given.findLast(({ key }) => key === 'autoProjector' || key === 'noProjector')?.key !== 'noProjector';
}

/** Through mmap or read, unless direct I/O was the last that was asked for. */
function loadModes({ given }: ParsedOptions<Key>): readonly CacheUse[] {
  const last = given.findLast(({ key }) => key === 'loadMode' || key === 'direct' || key === 'buffered');
  if (last === undefined) return [];
  if (last.key === 'direct') return [directIo(last.written)];
  const [mode = ''] = last.values;
  return last.key === 'loadMode' && mode.toLowerCase() === 'dio' ? [directIo(`${last.written} dio`)] : [];
}

export const LLAMA_CPP: ServerSpec = { server: 'llama.cpp', matches, read };
