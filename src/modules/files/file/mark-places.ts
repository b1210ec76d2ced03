import { isFolder } from '../../../host/file-state.ts'
import type { MarkPlace } from '../../../host/marked-module.ts'
import { ancestors, linkTarget, trimmed } from '../../../host/paths.ts'
import type { FileArgs } from './options.ts'
import { currentState, type State } from './plan.ts'

/** What gets the attributes and the label that a task names: as for owner and group. */
export function markPlaces(args: FileArgs, state: State): MarkPlace[] {
  const { src, follow } = args
  const path = trimmed(args.path)
  const found = state.files.get(path)
  switch (args.state ?? currentState(args, found)) {
    case 'absent':
      return []
    case 'link':
      return linkPlaces(args, state)
    case 'hard':
      return [{ path: src ?? path, follow: src !== undefined }]
    case 'directory':
      return [{ path, follow, type: 'directory' }, ...newFolders(path, state), ...inFolder(state)]
    default:
      return [{ path, follow }]
  }
}

/** What a link leads to, or the link itself. */
function linkPlaces({ path: written, src, follow }: FileArgs, { files }: State): MarkPlace[] {
  const path = trimmed(written)
  const found = files.get(path)
  const isRight = found?.type === 'link' && (src === undefined || found.target === src)
  if (isRight) return [{ path, follow }]
  return follow
    ? [{ path: linkTarget(path, src ?? ''), follow: true }]
    : [{ path, follow: false, type: 'link', isReplaced: true }]
}

function newFolders(path: string, { files }: State): MarkPlace[] {
  const missing = ancestors(path).filter((folder) => files.has(folder) && !isFolder(files.get(folder)))
  return missing.map((folder) => ({ path: folder, follow: true, type: 'directory' }))
}

function inFolder({ below }: State): MarkPlace[] {
  return below.map(([path, file]) => ({ path, follow: false, type: file.type, file }))
}
