import type { NamedModel, ServerAddress } from '../../types.ts';
import { mostTelling } from '../cache-use.ts';
import type { Command, Environment } from '../command.ts';
import { nameFile } from '../model-name.ts';
import { lastGiven, type OptionTable, parseOptions, spelled } from '../options.ts';
import { addressOf, type Match, pick, type ServerSpec, variable } from '../server-spec.ts';

type Key = 'model' | 'port' | 'value';

const RUNNER: OptionTable<Key> = {
  known: spelled<'model' | 'port'>('one', { model: '--model -model', port: '--port -port' }),
  isFlag: () => false,
};

const RUN: OptionTable<Key> = {
  known: spelled<'value'>('one', { value: '--keepalive --format --think --width --height --steps --seed' }),
  isFlag: () => true,
};

function matches({ name, args }: Command): Match | null {
  const [verb, ...rest] = args;
  if (name !== 'ollama') return null;
  // `start` is another name of `serve`.
  if (verb === 'serve' || verb === 'start') return { args: [], evidence: 'ollama serve' };
  return verb === 'run' || verb === 'runner' ? { args: rest, evidence: `ollama ${verb}` } : null;
}

function read({ args, evidence }: Match, { env, cwd }: Command) {
  const common = {
    // Ready for requests, that is: a model is loaded with the first of them.
    healthPaths: ['/api/version'],
    ...mostTelling([]),
    tensorParallel: null,
    environment: pick(env, ['OLLAMA_MODELS', 'HOME']),
  };
  if (evidence === 'ollama runner') {
    const parsed = parseOptions(args, RUNNER);
    const given = lastGiven(parsed, 'model');
    const model = given === null ? null : nameFile(given.value, { from: given.from, cwd });
    const port = lastGiven(parsed, 'port')?.value ?? '';
    return {
      ...common,
      models: model === null ? [] : [model],
      address: addressOf('127.0.0.1', port),
      healthPaths: ['/health'],
    };
  }
  const [name] = parseOptions(args, RUN).words;
  return { ...common, models: name === undefined ? [] : ollamaModels(name), address: hostOf(env) };
}

/** `ollama:NAME[:TAG]`; names with a registry or namespace keep them. */
function ollamaModels(name: string): readonly NamedModel[] {
  if (!/^[\w.-]+(?::\d+)?(?:\/[\w.-]+){0,3}(?::[\w.-]+)?$/.test(name)) return [];
  return [{ target: `ollama:${name}`, from: 'the first argument behind run', kind: 'model' }];
}

/** `OLLAMA_HOST` may be a host, a port behind a colon, both, or an address with scheme and path. */
function hostOf(env: Environment): ServerAddress | null {
  const written = (variable(env, 'OLLAMA_HOST') ?? '').trim().replace(/^["']|["']$/g, '');
  const [, scheme, rest = ''] = /^(?:(\w+):\/\/)?([^/]*)/.exec(written) ?? [];
  const fallback = scheme === 'http' ? 80 : scheme === 'https' ? 443 : 11_434;
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(rest);
  const tls = scheme === 'https' ? ({ tls: true } as const) : {};
  // More than one colon and no brackets: an IPv6 address without a port.
  if (parts === null) return addressOf(rest, fallback, tls);
  const [, host = '', port] = parts;
  return addressOf(host, port ?? fallback, tls) ?? addressOf(host, fallback, tls);
}

export const OLLAMA: ServerSpec = { server: 'ollama', matches, read };
