import type http from 'node:http';
import { shownUrl } from './address.ts';
import { makeAgent, sendOne } from './send.ts';
import { readSettings, type TtftSettings } from './settings.ts';
import { countStates, firstFromSpawn, summariseTtft } from './summarise.ts';
import type { ProbeTtftOptions, TtftOutcome, TtftProbe } from './types.ts';

/**
 * Sends requests to an OpenAI-compatible server and times what comes back: the time to first token (TTFT), the time
 * between tokens, the whole.
 *
 * The time of a request begins before its connection is made: each has one of its own unless `keepAlive`, as a user's
 * first request has. Whatever the server does, or fails to do, is an outcome of that request. When the signal comes,
 * what was measured until then is the result, and those in flight are `aborted`.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export async function probeTtft(options: ProbeTtftOptions): Promise<TtftProbe> {
  const settings = readSettings(options, process.env);
  const agent = makeAgent(settings);
  const { signal, onOutcome } = options;
  try {
    const warmUp = await sendMany(
      { ...settings, requests: settings.warmUp, concurrency: 1 },
      agent,
      signal,
      (one) => onOutcome?.(one, true),
    );
    const startedAt = performance.now();
    const outcomes = await sendMany(settings, agent, signal, (one) => onOutcome?.(one, false));
    const summary = summariseTtft(outcomes);
    return {
      url: shownUrl(settings.url),
      endpoint: settings.endpoint,
      model: options.model,
      outcomes,
      warmUp,
      summary,
      counts: countStates(outcomes),
      ttftP95Ms: summary.firstToken?.p95Ms ?? null,
      firstAnswerFromSpawnMs: firstFromSpawn([...warmUp, ...outcomes]),
      tookMs: performance.now() - startedAt,
    };
  } finally {
    agent.destroy();
  }
}

/** `concurrency` at once, each followed by the next as soon as it is over. */
async function sendMany(
  settings: TtftSettings,
  agent: http.Agent,
  signal: AbortSignal | undefined,
  tell: (outcome: TtftOutcome) => void,
): Promise<readonly TtftOutcome[]> {
  const outcomes: TtftOutcome[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < settings.requests && !signal?.aborted) {
      const at = begun++;
      const outcome = await sendOne(settings, agent, signal);
      outcomes[at] = outcome;
      tell(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(settings.concurrency, settings.requests) }, lane));
  return outcomes;
}
