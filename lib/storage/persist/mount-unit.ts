import { WarmsetError } from '../../errors.ts';

export interface PersistedMount {
  /** `overlay`, or `bind`. */
  readonly type: string;
  readonly source: string;
  readonly at: string;
  readonly options: readonly string[];
  /** Paths whose mounts must be there before. */
  readonly needs: readonly string[];
}

// Those that start backends: without the mount they would write below it.
const STARTERS = 'docker.service podman.service containerd.service kubelet.service';

/** A mount unit of systemd. Pure. @throws WarmsetError `WARMSET_STORAGE` for a path that a unit can't hold */
export function mountUnit({ type, source, at, options, needs }: PersistedMount): string {
  for (const path of [source, at, ...needs]) refuseUnfit(path);
  return [
    '# Written by warmset storage; removed by it with the mount.',
    '[Unit]',
    `Description=warmset: ${escapeSpecifiers(at)}`,
    `RequiresMountsFor=${needs.map(quoted).join(' ')}`,
    `Before=${STARTERS}`,
    '',
    '[Mount]',
    `What=${escapeSpecifiers(source)}`,
    `Where=${escapeSpecifiers(at)}`,
    `Type=${type === 'bind' ? 'none' : type}`,
    `Options=${escapeSpecifiers(optionsOf(type, options))}`,
    '',
    '[Install]',
    'WantedBy=remote-fs.target',
    '',
  ].join('\n');
}

/** A line of fstab(5). Pure. `nofail`: a base that isn't there must not hold up the boot. */
export function fstabLine({ type, source, at, options, needs }: PersistedMount): string {
  for (const path of [source, at, ...needs]) refuseUnfit(path);
  const order = needs.map((path) => `x-systemd.requires-mounts-for=${path.replaceAll(',', '\\,')}`);
  const all = [optionsOf(type, options), 'nofail', ...order].join(',');
  return [source, at, type === 'bind' ? 'none' : type, all].map(octal).concat('0', '0').join(' ');
}

function optionsOf(type: string, options: readonly string[]): string {
  return [...(type === 'bind' ? ['bind'] : []), ...options].join(',') || 'defaults';
}

function octal(field: string): string {
  return field.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function quoted(path: string): string {
  return `"${escapeSpecifiers(path).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function refuseUnfit(path: string): void {
  if (!/[\n\r\0]/.test(path) && !/^\s|[\s\\]$/.test(path)) return;
  throw new WarmsetError(
    'WARMSET_STORAGE',
    'a path with a line end, or with a space or backslash at its end, can’t be written into a unit or /etc/fstab',
    { subject: path, remedy: 'bind-mount the directory at a plainer path, or leave out --persist' },
  );
}
