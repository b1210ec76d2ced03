import type { FileState } from '../../src/host/file-state.ts'

/** An empty file of root's. */
export const FILE: FileState = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: 0,
  atime: 0,
  mtime: 0,
  ctime: 0,
  links: 1,
  inode: 1,
  device: 1,
  deviceType: [0, 0],
  blocks: 0,
  stamp: '',
  blockSize: 4096,
}
