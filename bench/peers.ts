import { spawnSync } from 'node:child_process';

/** The programs beside which warmset is measured. All are in Debian: `apt install fio vmtouch util-linux findutils`. */
export const PEERS = ['fio', 'vmtouch', 'fincore', 'cat', 'dd', 'find', 'xargs'] as const;
export type Peer = (typeof PEERS)[number];

/** The version that each says of itself; null where it isn't installed. */
export type PeerVersions = Readonly<Record<Peer, string | null>>;

export function findPeers(): PeerVersions {
  const versions = PEERS.map((peer) => [peer, versionOf(peer)] as const);
  return Object.fromEntries(versions) as PeerVersions;
}

function versionOf(peer: Peer): string | null {
  const { stdout, stderr, error } = spawnSync(peer, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (error) return null;
  // vmtouch has no --version; its usage, on stderr, names it.
  return /\bv?-?(\d+\.\d+(?:\.\d+)*)/.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
}

export const INSTALL: Readonly<Record<Peer, string>> = {
  fio: 'apt install fio',
  vmtouch: 'apt install vmtouch',
  fincore: 'apt install util-linux',
  cat: 'apt install coreutils',
  dd: 'apt install coreutils',
  find: 'apt install findutils',
  xargs: 'apt install findutils',
};
