/** Where a filesystem's bytes come from, as far as it matters to warming. */
export type FilesystemKind = 'disk' | 'remote' | 'stacked' | 'memory' | 'zfs' | 'unknown';

const KINDS: Readonly<Record<string, FilesystemKind>> = {
  overlay: 'stacked',
  overlayfs: 'stacked',
  ecryptfs: 'stacked',
  tmpfs: 'memory',
  ramfs: 'memory',
  hugetlbfs: 'memory',
  zfs: 'zfs',
};

const REMOTE = new Set(
  'nfs nfs4 cifs smb smb2 smb3 ceph lustre beegfs gpfs orangefs afs coda 9p virtiofs'.split(' '),
);

export function kindOf({ name }: { readonly name: string | null }): FilesystemKind {
  if (name === null) return 'unknown';
  // `fuse.sshfs` and `fuseblk` are what mountinfo calls what statfs calls fuse.
  if (REMOTE.has(name) || name.startsWith('fuse')) return 'remote';
  return KINDS[name] ?? 'disk';
}
