/** Since which kernel a filesystem has folios larger than a page for file data. */
export const LARGE_FOLIOS_SINCE: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  xfs: [5, 18],
  ext4: [6, 16],
  // Until 7.2 CONFIG_BTRFS_EXPERIMENTAL decides, which no file of the kernel shows.
  btrfs: [6, 17],
};

/** Filesystems that live on a disk and keep to single pages, as far as is known. */
export const SINGLE_PAGES: ReadonlySet<string> = new Set(
  'f2fs jfs reiserfs nilfs exfat msdos vfat ntfs3 udf isofs iso9660'.split(' '),
);
