import { type Html, html, NOTHING } from '../../html.ts';
import type { FileStatus, SetStatus } from '../../keeper/types.ts';
import { formatBytes, formatBytesOf, formatCount, formatDuration, formatShare } from '../../units.ts';
import { pageMap } from './page-map.ts';

/** Files shown of a set; the others are in /status.json. */
const SHOWN = 100;

export function setSection(set: SetStatus): Html {
  const directory = commonDirectory(set.files.map(({ path }) => path));
  const { shown, note } = pick(set.files);
  // Long lists are closed, so that the next set is in reach.
  const open = shown.length <= 12 ? html` open` : NOTHING;
  return html`<section class="set">
<div class="title"><h2>${set.name}</h2><span class="value">${setResidency(set)}</span></div>
${wholeBar(set)}
<p class="facts">${facts(set).join(' · ')}</p>
${
  shown.length === 0
    ? html`<p class="dim">No files.</p>`
    : html`<details${open}><summary>${count(set.files.length, 'file')}${directory === '' ? '' : ` in ${directory}`}</summary>
${note === null ? NOTHING : html`<p class="dim">${note}</p>`}<ul class="files">
${shown.map((file) => fileRow(file, directory))}</ul></details>`
}
</section>
`;
}

function setResidency(set: SetStatus): string {
  if (set.hitRatio === null) return set.unknownFiles > 0 ? 'residency unknown' : 'nothing to keep';
  // The ratio is of what is known; set beside the bytes of everything it would contradict them.
  if (set.unknownFiles > 0)
    return `${formatShare(set.hitRatio)} of what is known · ${formatBytes(set.residentBytes)}`;
  return `${formatShare(set.hitRatio)} · ${formatBytesOf(set.residentBytes, set.targetBytes)}`;
}

/** Resident of the set's bytes, with a mark where the budget ends. */
function wholeBar({ hitRatio, residentBytes, targetBytes, allowedBytes }: SetStatus): Html {
  const part = (bytes: number): number => Math.round(Math.min(Math.max(bytes / targetBytes, 0), 1) * 1000);
  if (hitRatio === null || !(targetBytes > 0)) {
    return html`<svg class="whole" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true"><rect class="unknown" width="1000" height="8"/></svg>`;
  }
  const mark =
    allowedBytes < targetBytes ? html`<path class="limit" d="M${part(allowedBytes)} 0v8"/>` : NOTHING;
  return html`<svg class="whole" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="8"/><rect class="warm" width="${part(residentBytes)}" height="8"/>${mark}</svg>`;
}

function facts(set: SetStatus): string[] {
  const { refilledBytes, refillSeconds, lostBytes, unknownFiles, failedFiles } = set;
  return [
    `priority ${set.priority}`,
    set.allowedBytes < set.targetBytes
      ? `budget lets ${formatBytes(set.allowedBytes)} be resident`
      : 'all of it is within the budget',
    `read ${formatBytes(refilledBytes)}${refillSeconds > 0 ? ` in ${formatDuration(refillSeconds * 1000)}` : ''}`,
    `lost ${formatBytes(lostBytes)}`,
    ...(unknownFiles > 0 ? [`${count(unknownFiles, 'file')} unknown`] : []),
    ...(failedFiles > 0 ? [`${count(failedFiles, 'file')} failed`] : []),
  ];
}

function fileRow(file: FileStatus, directory: string): Html {
  const failure =
    file.failure === null ? NOTHING : html`<p class="bad">${file.failure.code}: ${file.failure.message}</p>`;
  return html`<li><div class="file"><code>${file.path.slice(directory.length)}</code> <span>${fileResidency(file)}</span></div>
${pageMap(file.residentBytes === null ? [] : file.map)}${failure}</li>
`;
}

function fileResidency({ sizeBytes, residentBytes }: FileStatus): string {
  if (residentBytes === null) return `unknown of ${formatBytes(sizeBytes)}`;
  if (sizeBytes === 0) return 'empty';
  // Pages reach past the end of a file and holes don't count: a share comes of both only within bounds.
  const share = Math.min(residentBytes / sizeBytes, 1);
  return `${formatShare(share)} of ${formatBytes(sizeBytes)}`;
}

/** All files, or the worst of many: those that failed, are unknown or miss most. */
function pick(files: readonly FileStatus[]): { shown: readonly FileStatus[]; note: string | null } {
  if (files.length <= SHOWN) return { shown: files, note: null };
  const missing = ({ failure, residentBytes, sizeBytes }: FileStatus): number =>
    failure !== null || residentBytes === null ? Number.MAX_VALUE : sizeBytes - residentBytes;
  const shown = files.toSorted((a, b) => missing(b) - missing(a)).slice(0, SHOWN);
  return {
    shown,
    note: `The ${SHOWN} that miss most, of ${formatCount(files.length)}; all are in /status.json.`,
  };
}

/** With its slash at the end; empty where there is none but the root. */
export function commonDirectory(paths: readonly string[]): string {
  let common = paths[0]?.replace(/[^/]*$/, '') ?? '';
  for (const path of paths) {
    while (!path.startsWith(common)) common = common.slice(0, -1).replace(/[^/]*$/, '');
  }
  return common === '/' ? '' : common;
}

function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`;
}
