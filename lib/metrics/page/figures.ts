import { type Html, html, NOTHING } from '../../html.ts';
import type { KeeperState } from '../../keeper/types.ts';
import { formatBytes, formatDuration, formatRate, formatShare } from '../../units.ts';
import { residentShare } from '../seed-names.ts';
import type { KeeperView, LatencyQuantiles } from '../types.ts';
import { ago } from './time.ts';

/** The few figures that answer most questions. */
export function figures(view: KeeperView): Html {
  const { sweep, hits, latency } = view;
  const share = sweep === null ? null : residentShare(sweep.sets);
  const now = view.verdicts.at(-1);
  const guard = now?.message ?? (now === undefined ? 'nothing was read yet' : 'nothing holds it back');
  return html`<dl class="figures">
${figure('Resident', share === null ? 'unknown' : formatShare(share), sweep === null ? 'no sweep yet' : resident(view))}
${figure('Budget', sweep === null ? 'unknown' : formatBytes(sweep.budget.allowedBytes), sweep?.budget.reason ?? '')}
${figure('Guard', now?.action ?? 'unknown', guard)}
${figure('Rate limit', view.rateLimit === null ? 'none known' : formatRate(view.rateLimit), '')}
${latencyFigure('Open and mmap, p95', latency.openMmap)}
${latencyFigure('Device read, p95', latency.read)}
${hits === null ? NOTHING : figure('Server reads from cache', hits.hitRatio === null ? 'unknown' : formatShare(hits.hitRatio), `estimate: ${hits.method}`)}
</dl>
`;
}

function resident({ sweep, atMs }: KeeperView): string {
  if (sweep === null) return '';
  const bytes = sweep.sets.reduce((sum, set) => sum + set.residentBytes, 0);
  return `${formatBytes(bytes)}, measured ${ago(sweep.startedAtMs, atMs)}`;
}

function latencyFigure(name: string, summary: LatencyQuantiles | null): Html {
  if (summary === null) return figure(name, 'unknown', 'no probe yet');
  return figure(
    name,
    formatDuration(summary.p95Ms),
    `of ${summary.samples} samples; half took up to ${formatDuration(summary.p50Ms)}`,
  );
}

function figure(name: string, value: string, note: string): Html {
  return html`<div><dt>${name}</dt> <dd class="value">${value}</dd> <dd class="note">${note}</dd></div>
`;
}

export function stateWords(state: KeeperState | null, nowMs: number): string {
  if (state === null) return 'state unknown: nothing heard from the keeper yet';
  switch (state.name) {
    case 'idle': {
      const wait = state.nextSweepAtMs === null ? null : state.nextSweepAtMs - nowMs;
      return wait === null || wait <= 0
        ? 'idle'
        : `idle, next sweep in ${formatDuration(Math.ceil(wait / 1000) * 1000)}`;
    }
    case 'sweeping':
      return `sweeping, began ${ago(state.sinceMs, nowMs)}`;
    case 'filling':
      return `filling ${state.set}, began ${ago(state.sinceMs, nowMs)}`;
    case 'backing-off': {
      const wait = Math.max(Math.ceil((state.untilMs - nowMs) / 1000) * 1000, 0);
      return `backing off for ${formatDuration(wait)}: ${state.reason.message}`;
    }
    case 'stopped':
      return `stopped (${state.why})${state.detail === '' ? '' : `: ${state.detail}`}`;
  }
}
