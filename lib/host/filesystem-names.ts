/**
 * `f_type` of statfs(2) by filesystem. From include/uapi/linux/magic.h; those that it lacks are from the
 * filesystem's own headers (bcachefs, beegfs, gpfs, jfs, lustre, mqueue, ntfs3, orangefs, zfs).
 */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0000002f, 'qnx4'],
  [0x00000187, 'autofs'],
  [0x00001cd1, 'devpts'],
  [0x00003434, 'nilfs'],
  [0x00004d44, 'msdos'],
  [0x0000517b, 'smb'],
  [0x00006969, 'nfs'],
  [0x00009660, 'isofs'],
  [0x00009fa0, 'proc'],
  [0x0000ef53, 'ext4'],
  [0x0000f15f, 'ecryptfs'],
  [0x0027e0eb, 'cgroup'],
  [0x00c0ffee, 'hostfs'],
  [0x00c36400, 'ceph'],
  [0x01021994, 'tmpfs'],
  [0x01021997, '9p'],
  [0x0bd00bd0, 'lustre'],
  [0x15013346, 'udf'],
  [0x19800202, 'mqueue'],
  [0x19830326, 'beegfs'],
  [0x20030528, 'orangefs'],
  [0x2011bab0, 'exfat'],
  [0x28cd3d45, 'cramfs'],
  [0x2fc12fc1, 'zfs'],
  [0x3153464a, 'jfs'],
  [0x42494e4d, 'binfmt_misc'],
  [0x47504653, 'gpfs'],
  [0x50495045, 'pipefs'],
  [0x52654973, 'reiserfs'],
  [0x5346414f, 'afs'],
  [0x534f434b, 'sockfs'],
  [0x58465342, 'xfs'],
  [0x5a4f4653, 'zonefs'],
  [0x62646576, 'bdevfs'],
  [0x62656572, 'sysfs'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x64646178, 'daxfs'],
  [0x65735546, 'fuse'],
  [0x6b414653, 'afs'],
  [0x6e736673, 'nsfs'],
  [0x7366746e, 'ntfs3'],
  [0x73717368, 'squashfs'],
  [0x73757245, 'coda'],
  [0x74726163, 'tracefs'],
  [0x7461636f, 'ocfs2'],
  [0x794c7630, 'overlayfs'],
  [0x858458f6, 'ramfs'],
  [0x9123683e, 'btrfs'],
  [0x958458f6, 'hugetlbfs'],
  [0xca451a4e, 'bcachefs'],
  [0xcafe4a11, 'bpf'],
  [0xe0f5e1e2, 'erofs'],
  [0xf2f52010, 'f2fs'],
  [0xfe534d42, 'smb2'],
  [0xff534d42, 'cifs'],
]);

/**
 * The name of the filesystem that statfs(2) gives this type to, or `null` for one that isn't in the table.
 *
 * ext2, ext3 and ext4 share a number and are all `ext4` here, which is the driver that mounts them; `fuse` is
 * virtiofs and every userspace filesystem too.
 */
export function filesystemName(type: number | bigint): string | null {
  // The field is a signed word on some architectures: the numbers with the top bit set may arrive as negative ones.
  return NAMES.get(Number(BigInt.asUintN(32, BigInt(type)))) ?? null;
}
