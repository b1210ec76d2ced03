import { type FileState, octal } from '../../host/file-state.ts'

/** What Ansible's modules that look at files return of one, by its names. */
export function statValues(file: FileState) {
  const { mode, type, uid, gid } = file
  const has = (bits: number) => (mode & bits) !== 0
  return {
    mode: octal(mode),
    isdir: type === 'directory',
    ischr: type === 'char',
    isblk: type === 'block',
    isreg: type === 'file',
    isfifo: type === 'fifo',
    islnk: type === 'link',
    issock: type === 'socket',
    ...{ uid, gid, size: file.size, inode: file.inode, dev: file.device, nlink: file.links },
    ...{ atime: file.atime, mtime: file.mtime, ctime: file.ctime },
    ...{ wusr: has(0o200), rusr: has(0o400), xusr: has(0o100) },
    ...{ wgrp: has(0o020), rgrp: has(0o040), xgrp: has(0o010) },
    ...{ woth: has(0o002), roth: has(0o004), xoth: has(0o001) },
    ...{ isuid: has(0o4000), isgid: has(0o2000) },
  }
}
