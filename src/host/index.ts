/** How a module of one's own looks at files and writes them safely: `import { files, writeFile } from 'playssh/host'`. */
export { freshMode, idsProbe, planAttributes, readIds } from './attributes.ts'
export { bytesOf, digestsOf } from './bytes.ts'
export {
  editOptions,
  editProbe,
  fromBytes,
  linesOf,
  planEdit,
  readEdited,
  toBytes,
  withText,
} from './edit.ts'
export type { FileState, Reached } from './file-state.ts'
export { files, followed, isFolder } from './file-state.ts'
export { folderOf } from './paths.ts'
export { mayCome, noFolder, settle } from './placement.ts'
export { attributesScripts, madeAt, removeScript } from './safe-path.ts'
export { copyFile, writeFile } from './write.ts'
