import { WarmsetError } from '../../errors.ts';
import { checkInteger } from '../arguments.ts';
import { endpointOf, endpointUrl, serverUrl } from './address.ts';
import type { ProbeTtftOptions, TtftEndpoint } from './types.ts';

const LONGEST_MS = 86_400_000;
// Of every token a time is kept until the end: 32 MiB of them.
const MOST_TOKENS = 2 ** 22;
const PROMPT = 'Say hello in one short sentence.';

/** Options checked, with their defaults. */
export interface TtftSettings {
  readonly url: URL;
  readonly endpoint: TtftEndpoint;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly concurrency: number;
  readonly warmUp: number;
  readonly maxTokens: number;
  readonly timeoutMs: number;
  readonly stallMs: number;
  readonly ca: string | undefined;
  readonly keepAlive: boolean;
  readonly spawnedAt: number | undefined;
}

/**
 * @param environment where `apiKeyFrom` is looked up
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function readSettings(
  options: ProbeTtftOptions,
  environment: Readonly<Record<string, string | undefined>>,
): TtftSettings {
  const address = serverUrl(options.url);
  const endpoint =
    options.endpoint ?? endpointOf(address) ?? (options.messages === undefined ? 'completions' : 'chat');
  if (options.model === '') refuse('model', 'is empty', "Give the model's name as the server knows it.");
  const requests = checkInteger('requests', options.requests ?? 5, 1, 10_000);
  const warmUp = checkInteger('warmUp', options.warmUp ?? 0, 0, 1_000);
  const maxTokens = checkInteger('maxTokens', options.maxTokens ?? 64, 1, 65_536);
  if ((requests + warmUp) * maxTokens > MOST_TOKENS) {
    refuse('requests', `times maxTokens is more than ${MOST_TOKENS}`, 'Ask for fewer requests or tokens.');
  }
  return {
    url: endpointUrl(address, endpoint),
    endpoint,
    body: JSON.stringify(toBody(options, endpoint, maxTokens)),
    headers: toHeaders(options, environment),
    requests,
    concurrency: checkInteger('concurrency', options.concurrency ?? 1, 1, 1_024),
    warmUp,
    maxTokens,
    timeoutMs: checkInteger('timeoutMs', options.timeoutMs ?? 120_000, 1, LONGEST_MS),
    stallMs: checkInteger('stallMs', options.stallMs ?? 30_000, 1, LONGEST_MS),
    ca: options.ca,
    keepAlive: options.keepAlive ?? false,
    spawnedAt: options.spawnedAt,
  };
}

function toBody(
  { model, prompt = PROMPT, messages }: ProbeTtftOptions,
  endpoint: TtftEndpoint,
  maxTokens: number,
): object {
  if (messages !== undefined && endpoint === 'completions') {
    refuse('messages', 'is for the endpoint chat', 'Give a prompt, or use the endpoint chat.');
  }
  return {
    model,
    ...(endpoint === 'chat' ? { messages: messages ?? [{ role: 'user', content: prompt }] } : { prompt }),
    max_tokens: maxTokens,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  };
}

function toHeaders(
  { headers = {}, apiKey, apiKeyFrom }: ProbeTtftOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  let key = apiKey;
  if (apiKeyFrom !== undefined) {
    key = environment[apiKeyFrom];
    if (key === undefined || key === '') {
      refuse('apiKeyFrom', `names ${apiKeyFrom}, which isn't set`, 'Set the variable, or name another one.');
    }
  }
  const all: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    // What is compressed arrives in blocks, and the time of a token would be that of its block.
    'accept-encoding': 'identity',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (const [name, value] of Object.entries(headers)) {
    // What follows a line break would be a header of its own.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      refuse(
        'headers',
        `has one that can't be sent: ${JSON.stringify(name)}`,
        'Use a name and a value of one line.',
      );
    }
    all[name.toLowerCase()] = value;
  }
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    refuse('apiKey', "has characters that can't be sent", 'Check for blanks and line ends.');
  }
  return all;
}

function refuse(subject: string, what: string, remedy: string): never {
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${subject} ${what}.`, { subject, remedy });
}
