import type { Quantile, TrafficTtft, TtftOutcome, TtftProbe } from '../../probe/ttft/index.ts';
import { formatCount, formatDuration } from '../../units.ts';
import { renderHistogram, renderLatencies } from './latency-table.ts';
import { beside } from './pairs.ts';
import { bad, dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** What `probe ttft` found. */
export function renderTtft(terminal: Terminal, probe: TtftProbe): string[] {
  const { summary, outcomes, firstAnswerFromSpawnMs } = probe;
  const table = renderLatencies(terminal, [
    ['first token', summary.firstToken],
    ['first chunk', summary.firstChunk],
    ['between tokens', summary.interToken],
    ['end to end', summary.endToEnd],
    ['connect', summary.connect],
  ]);
  const show = shower(terminal);
  return [
    ...table,
    ...renderHistogram(
      terminal,
      'first token',
      outcomes.flatMap((one) => (one.state === 'answered' ? (one.firstTokenMs ?? []) : [])),
    ),
    ...beside(terminal, 'tokens', describeTokens(outcomes), { keyStyle: dim }),
    ...(firstAnswerFromSpawnMs === null
      ? []
      : beside(
          terminal,
          'from the start',
          `first token ${show(firstAnswerFromSpawnMs)} after the server was started`,
          {
            keyStyle: dim,
          },
        )),
    ...renderOthers(terminal, outcomes),
  ];
}

/** Requests that weren't answered token by token, the same ones together. */
function renderOthers(terminal: Terminal, outcomes: readonly TtftOutcome[]): string[] {
  const words = new Map<string, number>();
  for (const outcome of outcomes) {
    const text = describeOutcome(terminal, outcome);
    if (outcome.state !== 'answered') words.set(text, (words.get(text) ?? 0) + 1);
  }
  return [...words].flatMap(([text, count]) =>
    beside(terminal, count === 1 ? 'one request' : `${formatCount(count)} requests`, text, { keyStyle: bad }),
  );
}

/** What became of a request, in words. Without times that differ from request to request. */
export function describeOutcome(terminal: Terminal, outcome: TtftOutcome): string {
  const show = shower(terminal);
  const said = (text: string): string => (text === '' ? '' : `: ${printable(text)}`);
  switch (outcome.state) {
    case 'answered': {
      const { firstTokenMs, endToEndMs, tokens } = outcome;
      const first = firstTokenMs === null ? 'no token' : `first token ${show(firstTokenMs)}`;
      return `${first}, end ${show(endToEndMs)}, ${formatCount(tokens.tokens)} tokens`;
    }
    case 'not-a-stream':
      return `answered at once and not token by token (${outcome.kind})${said(outcome.excerpt)}`;
    case 'http-error':
      return `status ${outcome.status}${said(outcome.excerpt)}`;
    case 'server-error':
      return `the server says${said(outcome.message)}`;
    case 'refused':
      return `no connection${said(outcome.message)} (${printable(outcome.code)})`;
    case 'timeout':
      return {
        connect: 'no connection before the time was up',
        headers: 'connected, but no answer before the time was up',
        'first-chunk': 'an answer was begun, but no token came before the time was up',
        stream: 'tokens came, but the end did not before the time was up',
      }[outcome.phase];
    case 'stalled':
      return `stalled after ${formatCount(outcome.tokens.tokens)} tokens`;
    case 'cut':
      return `the connection ended before the answer did (${outcome.phase}, after ${formatCount(outcome.tokens.tokens)} tokens)`;
    case 'malformed':
      return `the answer makes no sense: ${printable(outcome.message)}${said(outcome.excerpt)}`;
    case 'aborted':
      return 'stopped';
  }
}

function describeTokens(outcomes: readonly TtftOutcome[]): string {
  const counts = outcomes.flatMap((one) => (one.state === 'answered' ? one.tokens : []));
  const sum = counts.reduce((total, { tokens }) => total + tokens, 0);
  const counted = counts.some(({ source }) => source === 'counted');
  const how = counted ? 'counted by chunks, of which each may hold several' : 'by the server';
  return counts.length === 0
    ? 'none'
    : `${formatCount(sum)} in ${formatCount(counts.length)} answers, ${how}`;
}

/** What a server's own metrics say of real requests. */
export function renderTraffic(terminal: Terminal, traffic: TrafficTtft): string[] {
  const { requests, metrics, p50, p95, p99, resets, warnings } = traffic;
  const show = shower(terminal);
  const of = (quantile: Quantile): string => {
    if (quantile.state === 'none') return 'not known';
    const time = show(quantile.seconds * 1000);
    return quantile.state === 'value' ? time : `longer than ${time}: the histogram ends there`;
  };
  const row = (key: string, text: string, style = dim): string[] =>
    beside(terminal, key.padEnd(12), text, { keyStyle: style });
  return [
    ...row('requests', `${formatCount(Math.round(requests))} with a first token`),
    ...row('p50', of(p50)),
    ...row('p95', of(p95)),
    ...row('p99', of(p99)),
    ...metrics.flatMap((name) => row('by', printable(name))),
    ...(resets > 0 ? row('restarted', `${formatCount(resets)} series were begun anew meanwhile`, warn) : []),
    ...warnings.flatMap((text) => row('not whole', printable(text), warn)),
  ];
}

function shower(terminal: Terminal): (ms: number) => string {
  return (ms) => formatDuration(ms, { ascii: !terminal.unicode });
}
